"""Fill the derived columns of a layer: who owns it and in which cell it lies."""

from collections.abc import Mapping
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gis_grid.geo.crs import require_lonlat
from gis_grid.router import cells
from gis_grid.router.located import Located


class Locator(Protocol):
    """Something that knows the owning grid of a point: a Router."""

    def locate_many(self, *, lon: ArrayLike, lat: ArrayLike) -> Located:
        """Return the owner of each point."""


def assign_grids(frame: gpd.GeoDataFrame, router: Locator | None) -> gpd.GeoDataFrame:
    """Return a copy with `grid_code` and, for points, `cell` filled.

    Parameters
    ----------
    frame
        Any layer in EPSG:4326. Points are routed where they lie, everything
        else by its representative point.
    router
        The index of the ground level; None leaves every `grid_code` empty.

    Returns
    -------
    GeoDataFrame on the index of `frame`
        `grid_code` is None outside every grid, without geometry, and where `doubt` is set: a
        doubted point is never routed silently. `cell` (int64) is made for Points, 0 where there
        is none; other layers have no cell. Both columns come last before the geometry unless
        they exist. No rows give no rows.

    Raises
    ------
    CrsError
        The layer is not in EPSG:4326.

    Examples
    --------
    >>> layer = gpd.GeoDataFrame(geometry=[shapely.Point(123.0, 41.1), None], crs="EPSG:4326")
    >>> assign_grids(layer, None)[["grid_code", "cell"]].values.tolist()
    [[None, 631350617157441023], [None, 0]]
    """
    require_lonlat(frame)
    shapes = frame.geometry.to_numpy()
    lon, lat = representative_points(shapes)
    filled: dict[str, NDArray[Any]] = {"grid_code": _owners(frame, router, lon=lon, lat=lat)}
    kinds = shapely.get_type_id(shapes)
    if (kinds[kinds >= 0] == 0).all():
        filled["cell"] = cells.encode(lon=lon, lat=lat)
    return _with_columns(frame, filled)


def representative_points(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the point that stands for each shape, NaN for none.

    Examples
    --------
    >>> x, y = representative_points(np.array([shapely.box(0, 0, 2, 4), shapely.Point(), None]))
    >>> x.tolist(), y.tolist()
    ([1.0, nan, nan], [2.0, nan, nan])
    """
    shapes = shapes.copy()
    shapes[shapely.is_empty(shapes)] = None
    spread = shapely.get_type_id(shapes) > 0
    shapes[spread] = shapely.point_on_surface(shapes[spread])
    return shapely.get_x(shapes), shapely.get_y(shapes)


def _owners(
    frame: gpd.GeoDataFrame,
    router: Locator | None,
    *,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> NDArray[np.object_]:
    if router is None:
        return np.full(len(frame), None, object)
    codes = router.locate_many(lon=lon, lat=lat).code
    if "doubt" in frame.columns:
        codes = codes.copy()
        codes[frame["doubt"].notna().to_numpy()] = None
    return codes


def _with_columns(frame: gpd.GeoDataFrame, filled: Mapping[str, NDArray[Any]]) -> gpd.GeoDataFrame:
    place = frame.geometry.name
    order = [name for name in frame.columns if name != place]
    order += [name for name in filled if name not in order]
    return frame.assign(**filled)[[*order, place]]
