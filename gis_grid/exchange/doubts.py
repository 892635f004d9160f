"""Rows that are taken but should be looked at."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import geopandas as gpd

from gis_grid.standards.tables import facility_categories, place_kinds


@lru_cache
def _facility_codes() -> frozenset[str]:
    return frozenset(facility_categories()["code"])


@lru_cache
def _place_keys() -> frozenset[str]:
    return frozenset(place_kinds()["key"])


_KNOWN: Mapping[str, Callable[[], frozenset[str]]] = MappingProxyType(
    {"facilities": _facility_codes, "places": _place_keys}
)


def count_doubts(frame: gpd.GeoDataFrame, layer: str) -> Counter[str]:
    """Count what is doubtful about good rows.

    Parameters
    ----------
    frame
        Rows in the form of `layer`.
    layer
        Name of the layer.

    Returns
    -------
    Counter
        ``default_point``, ``null_island`` and ``far_away`` of incidents whose point is not
        believed; ``unknown_category`` of facilities and places whose category is in no table of
        `gis_grid.standards`; ``no_place`` of rows without a point in a layer of points. Nothing
        doubtful, or no rows, give an empty counter.

    Examples
    --------
    >>> import shapely
    >>> lamps = {"category": ["0118", "lamp"]}
    >>> spots = [shapely.Point(118, 32), None]
    >>> dict(count_doubts(gpd.GeoDataFrame(lamps, geometry=spots, crs="EPSG:4326"), "facilities"))
    {'unknown_category': 1, 'no_place': 1}
    """
    found: Counter[str] = Counter()
    if layer in _KNOWN and len(frame):
        unknown = frame["category"].notna() & ~frame["category"].isin(_KNOWN[layer]())
        found["unknown_category"] = int(unknown.sum())
    if "doubt" in frame.columns:
        found.update(frame["doubt"].dropna().tolist())
    if layer != "officers":
        found["no_place"] = int(frame.geometry.isna().sum())
    return +found
