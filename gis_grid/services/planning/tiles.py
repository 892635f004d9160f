"""Vector tiles of the blocks of a plan, drawn from its draft as it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.geo.crs import unproject
from gis_grid.services.planning.desk import Held
from gis_grid.services.planning.telling import blocks_within, grid_code
from gis_grid.storage.plans.plans import Plan
from gis_grid.tiles.columns import Value, columns_of
from gis_grid.tiles.encode import encode
from gis_grid.tiles.mercator import Shapes, Tile, to_world
from gis_grid.tiles.paths import rings_of
from gis_grid.values.tiles import BLOCKS


@dataclass(frozen=True, slots=True)
class Seen:
    """The blocks of a tile as they were at one step; later steps do not change them."""

    shapes: Shapes
    """On the plane of the plan, metres."""

    epsg: int
    properties: Mapping[str, Sequence[Value]]

    def draw(self, tile: Tile) -> bytes:
        """Return the tile; no bytes when no block is in it."""
        if not len(self.shapes):
            return b""
        world = np.asarray(shapely.transform(self.shapes, self._to_world), dtype=object)
        return encode(BLOCKS.name, BLOCKS.kind, rings_of(world, tile), columns_of(self.properties))

    def _to_world(self, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        lon, lat = unproject(x_m=xy[:, 0], y_m=xy[:, 1], epsg=self.epsg)
        return to_world(np.column_stack([lon, lat]))


def seen_blocks(held: Held, tile: Tile) -> Seen:
    """Return the blocks of a tile with their code, their grid and each of their weights.

    Take it while the draft is held, and draw it afterwards: nobody has to wait for the drawing.
    A weight that is called ``code`` or ``grid_code`` gives way to what the layer means by it.
    """
    state = held.state
    small = tile.z < BLOCKS.min_zoom
    found = np.zeros(0, np.int64) if small else blocks_within(held, tile.buffered_deg)
    weights = state.core.weights[found, :-1]
    named = {name: weights[:, at].tolist() for at, name in enumerate(state.blocks.names)}
    owners = state.core.grid[found].tolist()
    return Seen(
        shapes=np.asarray(state.shapes(found), dtype=object),
        epsg=state.blocks.epsg,
        properties=named
        | {
            "code": [state.code(block) for block in found.tolist()],
            "grid_code": [grid_code(state, grid) for grid in owners],
        },
    )


def token_of(plan: Plan) -> str:
    """Return a word for the blocks of a plan at its last step, in whatever database."""
    return f"{plan.number}-{plan.step}-{plan.start_digest[:12]}"
