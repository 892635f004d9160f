"""What a planner asks for, as it comes over the wire, and the edit that it means for a draft.

A wish names grids and blocks by code and places by degrees (WGS-84). What it does depends on the
draft as it is when the wish is granted, so a wish can be made again after somebody else's step.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Annotated, Literal

import numpy as np
import shapely
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy.orm import Session
from typing_extensions import override

from gis_grid.errors import ConflictError, InputError
from gis_grid.geo.crs import project
from gis_grid.plan import drawing, edits
from gis_grid.plan.halving import split_evenly
from gis_grid.plan.log import Edit
from gis_grid.plan.numbering import renumber
from gis_grid.plan.parting import reattach
from gis_grid.plan.work import Formula
from gis_grid.services.planning.balancing import adoption
from gis_grid.services.planning.desk import Held
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.plans.jobs import JobStore

MOST_VERTICES = 10_000
"""Vertices of a drawn line or area."""

Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
Codes = Annotated[list[Code], Field(min_length=1, max_length=100_000)]
Degrees = Annotated[
    tuple[
        Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)],
        Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)],
    ],
    Field(description="Longitude, latitude; degrees of WGS-84."),
]
Line = Annotated[list[Degrees], Field(min_length=2, max_length=MOST_VERTICES)]
Ring = Annotated[
    list[Degrees],
    Field(min_length=3, max_length=MOST_VERTICES, description="It is closed by itself."),
]


class Wish(BaseModel, ABC):
    """Something to be done to a plan."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @abstractmethod
    def edit(self, held: Held, session: Session) -> Edit:
        """Return what it means for a draft as it is now.

        Raises
        ------
        NotFoundError
            The plan or the city has no such thing.
        ConflictError
            A code is taken.
        InputError, GeometryError
            It cannot be done, or not cleanly.
        """


class MoveBlocks(Wish):
    """Give blocks to a grid: the brush."""

    do: Literal["move_blocks"]
    blocks: Codes
    to: Code | None = Field(description="Code of the grid; null takes them out of the plan.")

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        return edits.move_blocks(held.state, held.blocks(self.blocks), self.to)


class MoveInside(Wish):
    """Give every block whose middle is inside an area to a grid: the rectangle."""

    do: Literal["move_inside"]
    area: Ring
    to: Code | None

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        area = _area(held, self.area)
        return edits.move_blocks(held.state, held.spots.inside(held.state, area), self.to)


class MoveCompound(Wish):
    """Give all blocks of a compound to a grid."""

    do: Literal["move_compound"]
    compound: Code
    to: Code

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        return edits.move_compound(held.state, self.compound, self.to)


class MoveBuilding(Wish):
    """Give a building and a way to it to a grid; blocks are cut."""

    do: Literal["move_building"]
    building: Code
    to: Code

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        shape = _shape_of(held, session, "buildings", self.building)
        footprint = shapely.get_parts(shape)[0]
        return drawing.move_building(held.state, footprint, self.to, held.spots)


class MoveBuildings(Wish):
    """Give several buildings, each with a way to it, to a grid; blocks are cut."""

    do: Literal["move_buildings"]
    buildings: Annotated[list[Code], Field(min_length=1, max_length=200)]
    to: Code

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        shapes = [_shape_of(held, session, "buildings", code) for code in self.buildings]
        footprints = [part for shape in shapes for part in shapely.get_parts(shape)[:1]]
        return drawing.move_buildings(held.state, footprints, self.to, held.spots)


class NewGrid(Wish):
    """Begin a grid of some blocks."""

    do: Literal["new_grid"]
    blocks: Codes
    code: Code

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        return edits.new_grid(held.state, held.blocks(self.blocks), self.code)


class Merge(Wish):
    """Give all blocks of grids to another one; they end."""

    do: Literal["merge"]
    grids: Codes
    into: Code

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        return edits.merge(held.state, self.grids, self.into)


class SplitByLine(Wish):
    """Split a grid along a line; what is right of it becomes a new grid."""

    do: Literal["split_by_line"]
    grid: Code
    line: Line
    code: Code

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        line = _line(held, self.line)
        return drawing.split_by_line(held.state, self.grid, line, self.code, held.spots)


class SplitAlong(Wish):
    """Split a grid along a street of the city, without cutting a block."""

    do: Literal["split_along"]
    grid: Code
    street: Code
    code: Code

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        shape = _shape_of(held, session, "streets", self.street)
        lines = shapely.get_parts(shapely.line_merge(shape))
        longest = max(lines, key=shapely.length)
        return drawing.split_along(held.state, self.grid, longest, self.code)


