"""Vector tiles of the blocks of a plan."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from api.live_tiles import packed
from api.problems import responses
from api.routers.plan_doors import Reading, SeenDrafts
from api.routers.tiles import TILE_ANSWERS, Square, headers_of, sent
from api.schemas import NoQuery
from gis_grid.services.planning.tiles import seen_blocks, token_of

router = APIRouter(tags=["tiles"])


class PlanTileQuery(NoQuery):
    """Whose blocks."""

    plan: int = Field(ge=1, le=2**53, description="Number of the plan.")
    g: str | None = Field(
        default=None,
        description="The last step of the plan; the tile may then be kept for ever.",
    )


@router.get(
    "/tiles/blocks/{z}/{x}/{y}.mvt",  # noqa: FAST003 - `_tile` takes them
    summary="Get a vector tile of the blocks of a plan",
    response_class=Response,
    responses=TILE_ANSWERS
    | responses(
        HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)
def get_block_tile(
    request: Request,
    tile: Square,
    access: Reading,
    query: Annotated[PlanTileQuery, Query()],
    drafts: SeenDrafts,
) -> Response:
    """Return the blocks of a plan in one square of the map as a Mapbox vector tile.

    Example: `GET /tiles/blocks/15/27581/12284.mvt?plan=1&g=47`
    """
    with drafts.look(query.plan, access) as (plan, held):
        tag, is_named = f'"{token_of(plan)}"', query.g == str(plan.step)
        if request.headers.get("if-none-match") == tag:  # known without drawing it
            headers = headers_of(tag, is_named=is_named)
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        seen = seen_blocks(held, tile)
    return sent(request, packed(seen.draw(tile), tag=tag), is_named=is_named)
