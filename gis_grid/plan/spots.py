"""Where blocks are: an index that stays right while blocks are cut."""

import numpy as np
import shapely

from gis_grid.plan.arrays import Ints, Shapes
from gis_grid.plan.state import PlanState


class Spots:
    """An index over the blocks of the beginning; parts are found over what they were cut from.

    Make it once for each city: it knows nothing of edits, so all drafts may share it.
    """

    def __init__(self, state: PlanState) -> None:
        self._tree = shapely.STRtree(state.blocks.shapes)
        self._things = shapely.STRtree(np.asarray(shapely.points(state.blocks.things.xy_m), object))

    def touching(self, state: PlanState, shape: shapely.Geometry) -> Ints:
        """Return the blocks that a geometry intersects, in the order of their numbers."""
        first = np.sort(self._tree.query(shape, predicate="intersects"))
        if state.used == len(state.blocks):
            return np.asarray(first, np.int64)
        found = [part for block in first.tolist() for part in state.atoms.living_parts(block)]
        if found == first.tolist():
            return np.asarray(first, np.int64)
        hit = np.asarray(shapely.intersects(state.shapes(found), shape), bool)
        return np.asarray(np.sort(np.array(found, np.int64)[hit]), np.int64)

    def inside(self, state: PlanState, area: shapely.Geometry) -> Ints:
        """Return the blocks whose middle (a point on their surface) is in an area."""
        found = self.touching(state, area)
        middle = shapely.point_on_surface(state.shapes(found))
        within = np.asarray(shapely.intersects(area, middle), bool)
        return np.asarray(found[within], np.int64)

    def things(self, shapes: Shapes) -> tuple[Ints, Ints]:
        """Return which shape each thing in one of them is in; one on a border is in the first."""
        shape, thing = self._things.query(shapes, predicate="intersects")
        order = np.lexsort((shape, thing))
        if len(order) < 2:  # noqa: PLR2004 - nothing is twice
            return shape.astype(np.int64), thing.astype(np.int64)
        which, first = np.unique(thing[order], return_index=True)
        return shape[order][first].astype(np.int64), which.astype(np.int64)
