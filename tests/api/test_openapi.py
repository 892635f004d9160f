"""The API description is kept as a file, so that it changes only on purpose.

`REWRITE=1 pytest tests/api/test_openapi.py` writes it anew.
"""

import json
import os
from pathlib import Path

import pytest

from api.app import create_app
from gis_grid.settings import Settings
from gis_grid.values.layers import LAYERS

KEPT = Path(__file__).with_name("openapi.json")


@pytest.fixture(scope="module")
def described():
    return create_app(Settings(database_url="sqlite://")).openapi()


def operations(described):
    return [
        (path, verb, what)
        for path, verbs in described["paths"].items()
        for verb, what in verbs.items()
    ]


def test_is_the_one_that_is_kept(described):
    described["info"]["version"] = "0"
    text = json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if os.environ.get("REWRITE"):
        KEPT.write_text(text, encoding="utf-8")
    assert json.loads(KEPT.read_text(encoding="utf-8")) == json.loads(text)


def test_every_operation_is_described(described):
    for path, _, what in operations(described):
        assert what["summary"], path
        assert what["tags"], path
        assert "Example: `" in what["description"], path
        assert what["operationId"].isidentifier(), path


def test_operations_have_names_of_their_own(described):
    names = [what["operationId"] for _, _, what in operations(described)]
    assert len(names) == len(set(names))
    assert {f"list_{layer}" for layer in LAYERS} <= set(names)


def test_every_operation_answers_with_problems(described):
    for path, _, what in operations(described):
        kinds = {
            kind
            for status, answer in what["responses"].items()
            if status[0] in "45"
            for kind in answer.get("content", {})
        }
        assert kinds == {"application/problem+json"}, path
