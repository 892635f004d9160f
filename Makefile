# Two commands are enough: `make demo` shows a city, `make test` proves the code.
# Everything they need is put into .venv; system packages only where apt may.

SIZE ?= small
SEED ?= 7
PORT ?= 8000
DATA ?= demo_city
WORKERS ?= 2
PY := .venv/bin/python

# else each of hundreds of processes compiles all modules again: half a second each
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check bench docs console clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

demo: .venv/ready-run console  ## make a city and serve it on http://127.0.0.1:$(PORT)
	.venv/bin/gis-grid demo --size $(SIZE) --seed $(SEED) --data $(DATA) --port $(PORT)

test: .venv/ready-dev .venv/warm console  ## install what the tests need and run them all
	bash scripts/setup.sh tools
	$(PY) -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: .venv/ready-dev console  ## format, lint, types, layers, spelling, known flaws of dependencies
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/codespell
	$(PY) scripts/dependencies.py
	scripts/web.sh npm run --silent types
	scripts/web.sh npm run --silent lint

bench: .venv/ready-bench console  ## the comparisons with peers (slow; outside the tests)
	bash scripts/setup.sh tools
	$(PY) -m tests.benchmarks

docs: .venv/ready-docs  ## build the documentation site into site/
	.venv/bin/mkdocs build --strict

console:  ## build the pages in api/web when they have changed
	@scripts/web.sh

clean:  ## forget the environment and everything that was built
	rm -rf .venv site api/static api/web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

# what changed is compiled once and kept, not by every process of the tests that comes to it
.venv/warm: $(shell find gis_grid -name '*.py') | .venv/ready-dev
	$(PY) -m gis_grid.router.warm
	$(PY) -m gis_grid.plan.warm
	@touch $@

.venv/ready-%: pyproject.toml scripts/setup.sh
	bash scripts/setup.sh $*
