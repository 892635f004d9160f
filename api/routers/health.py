"""Whether the service works, and with what."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import DbSession
from api.problems import responses
from api.rights import OPEN, ReadCity
from api.schemas import GenerationOut, Health, NoQuery
from gis_grid import __version__
from gis_grid.services.reading import city_or_none
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.schema import revision

router = APIRouter(tags=["service"])


@router.get(
    "/health",
    summary="Say whether the service and its database work",
    dependencies=[OPEN],
    responses=responses(HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.UNPROCESSABLE_ENTITY),
)
def get_health(session: DbSession, _query: Annotated[NoQuery, Query()]) -> Health:
    """Read the database; a service that cannot is answered with a 503 problem.

    Example: `GET /api/v1/health`
    """
    connection = session.connection()
    city, generation = city_or_none(session), GenerationStore(session).current()
    return Health(
        status="ok",
        version=__version__,
        database="sqlite" if connection.dialect.name == "sqlite" else "postgresql",
        schema_revision=revision(connection) or "",
        city=city.name if city else None,
        generation=GenerationOut.of(generation) if generation else None,
    )


@router.get(
    "/generations",
    summary="List the generations of the grids",
    tags=["grids"],
    responses=responses(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
)
def list_generations(
    session: DbSession, _access: ReadCity, _query: Annotated[NoQuery, Query()]
) -> list[GenerationOut]:
    """Return every generation, the first one first.

    Example: `GET /api/v1/generations`
    """
    return [GenerationOut.of(one) for one in GenerationStore(session).all()]
