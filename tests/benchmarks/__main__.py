"""Run every comparison, or the named ones: ``python -m tests.benchmarks router storage``.

With ``--write`` each one's output also goes into the pages of docs/ that have a place for it: the
lines between ``<!-- benchmark: NAME -->`` and ``<!-- end -->``. ``--city large`` takes the grids
of a demo city where a comparison can; its place is then called ``NAME large``.
"""

import argparse
import contextlib
import io
import os
import re
import runpy
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.benchmarks.cities import CITY

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"


class Tee(io.StringIO):
    """Text that is shown and kept."""

    def __init__(self, shown):
        super().__init__()
        self.shown = shown

    def write(self, text):
        self.shown.write(text)
        return super().write(text)

    def flush(self):
        self.shown.flush()


def run(path: Path) -> str:
    """Run a bench_*.py as a script and return what it printed."""
    sys.argv = [str(path)]
    told = Tee(sys.stdout)
    with contextlib.redirect_stdout(told):
        runpy.run_path(str(path), run_name="__main__")
    return told.getvalue()


def write_into_docs(name: str, told: str) -> None:
    """Put a benchmark's output where the documentation wants it."""
    place = re.compile(rf"(<!-- benchmark: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    for page in DOCS.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        fresh = place.sub(lambda found: f"{found[1]}\n{told.strip()}\n\n{found[2]}", text)
        if fresh != text:
            page.write_text(fresh, encoding="utf-8")


def meant(name: str, known: Iterable[str]) -> str | None:
    """Return the benchmark of this name, or the only one that begins so."""
    alike = [one for one in known if one.startswith(name)]
    return name if name in alike else alike[0] if len(alike) == 1 else None


def main() -> int:
    """Run each benchmark that was asked for."""
    known = {path.stem.removeprefix("bench_"): path for path in sorted(HERE.glob("bench_*.py"))}
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--write", action="store_true", help="write into docs/ as well")
    parser.add_argument("--city", choices=["small", "medium", "large"], help="a demo city's grids")
    asked = parser.parse_args()
    names = [meant(name, known) for name in asked.names]
    if None in names:
        unknown = asked.names[names.index(None)]
        print(f"no benchmark {unknown!r}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    if asked.city:
        os.environ[CITY] = asked.city
    for name in names or known:
        print(f"\n## {name}\n", flush=True)
        told = run(known[name])
        if asked.write:
            write_into_docs(f"{name} {asked.city}" if asked.city else name, told)
    return 0


if __name__ == "__main__":
    sys.exit(main())