class SplitEvenly(Wish):
    """Split a grid into two whole, compact halves of equal work: by blocks, else by a cut."""

    do: Literal["split_evenly"]
    grid: Code
    code: Code = Field(description="Code of the other half.")

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        work = Formula(held.settings.factors).row(held.state.blocks)
        # the same draft gives the same halves: what was previewed is what is done
        rng = np.random.default_rng(0)
        return split_evenly(held.state, self.grid, self.code, work, held.spots, rng=rng)


class ClaimArea(Wish):
    """Give the ground inside an area to a grid; blocks on its edge are cut."""

    do: Literal["claim_area"]
    area: Ring
    to: Code
    from_grids: list[Code] = Field(default=[], max_length=1000)

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        area = _area(held, self.area)
        return drawing.claim_area(held.state, area, self.to, held.spots, from_grids=self.from_grids)


class DragBorder(Wish):
    """Move the border between two grids to a line; blocks that it crosses are cut."""

    do: Literal["drag_border"]
    one: Code
    other: Code
    line: Line

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        line = _line(held, self.line)
        return drawing.drag_border(held.state, self.one, self.other, line, held.spots)


class Reattach(Wish):
    """Give every part of a broken grid but the largest to its best neighbour."""

    do: Literal["reattach"]
    grid: Code

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        return reattach(held.state, self.grid)


class Renumber(Wish):
    """Give all grids new codes, west to east and north to south in each community."""

    do: Literal["renumber"]

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        return renumber(held.state)


class Rename(Wish):
    """Give grids other codes, all at once: they may be exchanged."""

    do: Literal["rename"]
    codes: Annotated[list[tuple[Code, Code]], Field(min_length=1, max_length=20_000)] = Field(
        description="Pairs of old and new code."
    )

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        return edits.rename(held.state, self.codes)


class SetLock(Wish):
    """Lock or open a grid, the border between two grids, or an officer's round."""

    do: Literal["lock"]
    kind: Literal["grid", "border", "officer"]
    codes: Annotated[list[Code], Field(min_length=1, max_length=2)]
    locked: bool

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        return edits.set_lock(held.state, self.kind, self.codes, locked=self.locked)


class Adopt(Wish):
    """Take a proposal of a balance, all of it in one step."""

    do: Literal["adopt"]
    job: int = Field(ge=1, le=2**53, description="Number of the job that found it.")
    proposal: int = Field(ge=1, le=100)

    @override
    def edit(self, held: Held, session: Session) -> Edit:
        jobs = JobStore(session)
        if held.plan is None or jobs.get(self.job).plan != held.plan.number:
            message = f"job {self.job} is about another plan"
            raise ConflictError(message)
        return adoption(held.state, self.job, jobs.proposal(self.job, self.proposal))


AnyWish = Annotated[
    MoveBlocks
    | MoveInside
    | MoveCompound
    | MoveBuilding
    | MoveBuildings
    | NewGrid
    | Merge
    | SplitByLine
    | SplitAlong
    | SplitEvenly
    | ClaimArea
    | DragBorder
    | Reattach
    | Renumber
    | Rename
    | SetLock
    | Adopt,
    Field(discriminator="do"),
]
"""Any of the wishes, told apart by `do`."""

WISH: TypeAdapter[Wish] = TypeAdapter(AnyWish)


def on_plane(held: Held, places: Iterable[tuple[float, float]]) -> np.ndarray:
    """Return places in metres on the plane of the plan, shape ``(n, 2)``."""
    lon, lat = np.asarray(list(places), float).reshape(-1, 2).T
    return np.column_stack(project(lon=lon, lat=lat, epsg=held.state.blocks.epsg))


def _line(held: Held, places: list[Degrees]) -> shapely.LineString:
    line = shapely.LineString(on_plane(held, places))
    if not line.length > 0:
        message = "the line has no length; draw it from one side to the other"
        raise InputError(message)
    return line


def _area(held: Held, places: list[Degrees]) -> shapely.Polygon:
    area = shapely.Polygon(on_plane(held, places))
    if not (shapely.is_valid(area) and area.area > 0):
        message = "the area is no polygon that encloses ground; draw it without crossings"
        raise InputError(message)
    return area


def _shape_of(held: Held, session: Session, layer: str, code: str) -> shapely.Geometry:
    """Return the geometry of a feature of the city on the plane of the plan."""
    frame = LayerStore(session).get(layer, code)
    shape = frame["geometry"].iloc[0]
    placed: shapely.Geometry = shapely.transform(shape, lambda places: on_plane(held, places))
    return placed
