"""The stages of a plan, from draft to publication."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from gis_grid.errors import ConflictError


class Stage(StrEnum):
    """How far a plan has come."""

    DRAFT = "draft"
    """It can be edited."""

    REVIEW = "review"
    """Others look at it; nobody edits it."""

    APPROVED = "approved"
    """It may be published."""

    PUBLISHED = "published"
    """Its grids became a generation. It is kept as it was."""

    DROPPED = "dropped"
    """Nobody goes on with it; it can be taken up again."""


NEXT: Mapping[Stage, frozenset[Stage]] = MappingProxyType(
    {
        Stage.DRAFT: frozenset({Stage.REVIEW, Stage.DROPPED}),
        Stage.REVIEW: frozenset({Stage.DRAFT, Stage.APPROVED}),
        Stage.APPROVED: frozenset({Stage.DRAFT, Stage.PUBLISHED}),
        Stage.PUBLISHED: frozenset(),
        Stage.DROPPED: frozenset({Stage.DRAFT}),
    }
)
"""What may follow each stage. To undo a publication, publish the generation before it."""


def require_next(now: Stage, wanted: Stage) -> None:
    """Stop when a plan cannot go from one stage to another.

    Raises
    ------
    ConflictError
        It names the stages that are possible.

    Examples
    --------
    >>> require_next(Stage.DRAFT, Stage.REVIEW)
    >>> require_next(Stage.DRAFT, Stage.PUBLISHED)
    Traceback (most recent call last):
    gis_grid.errors.ConflictError: a plan in stage draft cannot become published; next it can be \
dropped or review
    >>> require_next(Stage.PUBLISHED, Stage.DRAFT)
    Traceback (most recent call last):
    gis_grid.errors.ConflictError: a plan in stage published cannot become draft; it stays so
    """
    if wanted not in NEXT[now]:
        possible = " or ".join(sorted(NEXT[now]))
        message = f"a plan in stage {now} cannot become {wanted}; "
        message += f"next it can be {possible}" if possible else "it stays so"
        raise ConflictError(message)


def require_editable(now: Stage) -> None:
    """Stop when a plan cannot be edited.

    Raises
    ------
    ConflictError
        It is not a draft.
    """
    if now != Stage.DRAFT:
        message = f"the plan is in stage {now}; make it a draft again to edit it"
        raise ConflictError(message, reason="plan.not-draft", about={"stage": now.value})
