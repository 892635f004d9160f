"""Whether polygons tile the ground: what is wrong, where, and a proposal to mend it."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.errors import GeometryError
from gis_grid.geo import topology
from gis_grid.geo.crs import require_metric

KINDS = ("invalid", "gap", "overlap", "unmatched_edge", "t_junction", "sliver")
"""What can be wrong with a coverage.

invalid: a polygon crosses itself. gap: ground without an owner. overlap: ground with two.
unmatched_edge: an edge that a neighbour touches without sharing its ends. t_junction: a corner
inside a neighbour's edge. sliver: a part of a polygon too thin to stand in.
"""

_POLYGONAL = (3, 6)  # shapely's type ids of Polygon and MultiPolygon
_PLURALS = ("invalid polygons", "gaps", "overlaps", "unmatched edges", "T-junctions", "slivers")
_COLUMNS = ("kind", "rows", "area_m2", "length_m", "width_m", "geometry")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageReport:
    """Everything that is wrong with a coverage."""

    issues: gpd.GeoDataFrame
    """One row per place: ``kind`` (one of KINDS), ``rows`` (labels of the polygons that meet
    there), ``area_m2``, ``length_m`` (of the edge, or the perimeter of an area), ``width_m`` (mean
    width of an area) and ``geometry``, in the CRS of the coverage."""

    polygons: int
    """How many polygons were looked at; missing and empty ones are not counted."""

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing is wrong."""
        return self.issues.empty

    def count(self, kind: str) -> int:
        """Count the places of one kind."""
        return int((self.issues["kind"] == kind).sum())

    def of_kind(self, kind: str) -> gpd.GeoDataFrame:
        """Return the places of one kind."""
        return self.issues[self.issues["kind"] == kind]

    @property
    def summary(self) -> str:
        """Say it in one line."""
        if self.is_clean:
            return f"{self.polygons} polygons tile without gap or overlap"
        counts = ((self.count(kind), words) for kind, words in zip(KINDS, _PLURALS, strict=True))
        found = ", ".join(f"{count} {words}" for count, words in counts if count)
        return f"{self.polygons} polygons: {found}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairProposal:
    """A coverage as it could be; nothing is changed until the caller takes `shapes`."""

    shapes: gpd.GeoSeries
    """The mended polygons on the same index; a row that lost all its ground is empty."""

    changes: pd.DataFrame
    """On the index of the rows that change: ``before_m2``, ``after_m2`` and ``moved_m2``, the
    ground that the row gains plus the ground that it loses."""

    lost: tuple[Hashable, ...]
    """Labels of the rows that would vanish."""

    remaining: CoverageReport
    """What would still be wrong."""

    @property
    def summary(self) -> str:
        """Say it in one line."""
        moved_m2 = self.changes["moved_m2"].sum()
        return (
            f"{len(self.changes)} polygons change, {moved_m2:.1f} m² move, {len(self.lost)} vanish;"
            f" after it {self.remaining.summary}"
        )


def check_coverage(
    shapes: gpd.GeoSeries, *, gap_width_m: float = 1.0, sliver_width_m: float = 1.0
) -> CoverageReport:
    """Look for everything that keeps `shapes` from tiling the ground.

    `shapely.coverage_is_valid` accepts holes, slits and polygons that cross themselves, so it is
    only one part of this.

    Parameters
    ----------
    shapes
        Polygons or MultiPolygons in a metric CRS. Missing and empty ones are passed over.
    gap_width_m
        Open slits up to this width are gaps; enclosed holes of any size are.
    sliver_width_m
        Parts of polygons with a smaller mean width (2 A / P) are slivers.

    Returns
    -------
    CoverageReport
        Overlaps and slits thinner than 1 mm are left to the unmatched edges that they make.

    Raises
    ------
    CrsError
        `shapes` is not in a metric CRS: project it with `to_metric` first.
    GeometryError
        A row is not a polygon.

    Examples
    --------
    >>> shapes = [shapely.box(0, 0, 10, 10), shapely.box(8, 0, 20, 10), None, shapely.Polygon()]
    >>> report = check_coverage(gpd.GeoSeries(shapes, index=list("abcd"), crs="EPSG:4549"))
    >>> report.summary
    '2 polygons: 1 overlaps, 2 unmatched edges, 4 T-junctions'
    >>> report.of_kind("overlap")[["rows", "area_m2", "width_m"]].values.tolist()
    [[('a', 'b'), 20.0, 1.6666666666666667]]
    >>> check_coverage(gpd.GeoSeries([], crs="EPSG:4549")).summary
    '0 polygons tile without gap or overlap'
    """
    present = _present(shapes)
    labels = list(shapes.index[present])
    given = shapes.to_numpy()[present]
    faulty, polygons = ~shapely.is_valid(given), _valid(given)
    places = [
        ("invalid", topology.Place(shape, (int(row),)))
        for row, shape in zip(np.flatnonzero(faulty), polygons[faulty], strict=True)
    ]
    if labels:
        places += list(_find(polygons, gap_width_m=gap_width_m, sliver_width_m=sliver_width_m))
    records = [_record(kind, place, labels) for kind, place in places]
    issues = gpd.GeoDataFrame(records, columns=list(_COLUMNS), geometry="geometry", crs=shapes.crs)
    return CoverageReport(issues=issues, polygons=len(labels))


