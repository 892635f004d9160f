"""Balancing, checking and measuring the blocks or grids of a file."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.errors import InputError
from gis_grid.exchange.convert import as_text
from gis_grid.geo.coverage import CoverageReport, check_coverage, propose_repair
from gis_grid.geo.crs import LONLAT, to_lonlat
from gis_grid.plan.arrays import Progress, Texts, numbered, silent
from gis_grid.plan.balance import Wish, balance, rebalance
from gis_grid.plan.blocks import Labels, blocks_of
from gis_grid.plan.metrics import METRICS, View, measure, spread
from gis_grid.plan.proposal import Proposal
from gis_grid.plan.state import PlanState
from gis_grid.plan.work import Formula
from gis_grid.services.plan_files.reading import Given, require_column, weigh

_FILE_METRICS = ("work", "edge_min", "inside_min", "polsby_popper", "reock", "pieces")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be balanced, and how."""

    weight: str
    count: int | None = None
    within: str | None = None
    """Column whose values no grid may cross."""

    start: str | None = None
    """Column of the grids to begin with: the change is to be small."""

    most_moved: float = 0.05
    people: str | None = None
    """Column of what moving a block counts; by default its weight."""

    tolerance: float = 0.02
    seed: int = 0
    repair: bool = False


@dataclass(frozen=True, slots=True)
class Balanced:
    """What came of it."""

    given: Given
    """The rows that were balanced."""

    frame: gpd.GeoDataFrame
    """They, in EPSG:4326, with the column ``grid``."""

    proposal: Proposal
    before_cv: float | None
    """Coefficient of variation of the work before a small change."""

    people: float
    """What could have been moved in all."""

    def summary(self) -> dict[str, Any]:
        """Return the figures by name."""
        found = self.proposal
        off = found.deviation
        return {
            "blocks": len(self.given.rows),
            "grids": len(found.grids),
            "target": found.target,
            "largest_deviation": found.worst,
            "mean_deviation": float(np.abs(off).mean()) if len(off) else 0.0,
            "cv": found.cv,
            "cv_before": self.before_cv,
            "moved": found.moved if self.before_cv is not None else None,
            "moved_share": found.moved / self.people if self.before_cv and self.people else None,
            "polsby_popper": found.polsby_popper,
            "crossings": len(found.crossings),
            "unsplittable": [
                {"grid": str(one.grid + 1), "deviation": one.deviation, "block": one.code}
                | {"said": one.said}
                for one in found.unsplittable
            ],
            "rejected": len(self.given.problems),
        }


def balance_file(given: Given, order: Order, *, progress: Progress = silent) -> Balanced:
    """Balance the blocks of a file.

    Parameters
    ----------
    given
        The blocks.
    order
        What is wanted; with `start` the grids keep their names, else they are numbered from 1.
    progress
        Told of each step; raise from it to cancel.

    Raises
    ------
    InputError
        A column is missing, or the order makes no sense.
    GeometryError
        The blocks do not tile edge by edge and are not to be repaired.
    ConflictError
        So many grids cannot be made.
    """
    if (order.count is None) == (order.start is None):
        message = "say either --count, how many grids to make, or --from, the grids to begin with"
        raise InputError(message)
    given, work = weigh(given, order.weight)
    people = work
    if order.people is not None and order.people != order.weight:
        kept = given
        given, people = weigh(given, order.people)
        work = work[np.isin(kept.rows, given.rows)]
    shapes, lonlat = _shapes(given, repair=order.repair)
    weights = {"work": work, "people": people}
    within = None
    if order.within is not None:
        within = Labels(*numbered(_texts(given, order.within)))
    blocks = blocks_of(
        shapes, codes=given.codes, weights=weights, community=within, progress=progress
    )
    start, names = _start(given, order)
    state = PlanState(blocks, start, [*names])
    rng, wish = np.random.default_rng(order.seed), Wish(tolerance=order.tolerance)
    before = None
    if order.count is not None:
        found = balance(state, work, order.count, rng=rng, wish=wish, progress=progress)
    else:
        before = spread(state.sums(range(state.grids))[:, 0]).cv
        found = rebalance(
            state, work, people, most_moved=order.most_moved, rng=rng, wish=wish, progress=progress
        )
    grid = np.array([*names, *(str(n) for n in range(1, (order.count or 0) + 1)), ""], object)
    frame = gpd.GeoDataFrame(
        given.table.assign(grid=grid[found.assignment]), geometry=lonlat, crs=LONLAT
    )
    return Balanced(given, frame, found, before, float(people.sum()))


