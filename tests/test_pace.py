"""What takes long begins first, on every worker, and nothing is run twice or forgotten."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import pace

ROOT = Path(__file__).resolve().parents[1]


def asked(*names):
    return [SimpleNamespace(nodeid=f"{name}::test_{n}") for name in names for n in range(4)]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_each_share_begins_with_long_files(workers):
    items = asked("a.py", *sorted(pace.LONG[:6]), *(f"z{n:02}.py" for n in range(30)))
    found = pace.in_turn(items, workers)
    assert sorted(one.nodeid for one in found) == sorted(one.nodeid for one in items)
    files = [one.nodeid.partition("::")[0] for one in found]
    for share in range(workers):
        assert files[len(files) * share // workers] == pace.LONG[share]
    others = [name for name in files if name not in pace.LONG]
    assert others == sorted(others)  # as they came


def test_more_long_ones_than_a_share_holds_lose_nothing():
    items = asked(*pace.LONG, "a.py")
    assert len({one.nodeid for one in pace.in_turn(items, 3)}) == len(items)


def test_long_files_are_there():
    assert [name for name in pace.LONG if not (ROOT / name).exists()] == []
