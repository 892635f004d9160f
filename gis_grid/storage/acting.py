"""Who acts, for the audit log: said once at the edge, known to every store below it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from gis_grid.accounts.audit import Actor

_actor: ContextVar[Actor] = ContextVar("actor", default=Actor())  # noqa: B039 - it is frozen


def actor() -> Actor:
    """Return who acts now; the command line when nobody said anything else."""
    return _actor.get()


@contextmanager
def acting(who: Actor) -> Iterator[None]:
    """Let everything inside be done by `who`, in this thread or task and those it starts."""
    token = _actor.set(who)
    try:
        yield
    finally:
        _actor.reset(token)


def recognise(who: str, via: str) -> None:
    """Say who it is that asked, once that is known; address and request stay."""
    _actor.set(replace(_actor.get(), who=who, via=via))
