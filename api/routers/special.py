"""Special grids (专属网格): campuses, markets, rivers and street sections over the others."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api import geojson
from api.deps import DbSession, Special
from api.etags import etag_of, headers_of, is_held, unchanged
from api.problems import responses
from api.rights import ReadSpecial
from api.routers.layers import GEOJSON, link
from api.schemas import AtQuery, BoxQuery, Code, Moment, parse_bbox
from gis_grid import __version__
from gis_grid.services.special_sets import find_special, list_special
from gis_grid.storage.special import GivenSpecial, special_of
from gis_grid.values.special import SPECIAL

router = APIRouter(tags=["special"], default_response_class=geojson.GeoJsonResponse)


class SpecialQuery(BoxQuery):
    """List special grids."""

    at: Moment | None = None
    """Those valid at this instant, not those valid now."""


@router.get(
    "/special",
    summary="List special grids, a page at a time, ordered by code",
    description=(
        "A GeoJSON FeatureCollection of polygons and lines; `set` is the number of the set that "
        "they are of, 0 before the first and for those of the file that the setting `special_file` "
        "names, which go before any set. They lie over the ground grids and belong to none of "
        "them: everybody sees all of them. The next page, when there is one, is the link `next`, "
        "in the document and the Link header.\n\nExample: `GET /api/v1/special?limit=2`"
    ),
    responses=GEOJSON | responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
)
def list_special_grids(
    request: Request,
    session: DbSession,
    _access: ReadSpecial,
    given: Special,
    query: Annotated[SpecialQuery, Query()],
) -> Response:
    """Answer a page of the special grids."""
    number = special_of(session, given).number(query.at)
    tag = _tag(number, given)
    if is_held(request, tag):
        return unchanged(tag)
    box = None if query.bbox is None else parse_bbox(query.bbox)
    frame = list_special(session, at=query.at, bbox=box, given=given)
    if query.after is not None:
        frame = frame[frame["code"] > query.after]
    more = len(frame) > query.limit
    frame = frame.iloc[: query.limit]
    links = [link("self", request, {})]
    headers = headers_of(tag)
    if more:
        links.append(link("next", request, {"after": str(frame["code"].iloc[-1])}))
        headers["Link"] = f'<{links[-1]["href"]}>; rel="next"'
    body = geojson.collection(geojson.features(frame, SPECIAL), links=links, set=number)
    return geojson.GeoJsonResponse(body, headers=headers)


@router.get(
    "/special/{code:path}",
    summary="Get one of the special grids by its code",
    description="A GeoJSON Feature.\n\nExample: `GET /api/v1/special/CODE`",
    responses=GEOJSON
    | responses(
        HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)
def get_special_grid(
    request: Request,
    code: Code,
    session: DbSession,
    _access: ReadSpecial,
    given: Special,
    query: Annotated[AtQuery, Query()],
) -> Response:
    """Answer one special grid."""
    frame = find_special(session, code, at=query.at, given=given)
    tag = _tag(special_of(session, given).number(query.at), given)
    if is_held(request, tag):
        return unchanged(tag)
    [feature] = geojson.features(frame, SPECIAL)
    return geojson.GeoJsonResponse(feature, headers=headers_of(tag))


def _tag(number: int, given: GivenSpecial | None) -> str:
    return etag_of(number, SPECIAL.name, __version__, *([given.digest] if given else []))
