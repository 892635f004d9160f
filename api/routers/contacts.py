"""How to reach who is on duty: personal data, one post at a time, for those who have to call."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.deps import DbSession
from api.problems import responses
from api.rights import Access, require
from api.schemas import Code, NoQuery
from gis_grid.accounts.permissions import Action
from gis_grid.services.contacts import contact_of

Calling = Annotated[Access, require(Action.CONTACT, "officers")]

router = APIRouter(
    tags=["officers"],
    responses=responses(
        HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
    ),
)


class ContactOut(BaseModel):
    """Who holds a post, and how to reach them."""

    code: str
    role: str | None
    area_code: str
    name: str | None
    duty_phone: str | None


@router.get("/contacts/{code}", summary="Show who holds a duty post and how to reach them")
def get_contact(
    code: Code, session: DbSession, access: Calling, _query: Annotated[NoQuery, Query()]
) -> ContactOut:
    """Return name and duty phone of an officer of one's own area; the audit log says who asked.

    Example: `GET /api/v1/contacts/CODE`
    """
    return ContactOut.model_validate(contact_of(session, code, area=access.area))
