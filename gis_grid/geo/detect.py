"""Which datum a layer that claims WGS-84 is really in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import numpy as np
from scipy.special import stdtr

from gis_grid.geo.crs import Floats, to_lonlat
from gis_grid.geo.datum import Datum
from gis_grid.geo.evidence import Evidence, gather

_SURE = 0.99
_SUREST = 0.999  # patches of one city are not quite independent, so never claim more
_FEWEST_PATCHES = 6
_UNKNOWN: Mapping[Datum, float] = MappingProxyType(dict.fromkeys(Datum, float("nan")))


@dataclass(frozen=True, slots=True, kw_only=True)
class DatumVerdict:
    """What `detect_datum` found."""

    datum: Datum | None
    """The datum of the layer; None when the evidence does not tell."""

    confidence: float
    """From 0.99 to 0.999 when `datum` is named, else 0."""

    mismatch_m: Mapping[Datum, float]
    """Median distance of its outlines from the trusted lines near them, read as each datum; NaN
    when nothing was compared. Small is better, but it does not decide alone."""

    reason: str
    """Why, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    evidence: Evidence
    datum: Datum
    doubt: float


def detect_datum(
    suspect: gpd.GeoSeries | gpd.GeoDataFrame,
    trusted: Sequence[gpd.GeoSeries | gpd.GeoDataFrame],
) -> DatumVerdict:
    """Tell which datum `suspect` is really in by laying it over layers that are known to be WGS-84.

    Under the right datum outlines fall on the lines that they follow, streets run between
    buildings and doors stand on them; under a wrong one they do so only by chance. Each comparison
    is made on up to 576 patches of ground. A datum is named when it beats both others and chance
    (eight displacements by 400 m) in a paired t-test over the patches, corrected for the number
    of comparisons, when no single displacement fits better, and no comparison names another.

    Parameters
    ----------
    suspect
        Polygons, lines or points in any CRS that `to_lonlat` takes, usually EPSG:4326 as claimed.
    trusted
        Layers of any type, in WGS-84 or CGCS2000 beyond doubt, that share some ground with it:
        surveyed grids, OpenStreetMap streets, a coastline.

    Returns
    -------
    DatumVerdict
        `datum` is None and `confidence` 0 when the layers lie apart or are too small, too coarse
        or unrelated, or contradict each other, or outside mainland China where datums agree.

    Raises
    ------
    CrsError
        A layer states no CRS.

    Notes
    -----
    A layer that is displaced in some other way (a wrong zone, a sloppy drawing) is left unnamed,
    but plots of one regular lattice can fall on each other by chance and be named wrongly.
    See `gis_grid.geo.evidence` for the scores.

    Examples
    --------
    >>> import shapely
    >>> somewhere = gpd.GeoSeries([shapely.Point(118.78, 32.04), None], crs="EPSG:4326")
    >>> verdict = detect_datum(somewhere, [gpd.GeoSeries([], crs="EPSG:4326")])
    >>> verdict.datum, verdict.confidence, verdict.reason
    (None, 0.0, 'no trusted layer lies within 3 km of it')
    """
    ours = to_lonlat(suspect.geometry, "suspect")
    theirs = [to_lonlat(layer.geometry, "trusted") for layer in trusted]
    evidence = [found for layer in theirs for found in gather(ours, layer)]
    mismatch_m = _mismatch(evidence)
    if not evidence:
        return _undecided("no trusted layer lies within 3 km of it", mismatch_m)
    tests = len(Datum) * len(evidence)
    findings = [_finding(one, tests) for one in evidence]
    sure = [finding for finding in findings if finding.doubt <= 1 - _SURE]
    names = sorted({finding.datum for finding in sure})
    if len(names) > 1:
        return _undecided(f"trusted layers contradict each other: {', '.join(names)}", mismatch_m)
    if not sure:
        return _undecided("no datum fits better than the others and chance", mismatch_m)
    best = min(sure, key=lambda finding: finding.doubt)
    return DatumVerdict(
        datum=best.datum,
        confidence=min(1 - best.doubt, _SUREST),
        mismatch_m=mismatch_m,
        reason=_reason(best),
    )


def _undecided(reason: str, mismatch_m: Mapping[Datum, float]) -> DatumVerdict:
    return DatumVerdict(datum=None, confidence=0.0, mismatch_m=mismatch_m, reason=reason)


def _mismatch(evidence: list[Evidence]) -> Mapping[Datum, float]:
    """Take the distances of the trusted layer that comes closest."""
    measured = [one.distance_m for one in evidence if np.isfinite(one.distance_m).all()]
    if not measured:
        return _UNKNOWN
    nearest = min(measured, key=min)
    return MappingProxyType(dict(zip(Datum, nearest.tolist(), strict=True)))


def _finding(evidence: Evidence, tests: int) -> _Finding:
    doubts = {datum: _doubt(evidence.gains[:, row], row) for row, datum in enumerate(Datum)}
    datum = min(doubts, key=lambda one: doubts[one])
    return _Finding(evidence=evidence, datum=datum, doubt=min(1.0, tests * doubts[datum]))


def _doubt(gains: Floats, own: int) -> float:
    """Return the largest p-value with which a datum beats its rivals, one a column."""
    columns = [column[~np.isnan(column)] for column in gains.T]
    ring = columns[len(Datum) + 1 :]
    if any(column.size == 0 or column.mean() <= 0 for column in ring):
        return 1.0
    return max(
        _p_value(column) for rival, column in enumerate(columns[: len(Datum) + 1]) if rival != own
    )


def _p_value(gain: Floats) -> float:
    spread = gain.std(ddof=1) if len(gain) >= _FEWEST_PATCHES else 0.0
    if spread == 0:
        return 1.0
    return float(stdtr(len(gain) - 1, -gain.mean() / spread * np.sqrt(len(gain))))


def _reason(finding: _Finding) -> str:
    over_chance = finding.evidence.gains[:, list(Datum).index(finding.datum), len(Datum)]
    better, worse = int((over_chance > 0).sum()), int((over_chance < 0).sum())
    return (
        f"{finding.evidence.what}: as {finding.datum} it fits better than chance"
        f" in {better} patches of ground and worse in {worse}"
    )