def _start(given: Given, order: Order) -> tuple[npt.NDArray[np.int64], Texts]:
    if order.start is None:
        return np.full(len(given.rows), -1, np.int64), np.empty(0, object)
    return numbered(_texts(given, order.start))


def _texts(given: Given, column: str) -> npt.NDArray[np.object_]:
    texts = as_text(given.table[require_column(given, column)]).astype(object)
    return np.asarray(texts.where(texts.notna(), None), object)


def _shapes(given: Given, *, repair: bool) -> tuple[gpd.GeoSeries, npt.NDArray[np.object_]]:
    shapes = given.series()
    if not repair:
        return shapes, given.lonlat
    mended = propose_repair(shapes).shapes
    return mended, np.asarray(to_lonlat(mended).to_numpy(), object)


@dataclass(frozen=True, slots=True)
class Checked:
    """What is wrong with grids."""

    report: CoverageReport
    broken: tuple[tuple[str, int], ...]
    """Code and number of pieces of grids that do not hang together."""

    rejected: int

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing is wrong."""
        return self.report.is_clean and not self.broken and not self.rejected

    def document(self) -> dict[str, Any]:
        """Return everything that JSON can hold."""
        issues = self.report.issues
        middle = to_lonlat(gpd.GeoSeries(issues.geometry)).representative_point()
        spots = shapely.get_coordinates(middle.to_numpy())
        return {
            "grids": self.report.polygons,
            "clean": self.is_clean,
            "rejected": self.rejected,
            "broken": [{"grid": code, "pieces": pieces} for code, pieces in self.broken],
            "issues": [
                {
                    "kind": kind,
                    "grids": [str(row) for row in rows],
                    "area_m2": float(area),
                    "length_m": float(length),
                    "lon": round(float(spot[0]), 7),
                    "lat": round(float(spot[1]), 7),
                }
                for kind, rows, area, length, spot in zip(
                    issues["kind"],
                    issues["rows"],
                    issues["area_m2"],
                    issues["length_m"],
                    spots,
                    strict=True,
                )
            ],
        }


def check_file(given: Given, *, gap_width_m: float = 1.0) -> Checked:
    """Look for gaps, overlaps, slivers and grids in several pieces.

    Two parts of a grid that only touch in a point are two pieces.
    """
    shapes = gpd.GeoSeries(given.metric, index=given.codes, crs=given.epsg)
    report = check_coverage(shapes, gap_width_m=gap_width_m)
    pieces = [
        (code, int(count))
        for code, count in zip(given.codes, _pieces(given.metric), strict=True)
        if count > 1
    ]
    return Checked(report, tuple(pieces), len(given.problems))


def _pieces(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.intp]:
    """Count the pieces of polygons: parts that share an edge are one."""
    joined = np.array([shapely.union_all(shapely.get_parts(shape)) for shape in shapes], object)
    return np.asarray(shapely.get_num_geometries(joined))


def measure_file(given: Given, weights: Sequence[str], *, by: str | None = None) -> dict[str, Any]:
    """Measure the grids of a file, or of the blocks of a file.

    Parameters
    ----------
    given
        Grids; with `by`, blocks that have the code of their grid in that column.
    weights
        Columns; the work of a grid is their sum.
    by
        Column of the grid of each block.

    Returns
    -------
    dict
        ``grids`` (a row each), and for each weight and the work how evenly it is spread.

    Raises
    ------
    InputError
        A column is missing.
    GeometryError
        The shapes do not tile edge by edge.
    """
    columns: dict[str, npt.NDArray[np.float64]] = {}
    for column in weights:
        given, _ = weigh(given, column)
    for column in weights:
        columns[column] = weigh(given, column)[1]
    blocks = blocks_of(given.series(), codes=given.codes, weights=columns)
    number, names = numbered(given.codes if by is None else _texts(given, by))
    state = PlanState(blocks, number, [*names])
    grids = state.living_grids()
    view = View(state, grids, Formula(dict.fromkeys(columns, 1.0)))
    found = measure(view, _FILE_METRICS)
    sums = {f"sum_{name}": state.sums(grids)[:, k] for k, name in enumerate(blocks.names)}
    rows = [
        {"grid": str(names[at]), "area_m2": float(state.area_m2([grid])[0])}
        | {name: _plain(values[at]) for name, values in {**sums, **found}.items()}
        for at, grid in enumerate(grids)
    ]
    even = {name: asdict(spread(values)) for name, values in sums.items()}
    return {
        "grids": rows,
        "spread": {"work": asdict(spread(view.work)), **even},
        "estimates": {name: METRICS[name].estimate for name in found if METRICS[name].estimate},
        "rejected": len(given.problems),
    }


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
