"""Every layer of the city as GeoJSON: lists and single features."""

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from api import geojson
from api.deps import DbSession
from api.etags import etag_of, headers_of, is_held, unchanged
from api.problems import responses
from api.rights import READ_LAYER, Access
from api.schemas import (
    AtQuery,
    BoxQuery,
    CategoryQuery,
    Code,
    GridQuery,
    ListQuery,
    NoQuery,
    OwnedCategoryQuery,
    OwnedQuery,
    parse_bbox,
)
from gis_grid import __version__
from gis_grid.services.tiling import area_token
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.values.layers import GRIDS, LAYERS, Layer


def query_of(layer: Layer) -> type[ListQuery]:
    """Return the filters that fit the fields of a layer."""
    names = set(layer.field_names)
    if "level" in names:
        return GridQuery
    if layer.geometry is None:
        return ListQuery
    owned, sorted_ = "grid_code" in names, "category" in names
    return {
        (True, True): OwnedCategoryQuery,
        (True, False): OwnedQuery,
        (False, True): CategoryQuery,
        (False, False): BoxQuery,
    }[owned, sorted_]


def make_router() -> APIRouter:
    """Return two routes for every layer: its list and its single features."""
    router = APIRouter(default_response_class=geojson.GeoJsonResponse)
    for layer in LAYERS.values():
        _add_list(router, layer)
        _add_item(router, layer)
    return router


def _add_list(router: APIRouter, layer: Layer) -> None:
    accepted: Any = Annotated[query_of(layer), Query()]
    reader: Any = READ_LAYER[layer.name]

    def endpoint(request: Request, session: DbSession, access: reader, query: accepted) -> Response:
        return _listed(request, session, layer, query, access)

    endpoint.__name__ = f"list_{layer.name}"
    router.add_api_route(
        f"/{layer.name}",
        endpoint,
        tags=[layer.name],
        summary=f"List {_words(layer)}, a page at a time, ordered by code",
        description=(
            "A GeoJSON FeatureCollection. The next page, when there is one, is the link `next`, in "
            f"the document and the Link header.\n\nExample: `GET /api/v1/{layer.name}?limit=2`"
        ),
        responses=GEOJSON
        | responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
    )


def _add_item(router: APIRouter, layer: Layer) -> None:
    wanted = AtQuery if layer == GRIDS else NoQuery
    accepted: Any = Annotated[wanted, Query()]
    reader: Any = READ_LAYER[layer.name]

    def endpoint(
        request: Request, code: Code, session: DbSession, access: reader, query: accepted
    ) -> Response:
        asked = query.model_dump(exclude_none=True)
        frame = LayerStore(session).get(layer.name, code, **asked, area=access.area)
        tag = _tag(session, layer, access)
        if tag and is_held(request, tag):
            return unchanged(tag)
        headers = headers_of(tag) if tag else None
        return geojson.GeoJsonResponse(geojson.features(frame, layer)[0], headers=headers)

    endpoint.__name__ = f"get_{layer.singular}"
    router.add_api_route(
        f"/{layer.name}/{{code:path}}",
        endpoint,
        tags=[layer.name],
        summary=f"Get one of the {_words(layer)} by its code",
        description=f"A GeoJSON Feature.\n\nExample: `GET /api/v1/{layer.name}/CODE`",
        responses=GEOJSON
        | responses(
            HTTPStatus.NOT_FOUND,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
    )


GEOJSON: dict[int | str, dict[str, Any]] = {
    200: {"content": {geojson.MEDIA_TYPE: {"schema": {"type": "object"}}}}
}


def _tag(session: Session, layer: Layer, access: Access) -> str | None:
    """Return the tag of every answer about a layer that changes with the generation only."""
    if layer != GRIDS:
        return None
    return etag_of(
        GenerationStore(session).number(), layer.name, __version__, area_token(access.area)
    )


def _words(layer: Layer) -> str:
    return layer.title_en.lower()


def _listed(
    request: Request, session: Session, layer: Layer, query: ListQuery, access: Access
) -> Response:
    tag = _tag(session, layer, access)
    if tag and is_held(request, tag):
        return unchanged(tag)
    store = LayerStore(session)
    frame = store.read(
        layer.name,
        **_filters(query),
        after=query.after,
        limit=query.limit + 1,
        area=access.area,
    )
    more = len(frame) > query.limit
    frame = frame.iloc[: query.limit]
    links = [link("self", request, {})]
    if more:
        links.append(link("next", request, {"after": str(frame["code"].iloc[-1])}))
    generation = GenerationStore(session).current()
    body = geojson.collection(
        geojson.features(frame, layer),
        links=links,
        generation=generation.number if generation else None,
    )
    headers = headers_of(tag) if tag else {}
    if more:
        headers["Link"] = f'<{links[-1]["href"]}>; rel="next"'
    return geojson.GeoJsonResponse(body, headers=headers)


def _filters(query: ListQuery) -> dict[str, Any]:
    given = query.model_dump(exclude={"limit", "after"}, exclude_none=True)
    if "bbox" in given:
        given["bbox"] = parse_bbox(given["bbox"])
    if "grid" in given:
        given["grid_code"] = given.pop("grid")
    return given


def link(rel: str, request: Request, changed: dict[str, str]) -> dict[str, str]:
    """Return a link relative to the host, which a proxy may call otherwise."""
    asked = {**request.query_params, **changed}
    href = request.url.path + (f"?{urlencode(asked)}" if asked else "")
    return {"rel": rel, "href": href, "type": geojson.MEDIA_TYPE}
