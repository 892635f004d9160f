"""Random work on a plan: every kind of edit, undo and redo, as a planner in a hurry would."""

import numpy as np
import shapely

from gis_grid.errors import ConflictError, GeometryError, InputError
from gis_grid.plan import drawing, edits
from tests.plan.drawn import WHO


class Walk:
    """Takes random steps; a step that is refused counts as refused, never as a crash."""

    def __init__(self, draft, spots, rng):
        self.draft, self.spots, self.rng = draft, spots, rng
        self.taken, self.refused = {}, {}
        self.fresh = 0

    def steps(self, count):
        """Take so many steps that are not refused."""
        kinds = [self.flip, self.brush, self.split, self.drag, self.merge, self.claim]
        kinds += [self.undo, self.redo]
        odds = [0.42, 0.2, 0.08, 0.1, 0.04, 0.03, 0.09, 0.04]
        while count > 0:
            kind = kinds[self.rng.choice(len(kinds), p=odds)]
            name = kind.__name__
            try:
                kind()
                self.taken[name] = self.taken.get(name, 0) + 1
                count -= 1
            except (ConflictError, InputError, GeometryError):
                self.refused[name] = self.refused.get(name, 0) + 1

    def _do(self, edit):
        self.draft.do(edit, **WHO)

    def _border_block(self):
        """Return a block and a neighbour of it in another grid."""
        state = self.draft.state
        grid = int(self.rng.choice(state.living_grids()))
        for block in self.rng.permutation(state.members(grid)):
            near = state.neighbours(int(block))
            others = near[(state.core.grid[near] != grid) & (state.core.grid[near] >= 0)]
            if len(others):
                return int(block), int(self.rng.choice(others))
        msg = "no border found"
        raise InputError(msg)

    def flip(self):
        block, other = self._border_block()
        state = self.draft.state
        self._do(edits.move_blocks(state, [block], state.codes[state.core.grid[other]]))

    def brush(self):
        block, other = self._border_block()
        state = self.draft.state
        around = [block, *(int(n) for n in state.neighbours(block))]
        self._do(edits.move_blocks(state, around, state.codes[state.core.grid[other]]))

    def _grid(self):
        state = self.draft.state
        return state.codes[int(self.rng.choice(state.living_grids()))]

    def split(self):
        state, grid = self.draft.state, self._grid()
        shapes = state.shapes(state.members(state.grid_of(grid)))
        west, south, east, north = shapely.total_bounds(shapes) if len(shapes) else (0, 0, 1, 1)
        size = [east - west, north - south]
        line = [west, south] + self.rng.uniform(0.2, 0.8, (2, 2)) * size
        self.fresh += 1
        code = f"s{self.fresh}"
        self._do(drawing.split_by_line(state, grid, shapely.LineString(line), code, self.spots))

    def drag(self):
        block, other = self._border_block()
        state = self.draft.state
        pair = [int(state.core.grid[b]) for b in (block, other)]
        border = drawing.border_between(state, *pair)
        lines = shapely.get_parts(border)
        if not len(lines):
            msg = "a bridge joins them, no border"
            raise InputError(msg)
        xy = shapely.get_coordinates(lines[0])
        a, b = (
            sorted(self.rng.choice(len(xy), 2, replace=False)) if len(xy) > 2 else (0, len(xy) - 1)
        )
        middle = (xy[a] + xy[b]) / 2 + self.rng.normal(0, 0.3, 2) * np.hypot(*(xy[b] - xy[a]))
        bent = shapely.LineString([xy[a], middle, xy[b]])
        codes = [state.codes[grid] for grid in pair]
        self._do(drawing.drag_border(state, *codes, bent, self.spots))

    def merge(self):
        block, other = self._border_block()
        state = self.draft.state
        one, into = (state.codes[state.core.grid[b]] for b in (block, other))
        self._do(edits.merge(state, [one], into))

    def claim(self):
        block, other = self._border_block()
        state = self.draft.state
        x, y = state.shape(block).centroid.coords[0]
        radius = np.sqrt(state.shape(block).area) * self.rng.uniform(0.2, 0.8)
        area = shapely.Point(x, y).buffer(radius, quad_segs=3)
        to = state.codes[state.core.grid[other]]
        self._do(drawing.claim_area(state, area, to, self.spots))

    def undo(self):
        self.draft.undo(**WHO)

    def redo(self):
        self.draft.undo(**WHO)
        self.draft.redo(**WHO)
