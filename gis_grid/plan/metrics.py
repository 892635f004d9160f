"""The numbers of a grid: each is one function in a registry, on any grids of a plan.

To add one, write a function of a `View` and put it into `METRICS` with `_metric`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.errors import InputError
from gis_grid.plan.arrays import KINDS, Floats, Ints, Shapes
from gis_grid.plan.state import PlanState
from gis_grid.plan.work import WALK_M_A_MINUTE, Formula

DETOUR = 1.25
"""A way on streets for each metre as the crow flies (research/planning.md C.1)."""

MEAN_DISTANCE = 0.5214
"""Mean distance of two points in a square of side 1 (Larson & Odoni, Urban Operations Research,
1981, 3.3); other compact shapes differ by a few percent."""


@dataclass(frozen=True)
class View:
    """Some grids of a plan, and how they are looked at."""

    state: PlanState
    grids: Ints
    formula: Formula = field(default_factory=Formula)
    target_households: float | None = None
    """Middle of the band that a grid's households should be in; None has no band."""

    @cached_property
    def work(self) -> Floats:
        """Return the work of each grid."""
        return np.asarray(self.state.sums(self.grids) @ self.formula.row(self.state.blocks))

    @cached_property
    def shapes(self) -> Shapes:
        """Return the ground of each grid; a grid without blocks is empty."""
        found = np.empty(len(self.grids), object)
        for at, grid in enumerate(self.grids):
            found[at] = shapely.coverage_union_all(self.state.shapes(self.state.members(int(grid))))
        return found

    def weight(self, name: str) -> Floats:
        """Return a weight of each grid, NaN when the blocks do not have it."""
        names = self.state.blocks.names
        if name not in names:
            return np.full(len(self.grids), np.nan)
        return self.state.sums(self.grids)[:, names.index(name)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number of a grid."""

    name: str
    unit: str
    said_zh: str
    said_en: str
    of: Callable[[View], Floats]
    estimate: str = ""
    """The formula, when the number is an estimate and not a measurement."""


def work(view: View) -> Floats:
    """Return the work by the formula."""
    return view.work


def band(view: View) -> Floats:
    """Return the households as a share of the target."""
    target = view.target_households or math.nan
    return view.weight("households") / target


def edge_minutes(view: View) -> Floats:
    """Return minutes from the middle to the farthest corner, by an estimate of the detour."""
    corners = shapely.extract_unique_points(view.shapes)
    far_m = shapely.hausdorff_distance(corners, shapely.centroid(view.shapes))
    return np.asarray(far_m * DETOUR / WALK_M_A_MINUTE, float)


def inside_minutes(view: View) -> Floats:
    """Return mean minutes between two places of a grid, from its area."""
    side_m = np.sqrt(view.state.area_m2(view.grids))
    return np.asarray(MEAN_DISTANCE * side_m * DETOUR / WALK_M_A_MINUTE)


def round_minutes(view: View) -> Floats:
    """Return minutes to walk every street of a grid once, without ways walked twice."""
    return view.weight("patrol_m") / WALK_M_A_MINUTE


def polsby_popper(view: View) -> Floats:
    """Return 4 pi A / P^2, from 0 (thread) to 1 (disc); NaN for an empty grid."""
    around_m = view.state.around_m(view.grids)[:, -1]
    safe = np.where(around_m > 0, around_m, np.nan)
    return np.asarray(4 * math.pi * view.state.area_m2(view.grids) / safe**2)


def reock(view: View) -> Floats:
    """Return the area as a share of the smallest circle around the grid; NaN when empty."""
    radius_m = np.asarray(shapely.minimum_bounding_radius(view.shapes))
    safe = np.where(radius_m > 0, radius_m, np.nan)
    return np.asarray(view.state.area_m2(view.grids) / (math.pi * safe**2))


def pieces(view: View) -> Floats:
    """Return the number of parts that do not hang together; 1 is whole."""
    return view.state.pieces(view.grids).astype(float)


def plain_border(view: View) -> Floats:
    """Return the share of the border that runs along a street, wall or water."""
    around_m = view.state.around_m(view.grids)
    whole = np.where(around_m[:, -1] > 0, around_m[:, -1], np.nan)
    return np.asarray(around_m[:, : len(KINDS)].sum(axis=1) / whole)


def _border_on(kind: str) -> Callable[[View], Floats]:
    def of(view: View) -> Floats:
        around_m = view.state.around_m(view.grids)
        whole = np.where(around_m[:, -1] > 0, around_m[:, -1], np.nan)
        return np.asarray(around_m[:, KINDS.index(kind)] / whole)

    return of


def compounds_cut(view: View) -> Floats:
    """Count the compounds that a grid shares with another grid."""
    return _shared(view, view.state.blocks.compound.number)


def communities(view: View) -> Floats:
    """Count the communities that a grid has ground in; more than 1 crosses a border."""
    state, number = view.state, view.state.blocks.community.number
    found = np.zeros(len(view.grids))
    for at, grid in enumerate(view.grids):
        label = number[state.origins(state.members(int(grid)))]
        found[at] = len(np.unique(label[label >= 0]))
    return found


def buildings_cut(view: View) -> Floats:
    """Count the buildings of a grid that stand in another grid too."""
    houses, state = view.state.blocks.houses, view.state
    found = np.zeros(len(view.grids))
    place = {int(grid): at for at, grid in enumerate(view.grids)}
    owners: dict[int, set[int]] = {}
    for house, block in houses.tolist():
        now = {int(state.core.grid[part]) for part in state.atoms.living_parts(block)}
        owners.setdefault(house, set()).update(now)
    for grids in owners.values():
        for grid in grids if len(grids) > 1 else ():
            if grid in place:
                found[place[grid]] += 1
    return found


def _shared(view: View, label: Ints) -> Floats:
    state = view.state
    alive = state.alive()
    number = label[state.origins(alive)]
    owner = state.core.grid[alive]
    inside = (number >= 0) & (owner >= 0)
    pairs = np.unique(np.c_[number[inside], owner[inside]], axis=0)
    split = np.bincount(pairs[:, 0], minlength=1)[pairs[:, 0]] > 1
    count = np.bincount(pairs[split, 1], minlength=state.grids)
    return count[view.grids].astype(float)


def _weight(name: str) -> Callable[[View], Floats]:
    def of(view: View) -> Floats:
        return view.weight(name)

    return of


def _metric(
    name: str,
    unit: str,
    said_zh: str,
    said_en: str,
    of: Callable[[View], Floats],
    estimate: str = "",
) -> Metric:
    return Metric(name=name, unit=unit, said_zh=said_zh, said_en=said_en, of=of, estimate=estimate)


_CROW = f"distance as the crow flies x {DETOUR} / {WALK_M_A_MINUTE:g} m a minute"

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        one.name: one
        for one in (
            _metric("work", "min/year", "工作量", "work", work),
            _metric("households", "", "户数", "households", _weight("households")),
            _metric("households_to_target", "", "户数/目标", "households to target", band),
            _metric("persons", "", "人数", "persons", _weight("persons")),
            _metric("elderly", "", "老年人", "elderly", _weight("elderly")),
            _metric("buildings", "", "楼栋", "buildings", _weight("buildings")),
            _metric("facilities", "", "部件", "facilities", _weight("facilities")),
            _metric("cameras", "", "摄像头", "cameras", _weight("cameras")),
            _metric(
                "incidents_a_year", "", "年案件", "incidents a year", _weight("incidents_a_year")
            ),
            _metric(
                "edge_min",
                "min",
                "中心到边",
                "centre to edge",
                edge_minutes,
                f"farthest corner: {_CROW}",
            ),
            _metric(
                "inside_min",
                "min",
                "网格内",
                "inside",
                inside_minutes,
                f"{MEAN_DISTANCE} x root of the area: {_CROW}",
            ),
            _metric(
                "round_min",
                "min",
                "巡查一圈",
                "officer's round",
                round_minutes,
                f"metres of street / {WALK_M_A_MINUTE:g} m a minute; a lower bound",
            ),
            _metric("polsby_popper", "", "紧凑度", "compactness", polsby_popper),
            _metric("reock", "", "Reock", "Reock", reock),
            _metric("pieces", "", "连通块", "pieces", pieces),
            _metric("plain_border", "", "界线清晰", "border on street, wall, water", plain_border),
            _metric("border_street", "", "界线沿路", "border on street", _border_on("street")),
            _metric("border_wall", "", "界线沿墙", "border on wall", _border_on("wall")),
            _metric("border_water", "", "界线沿水", "border on water", _border_on("water")),
            _metric("compounds_cut", "", "切分小区", "compounds cut", compounds_cut),
            _metric("communities", "", "涉及社区", "communities", communities),
            _metric("buildings_cut", "", "切分楼栋", "buildings cut", buildings_cut),
        )
    }
)
"""Every metric by its name."""


def measure(view: View, names: tuple[str, ...] = tuple(METRICS)) -> dict[str, Floats]:
    """Return metrics of the grids of a view, by name; what cannot be said of a grid is NaN."""
    return {name: np.asarray(METRICS[name].of(view), float) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How evenly something is spread over grids."""

    count: int
    mean: float
    ratio: float
    """Largest to smallest; infinite when the smallest is 0."""

    cv: float
    """Standard deviation over mean."""

    gini: float
    p90_p10: float


def spread(values: npt.ArrayLike) -> Spread:
    """Measure how evenly values are spread; missing ones are left out.

    Examples
    --------
    >>> spread([1.0, 3.0, float("nan")])
    Spread(count=2, mean=2.0, ratio=3.0, cv=0.5, gini=0.25, p90_p10=2.3333333333333335)
    >>> spread([]).count, spread([0.0]).cv
    (0, nan)
    """
    given = np.asarray(values, float)
    known = np.sort(given[np.isfinite(given)])
    n, total = len(known), float(known.sum())
    if n == 0 or total <= 0:
        nan = math.nan
        return Spread(
            count=n, mean=total / n if n else nan, ratio=nan, cv=nan, gini=nan, p90_p10=nan
        )
    rank = 2 * np.arange(1, n + 1) - n - 1
    low, high = np.percentile(known, [10, 90])
    return Spread(
        count=n,
        mean=total / n,
        ratio=float(known[-1] / known[0]) if known[0] > 0 else math.inf,
        cv=float(known.std() / (total / n)),
        gini=float((rank * known).sum() / (n * total)),
        p90_p10=float(high / low) if low > 0 else math.inf,
    )


def spread_within(values: npt.ArrayLike, groups: Sequence[str | None]) -> dict[str, Spread]:
    """Measure how evenly values are spread within each group, by the group in sorted order.

    Values whose group is None are left out.

    Raises
    ------
    InputError
        There are not as many groups as values.

    Examples
    --------
    >>> found = spread_within([1.0, 3.0, 9.0, 5.0], ["east", "east", "west", None])
    >>> found["east"].ratio, found["west"].count
    (3.0, 1)
    >>> spread_within([], [])
    {}
    """
    given = np.asarray(values, float)
    if len(given) != len(groups):
        message = f"there are {len(groups)} groups for {len(given)} values; give one for each"
        raise InputError(message)
    rows: dict[str, list[int]] = {}
    for at, group in enumerate(groups):
        if group is not None:
            rows.setdefault(group, []).append(at)
    return {group: spread(given[rows[group]]) for group in sorted(rows)}
