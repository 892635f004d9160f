"""Where the time of a run goes: told at the end, and what takes long begins first.

A run must end within ten minutes on two cores. `LONG` names the files that take most of it; each
worker of pytest-xdist begins with its share of them, so that no worker is left alone with a long
one in the end. ``pytest --durations=20`` shows single tests.
"""

import resource
from collections import defaultdict

import pytest

SHOWN = 10

LONG = (
    "tests/api/test_scope.py",
    "tests/api/test_plan_saves.py",
    "tests/demo/test_city.py",
    "tests/console/test_planner_panels.py",
    "tests/console/test_planner_tools.py",
    "tests/console/test_shell_map.py",
    "tests/api/test_plan_publication.py",
    "tests/services/test_publishing.py",
    "tests/api/test_plan_schedule.py",
    "tests/services/test_importing.py",
    "tests/test_readme.py",
    "tests/services/test_route_file.py",
    "tests/router/test_spark.py",
    "tests/cli/test_route_spark.py",
    "tests/geo/test_detect.py",
    "tests/plan/test_random_edits.py",
    "tests/console/test_admin.py",
    "tests/console/test_overview.py",
    "tests/console/test_access.py",
    "tests/console/test_hostile.py",
    "tests/api/test_plan_jobs.py",
    "tests/plan/test_exact.py",
    "tests/cli/test_datum_auto.py",
    "tests/cli/test_demo.py",
    "tests/test_notebooks.py",
)
"""Files of tests that take longest; the last lines of a run say which do. None of them shares a
parametrised fixture with other files: it would be made again for those."""

_spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
"""Seconds by the clock and by the processor of each file."""

BEGAN_S = pytest.StashKey[float]()


def processor_s() -> float:
    """Return what this process and the ones that it has waited for have worked."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, both))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the long files first, in turn before the share that each worker gets."""
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = in_turn(items, workers)


def in_turn(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Return tests so that each of `workers` equal parts begins with long ones."""
    long: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for turn, name in enumerate(LONG):
        long[turn % workers] += [item for item in items if _file(item.nodeid) == name]
    others = [item for item in items if _file(item.nodeid) not in LONG]
    ends = [len(items) * (turn + 1) // workers for turn in range(workers)]
    ordered: list[pytest.Item] = []
    for first, end in zip(long, ends, strict=True):
        ordered += first
        taken = max(0, end - len(ordered))
        ordered += others[:taken]
        others = others[taken:]
    return ordered + others


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    item.stash[BEGAN_S] = processor_s()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "teardown":
        report.processor_s = processor_s() - item.stash[BEGAN_S]
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count what a test took; with pytest-xdist this runs where the workers report to."""
    spent = _spent[_file(report.nodeid)]
    spent[0] += report.duration
    spent[1] += getattr(report, "processor_s", 0.0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which files took longest."""
    if len(_spent) <= SHOWN:
        return
    slowest = sorted(_spent.items(), key=lambda one: -one[1][0])[:SHOWN]
    terminalreporter.section(f"the {SHOWN} slowest files")
    terminalreporter.write_line("  clock  processor")
    for name, (clock_s, worked_s) in slowest:
        terminalreporter.write_line(f"{clock_s:6.1f} s {worked_s:7.1f} s  {name}")
    clock_s, worked_s = (sum(spent[n] for spent in _spent.values()) for n in (0, 1))
    terminalreporter.write_line(f"{clock_s:6.0f} s {worked_s:7.0f} s  all {len(_spent)} files")


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]
