"""The audit log, for administrators of the whole city: searched, verified, taken away."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session, sessionmaker

from api.deps import DbSession, Sessions
from api.problems import responses
from api.rights import Access, require
from api.schemas import Moment, NoQuery
from gis_grid.accounts.audit import Entry
from gis_grid.accounts.permissions import Action
from gis_grid.services.auditing import MEDIA_TYPES, lines_of
from gis_grid.storage.audit import AuditStore, Wanted

Reading = Annotated[Access, require(Action.READ, "audit")]
Exporting = Annotated[Access, require(Action.EXPORT, "audit")]

router = APIRouter(
    prefix="/audit",
    tags=["audit"],
    responses=responses(
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
)


class AuditFilter(BaseModel):
    """Which entries are meant."""

    model_config = ConfigDict(extra="forbid")

    who: str | None = Field(default=None, max_length=256, description="Code of the account.")
    action: str | None = Field(default=None, max_length=64, examples=["publish"])
    layer: str | None = Field(default=None, max_length=64, examples=["incidents", "users"])
    code: str | None = Field(default=None, max_length=256, description="Key of the row.")
    since: Moment | None = None
    until: Moment | None = None

    def wanted(self) -> Wanted:
        """Return the filter."""
        return Wanted(
            who=self.who,
            action=self.action,
            layer=self.layer,
            code=self.code,
            since=self.since,
            until=self.until,
        )


class AuditQuery(AuditFilter):
    """A page of entries."""

    before: int | None = Field(
        default=None, ge=1, description="Entries before this number: the last of a page."
    )
    limit: int = Field(default=50, ge=1, le=500)


class ExportQuery(AuditFilter):
    """Entries to take away."""

    format: Literal["csv", "jsonl"] = "jsonl"


class EntryOut(BaseModel):
    """One entry of the log."""

    number: int
    at: str
    """In UTC."""

    who: str
    via: str
    """Public number of the session or token; empty on the command line."""

    address: str
    request_id: str
    action: str
    layer: str
    code: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    hash: str

    @classmethod
    def of(cls, entry: Entry) -> "EntryOut":
        """Return an entry as JSON carries it."""
        return cls(**entry.document(), hash=entry.hash)


class AuditPage(BaseModel):
    """Entries, the newest first."""

    entries: list[EntryOut]
    more: int | None
    """Ask with this as `before` for the next page; null on the last."""


class AuditState(BaseModel):
    """Whether the log is whole, and where it ends."""

    entries: int
    hash: str
    """Keep number and hash outside: `gis-grid doctor --audit --anchor NUMBER:HASH` compares."""

    broken: str | None
    """What is wrong first; null when nothing is."""


@router.get("", summary="Search the audit log, newest first")
def list_audit(
    _access: Reading, session: DbSession, query: Annotated[AuditQuery, Query()]
) -> AuditPage:
    """Return who did what to which row, from where; personal data is never in it.

    Example: `GET /api/v1/audit?layer=users&limit=20`
    """
    found = AuditStore(session).page(query.wanted(), before=query.before, limit=query.limit + 1)
    page = found[: query.limit]
    more = page[-1].number if len(found) > query.limit else None
    return AuditPage(entries=[EntryOut.of(entry) for entry in page], more=more)


@router.get("/state", summary="Verify the audit log")
def verify_audit(
    _access: Reading, session: DbSession, _query: Annotated[NoQuery, Query()]
) -> AuditState:
    """Read the whole chain of hashes and name the first entry that does not fit.

    Example: `GET /api/v1/audit/state`
    """
    store = AuditStore(session)
    end = store.end()
    return AuditState(entries=end.number, hash=end.hash, broken=store.broken())


@router.get(
    "/export",
    summary="Take the audit log away, oldest first",
    response_class=StreamingResponse,
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}}},
)
def export_audit(
    _access: Exporting, sessions: Sessions, query: Annotated[ExportQuery, Query()]
) -> StreamingResponse:
    """Stream the entries that fit as CSV or as lines of JSON.

    Example: `GET /api/v1/audit/export?format=csv`
    """
    name = f"audit.{query.format}"
    return StreamingResponse(
        _lines(sessions, query),
        media_type=MEDIA_TYPES[query.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _lines(sessions: sessionmaker[Session], query: ExportQuery) -> Iterator[str]:
    with sessions() as session:
        yield from lines_of(AuditStore(session).all(query.wanted()), query.format)
