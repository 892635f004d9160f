"""Vector tiles of the map, and what tiles there are."""

import gzip
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from api.deps import Areas, TileDrawing
from api.live_tiles import Drawn
from api.problems import responses
from api.rights import ReadGrids, ReadTiles
from api.schemas import NoQuery
from gis_grid.accounts.areas import Area
from gis_grid.accounts.permissions import Action
from gis_grid.services.tiling import area_token, tile_layer
from gis_grid.tiles.mercator import EXTENT, Tile
from gis_grid.values.tiles import ALONE_FROM, BLOCKS, DETAIL_ZOOM, MAX_ZOOM, TILE_LAYERS, TileLayer

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
FOR_EVER = "private, max-age=31536000, immutable"
FOR_NOW = "private, no-cache"

router = APIRouter(tags=["tiles"])
described = APIRouter(tags=["tiles"])

Zoom = Annotated[int, Path(ge=0, le=MAX_ZOOM, description="Zoom.")]
Column = Annotated[int, Path(description="Column, from 0 in the west to 2**z - 1.")]
Row = Annotated[int, Path(description="Row, from 0 in the north to 2**z - 1.")]


async def _tile(z: Zoom, x: Column, y: Row) -> Tile:
    return Tile(z, x, y)


Square = Annotated[Tile, Depends(_tile)]
LayerName = Annotated[str, Path(description=f"One of {', '.join(TILE_LAYERS)}.")]


class TileQuery(NoQuery):
    """What a tile may be asked with."""

    g: str | None = None
    """The token of the layer from `/api/v1/tiles`; the tile may then be kept for ever."""


class TileLayerOut(BaseModel):
    """One layer of tiles."""

    name: str
    source: str
    """The layer of the city that it is made of."""

    kind: str
    """point, line or area."""

    min_zoom: int
    """Tiles of a smaller zoom are empty."""

    max_zoom: int
    """A client enlarges the tiles of this zoom; larger zooms are answered up to 22."""

    fields: list[str]
    """Properties that a feature may have."""

    counted_below_zoom: int | None
    """Below this zoom points are counted in cells: `count` says how many."""

    token: str
    """Changes whenever the layer does."""

    url: str
    """Address of its tiles; put z, x and y in."""

    about: str


class PlanTilesOut(BaseModel):
    """The layer of tiles that each plan has."""

    name: str
    kind: str
    min_zoom: int
    max_zoom: int
    fields: list[str]
    """Properties of every feature; the weights of the plan come on top."""

    url: str
    """Address of its tiles; put the plan, its last step, z, x and y in."""

    about: str


class LevelZooms(BaseModel):
    """From which zoom the grids of a level are drawn."""

    level: str
    drawn_from_zoom: int
    named_from_zoom: int
    """The same for their labels."""


class TilesOut(BaseModel):
    """Every layer of tiles that you may see."""

    generation: int | None
    """Number of the current generation of the grids; null before the first."""

    extent: int
    """Units of a side of a tile."""

    layers: list[TileLayerOut]
    of_plans: list[PlanTilesOut]
    """Layers of a plan; none for who may see no plan."""

    levels: list[LevelZooms]


_BLOCKS_OUT = PlanTilesOut(
    name=BLOCKS.name,
    kind=BLOCKS.kind,
    min_zoom=BLOCKS.min_zoom,
    max_zoom=DETAIL_ZOOM,
    fields=BLOCKS.properties,
    url=f"/tiles/{BLOCKS.name}/{{z}}/{{x}}/{{y}}.mvt?plan={{plan}}&g={{step}}",
    about=BLOCKS.doc,
)


@described.get(
    "/tiles",
    summary="Say what vector tiles there are",
    responses=responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
)
def list_tiles(
    tiles: TileDrawing, areas: Areas, access: ReadGrids, _query: Annotated[NoQuery, Query()]
) -> TilesOut:
    """Return each layer that you may see: its fields, its zooms, its address and its token.

    Example: `GET /api/v1/tiles`
    """
    tokens, levels = tiles.tiling.tokens(), tiles.tiling.levels()
    seen = {
        source: areas.area(access.principal, Action.READ, source)
        for source in {layer.source for layer in TILE_LAYERS.values()}
    }
    return TilesOut(
        generation=tiles.tiling.generation(),
        extent=EXTENT,
        layers=[
            _described(layer, tokens, seen[layer.source])
            for layer in TILE_LAYERS.values()
            if not seen[layer.source].is_nowhere
        ],
        of_plans=[]
        if areas.area(access.principal, Action.READ, BLOCKS.source).is_nowhere
        else [_BLOCKS_OUT],
        levels=[
            LevelZooms(level=level, drawn_from_zoom=drawn, named_from_zoom=named)
            for level, (drawn, named) in levels.items()
        ],
    )


TILE_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}},
    204: {"description": "Nothing is there."},
    304: {"description": "It is what you have."},
}


@router.get(
    "/tiles/{layer}/{z}/{x}/{y}.mvt",  # noqa: FAST003 - `_tile` takes them
    summary="Get a vector tile",
    response_class=Response,
    responses=TILE_ANSWERS
    | responses(
        HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)
async def get_tile(
    request: Request,
    tiles: TileDrawing,
    layer: LayerName,
    tile: Square,
    access: ReadTiles,
    query: Annotated[TileQuery, Query()],
) -> Response:
    """Return one layer of one square of the map as a Mapbox vector tile.

    Example: `GET /tiles/streets/14/13791/6142.mvt`
    """
    area = access.area
    wanted = tile_layer(layer)
    tokens = tiles.tiling.fresh_tokens
    if tokens is None:
        tokens = await run_in_threadpool(tiles.tiling.tokens)
    token = _token(wanted, tokens, area)
    draw = partial(tiles.tiling.draw, wanted, tile, area=area)
    drawn = await tiles.cache.get((wanted.name, tile, token, area), draw)
    return sent(request, drawn, is_named=query.g == token)


def sent(request: Request, drawn: Drawn, *, is_named: bool) -> Response:
    """Answer with a tile; it may be kept for ever when the request names the state it is of."""
    headers = headers_of(drawn.tag, is_named=is_named)
    if request.headers.get("if-none-match") == drawn.tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    if not drawn.body:
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
    if not drawn.packed:
        return Response(drawn.body, headers=headers, media_type=MEDIA_TYPE)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(drawn.body), headers=headers, media_type=MEDIA_TYPE)
    headers["Content-Encoding"] = "gzip"
    return Response(drawn.body, headers=headers, media_type=MEDIA_TYPE)


def headers_of(tag: str, *, is_named: bool) -> dict[str, str]:
    """Return what is said with a tile, whether it is sent or held already."""
    return {
        "ETag": tag,
        "Cache-Control": FOR_EVER if is_named else FOR_NOW,
        "Vary": "Accept-Encoding, Cookie, Authorization",
    }


def _token(layer: TileLayer, tokens: Mapping[str, str], area: Area) -> str:
    return tokens[layer.name] + area_token(area)


def _described(layer: TileLayer, tokens: Mapping[str, str], area: Area) -> TileLayerOut:
    token = _token(layer, tokens, area)
    return TileLayerOut(
        name=layer.name,
        source=layer.source,
        kind=layer.kind,
        min_zoom=layer.min_zoom,
        max_zoom=DETAIL_ZOOM,
        fields=layer.properties,
        counted_below_zoom=ALONE_FROM if layer.counted else None,
        token=token,
        url=f"/tiles/{layer.name}/{{z}}/{{x}}/{{y}}.mvt?g={token}",
        about=layer.doc,
    )
