"""Draw what the router keeps of one border cell of the small demo city, for the documentation."""

import sys
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gis_grid.demo.city import make_city
from gis_grid.router import Router
from gis_grid.router.cells import boundaries, disks, encode
from gis_grid.router.table import HEAD, PER_EDGE

OUT = Path(__file__).parents[1] / "docs" / "algorithms" / "img" / "cell.svg"
RESOLUTION = 12
COLOURS = ("#dcecf7", "#fbe5d0", "#dff0dc", "#eee2f3", "#f6f1c8", "#f3dcdc")
FEWEST = 4
"""Edges that make a picture."""

EDGE, WALK, INK = "#c0392b", "#1f5f99", "#333333"


def records(router: Router) -> list[np.ndarray]:
    """Return the record of every border cell: reference and state, then its edges."""
    found, place, every = [], 0, router.table.records
    while place < len(every):
        stop = place + HEAD + PER_EDGE * int(every[place + 3])
        found.append(every[place:stop])
        place = stop
    return found


def telling(router: Router) -> np.ndarray:
    """Return the record of a cell where three grids meet, with as few edges as that needs."""
    for record in sorted(records(router), key=len):
        around = boundaries(encode(lon=record[:1], lat=record[1:2]))[0]
        corners = shapely.get_coordinates(around)
        owners = set(router.rows_of(lon=corners[:, 0], lat=corners[:, 1]).tolist())
        if record[3] >= FEWEST and len(owners) > 2 and -1 not in owners:  # noqa: PLR2004 - a corner of three
            return record
    msg = "no cell of this city holds a corner of three grids"
    raise SystemExit(msg)


def draw(axes: Axes, router: Router, shapes: np.ndarray, record: np.ndarray) -> None:
    """Draw the cells around a record, its reference, its edges and one walk."""
    reference, edges = record[:2], record[HEAD:].reshape(-1, PER_EDGE)
    home = encode(lon=reference[:1], lat=reference[1:])
    near = boundaries(disks(home, rings=1))
    frame = shapely.box(*shapely.total_bounds(near))
    for row in np.unique(shapely.STRtree(shapes).query(frame)):
        part = shapely.intersection(shapes[row], frame)
        for polygon in shapely.get_parts(part):
            colour = COLOURS[row % len(COLOURS)]
            axes.fill(*polygon.exterior.xy, color=colour, ec="#999999", lw=1)
    for cell in near:
        axes.plot(*cell.exterior.xy, color=INK, lw=0.6, alpha=0.5)
    axes.plot(*boundaries(home)[0].exterior.xy, color=INK, lw=1.8)
    for x, y, to_x, to_y, _ in edges:
        axes.plot((x, to_x), (y, to_y), color=EDGE, lw=1.8)
    target = beyond(router, boundaries(home)[0], reference)
    axes.plot(*zip(reference, target, strict=True), color=WALK, lw=1.5, ls="--")
    axes.plot(*reference, "o", color=WALK, ms=6)
    axes.plot(*target, "s", color=WALK, ms=6)
    for place, name in ((reference, "r"), (target, "p")):
        axes.annotate(
            name,
            (place[0], place[1]),
            xytext=(7, 5),
            textcoords="offset points",
            color=WALK,
            size=12,
        )
    west, south, east, north = frame.bounds
    axes.set(xlim=(west, east), ylim=(south, north))
    axes.set_aspect(1 / np.cos(np.radians(reference[1])))
    axes.set_axis_off()


def beyond(router: Router, cell: shapely.Polygon, reference: np.ndarray) -> np.ndarray:
    """Return a place well inside a cell that belongs to another grid than its reference."""
    west, south, east, north = shapely.buffer(cell, -1e-5).bounds
    lon, lat = (
        axis.ravel() for axis in np.meshgrid(*map(np.linspace, (west, south), (east, north)))
    )
    owner, own = (
        router.rows_of(lon=lon, lat=lat),
        router.rows_of(lon=reference[:1], lat=reference[1:]),
    )
    away_m = router.distance_to_border_m(lon=lon, lat=lat, index=owner)
    fits = shapely.contains_xy(shapely.buffer(cell, -1e-5), lon, lat) & (owner != own)
    best = np.argmax(np.where(fits, away_m, -1))
    return np.array([lon[best], lat[best]])


def main() -> None:
    """Write the picture."""
    mpl.rcParams.update({"svg.hashsalt": "gis-grid", "font.size": 9})
    city = make_city("small", 7)
    grids = city.layers["grids"]
    ground = grids[grids["level"] == city.scheme.ground].sort_values("code", ignore_index=True)
    router = Router.build(gpd.GeoDataFrame(ground))
    figure = Figure(figsize=(6, 6))
    record = telling(router)
    draw(figure.subplots(), router, ground.geometry.to_numpy(), record)
    OUT.parent.mkdir(exist_ok=True)
    figure.savefig(OUT, bbox_inches="tight", metadata={"Date": None})
    sys.stdout.write(f"{OUT.name}: {int(record[3])} edges at {record[0]:.6f}, {record[1]:.6f}\n")


if __name__ == "__main__":
    main()