def propose_repair(shapes: gpd.GeoSeries, *, gap_width_m: float = 1.0) -> RepairProposal:
    """Propose a coverage without overlaps, narrow gaps and unmatched edges.

    Overlaps go to the neighbour with the longest common border, and so do enclosed gaps narrower
    than `gap_width_m` (`shapely.coverage_clean`, GEOS 3.14). Wide holes and open slits stay, and
    are in `remaining`. The input is never changed.

    Parameters
    ----------
    shapes
        Polygons or MultiPolygons in a metric CRS. Missing and empty ones stay as they are.
    gap_width_m
        Enclosed gaps narrower than this are closed; 0 closes none.

    Returns
    -------
    RepairProposal

    Raises
    ------
    CrsError
        `shapes` is not in a metric CRS: project it with `to_metric` first.
    GeometryError
        A row is not a polygon.

    Examples
    --------
    >>> shapes = [shapely.box(0, 0, 10, 10), shapely.box(8, 0, 20, 10), None, shapely.Polygon()]
    >>> proposal = propose_repair(gpd.GeoSeries(shapes, index=list("abcd"), crs="EPSG:4549"))
    >>> proposal.changes["moved_m2"].to_dict()
    {'b': 20.0}
    >>> proposal.summary
    '1 polygons change, 20.0 m² move, 0 vanish; after it 2 polygons tile without gap or overlap'
    """
    present = _present(shapes)
    before = _valid(shapes.to_numpy()[present])
    # shapely 2.2 moves missing geometry to the end of the answer, so only present rows go in
    after = before
    if len(before):
        after = shapely.coverage_clean(before, gap_width=gap_width_m)  # type: ignore[attr-defined]
    array = shapes.to_numpy().copy()
    array[present] = after
    mended = gpd.GeoSeries(array, index=shapes.index, crs=shapes.crs)
    moved_m2 = shapely.area(shapely.symmetric_difference(before, after))
    changes = pd.DataFrame(
        {"before_m2": shapely.area(before), "after_m2": shapely.area(after), "moved_m2": moved_m2},
        index=shapes.index[present],
    )
    return RepairProposal(
        shapes=mended,
        changes=changes[moved_m2 > topology.TOUCH_M**2],
        lost=tuple(shapes.index[present][shapely.is_empty(after)]),
        remaining=check_coverage(mended, gap_width_m=gap_width_m),
    )


def _present(shapes: gpd.GeoSeries) -> npt.NDArray[np.bool_]:
    """Tell which rows have ground; stop when one is something other than a polygon."""
    require_metric(shapes, "coverage")
    array = shapes.to_numpy()
    present = np.asarray(~(shapely.is_missing(array) | shapely.is_empty(array)), dtype=bool)
    wrong = present & ~np.isin(shapely.get_type_id(array), _POLYGONAL)
    if wrong.any():
        row = int(np.argmax(wrong))
        msg = f"row {shapes.index[row]} is a {array[row].geom_type}; a coverage is made of polygons"
        raise GeometryError(msg)
    return present


def _valid(shapes: topology.Shapes) -> topology.Shapes:
    made = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    return np.asarray(np.where(shapely.is_valid(shapes), shapes, made), dtype=object)


def _find(
    polygons: topology.Shapes, *, gap_width_m: float, sliver_width_m: float
) -> Iterator[tuple[str, topology.Place]]:
    found = {
        "gap": topology.gaps(polygons, width_m=gap_width_m),
        "overlap": topology.overlaps(polygons),
        "unmatched_edge": topology.unmatched_edges(polygons),
        "t_junction": topology.t_junctions(polygons),
        "sliver": topology.slivers(polygons, width_m=sliver_width_m),
    }
    for kind, places in found.items():
        yield from ((kind, place) for place in places)


def _record(
    kind: str, place: topology.Place, labels: list[Hashable]
) -> tuple[str, tuple[Hashable, ...], float, float, float, BaseGeometry]:
    where = place.where
    return (
        kind,
        tuple(labels[row] for row in place.rows),
        float(shapely.area(where)),
        float(shapely.length(where)),
        topology.width(where),
        where,
    )
