"""Compile the router's kernels now, so that nobody waits for them later: run when it is installed.

``python -m gis_grid.router.warm`` takes half a minute the first time and two seconds afterwards:
what was compiled is kept beside the modules, or where ``NUMBA_CACHE_DIR`` says, until the router's
sources change (`geo.compiled`).
"""

import tempfile
from pathlib import Path

import geopandas as gpd
import shapely

from gis_grid.router.cells import encode
from gis_grid.router.index import Router


def warm() -> None:
    """Build, save, load and ask a small router in every way there is.

    Examples
    --------
    >>> warm()
    """
    city, overlap, far = (123.0, 41.0, 123.1, 41.1), (123.05, 41, 123.15, 41.1), (0, -90, 10, -80)
    for boxes in ([city, overlap], [far]):  # with a table, an overlap in it, and with none
        shapes = [shapely.box(*box) for box in boxes]
        codes = [str(row) for row in range(len(boxes))]
        built = Router.build(gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs="EPSG:4326"))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "router")
            built.save(path)
            for router in (built, Router.load(path)):
                lon, lat = [123.07, 123.02, 0.0], [41.05, 41.0, -85.0]
                found = router.locate_many(lon=lon, lat=lat, cells=True)
                router.distance_to_border_m(lon=lon, lat=lat, index=found.index)
                router.nearest_rows(lon=lon, lat=lat)
                router.locate(lon=lon[0], lat=lat[0])
    encode(lon=[0.0], lat=[0.0])


if __name__ == "__main__":
    warm()
