"""The tree of grids, one storey at a time: what somebody chooses a grid from."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.deps import Areas, DbSession
from api.problems import responses
from api.rights import ReadGrids
from gis_grid.accounts.areas import Area
from gis_grid.errors import NotFoundError
from gis_grid.grid.tree import GridTree
from gis_grid.storage.accounts.grids import grid_names

router = APIRouter(tags=["grids"])


class BranchQuery(BaseModel):
    """Below which grid."""

    model_config = ConfigDict(extra="forbid")

    parent: str | None = Field(
        default=None, max_length=64, description="Code of a grid; without it the topmost grids."
    )


class Branch(BaseModel):
    """A grid by its name."""

    code: str
    name: str | None
    level: str
    below: int
    """How many grids lie directly below it."""


@router.get(
    "/branches",
    summary="List the grids that lie directly below one",
    responses=responses(
        HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)
def list_branches(
    session: DbSession, areas: Areas, access: ReadGrids, query: Annotated[BranchQuery, Query()]
) -> list[Branch]:
    """Return names without shapes; without `parent` the topmost grids that one may see.

    Example: `GET /api/v1/branches?parent=s`
    """
    tree = areas.territory().tree
    codes = _below(tree, access.area, query.parent)
    names = grid_names(session, set(codes))
    return [
        Branch(
            code=code, name=names.get(code), level=tree.level(code), below=len(tree.children(code))
        )
        for code in codes
    ]


def _below(tree: GridTree, area: Area, parent: str | None) -> tuple[str, ...]:
    if parent is None:
        return _topmost(tree, area)
    if parent not in area or parent not in tree.codes:
        message = f"there is no grid {parent}"
        raise NotFoundError(message)
    return tree.children(parent)


def _topmost(tree: GridTree, area: Area) -> tuple[str, ...]:
    if area.codes is None:
        return tree.roots
    mine = sorted(code for code in area.codes if code in tree.codes)
    return tuple(code for code in mine if tree.parent(code) not in area)
