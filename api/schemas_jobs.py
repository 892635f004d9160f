"""What long work on plans looks like over HTTP."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from gis_grid.services.planning.balancing import BalanceOrder
from gis_grid.storage.plans.jobs import JobState


class JobProgress(BaseModel):
    """How far a job is."""

    done: int
    of: int
    share: float
    zh: str
    en: str
    """What is being done, in both languages."""


class UnsplittableOut(BaseModel):
    """Why a grid of a proposal is more than 5 % off: the block that would have to be cut."""

    grid_code: str | None
    deviation: float
    block: str
    share: float
    """What the block has, as a share of what a grid is to have."""

    said: str


class ProposalOut(BaseModel):
    """What a proposal is worth: one point of the trade-off curve."""

    number: int
    limit: float
    """From scratch: the tolerance asked for; else the share that might be moved."""

    grids: int
    locked: int
    moved_households: float
    moved_share: float
    moved_blocks: int
    cv_before: float | None
    cv: float | None
    gini: float | None
    ratio: float | None
    largest_deviation: float | None
    polsby_popper: float | None
    broken: int
    """Grids in more than one piece."""

    crossings: int
    """Pairs of blocks in one grid that nothing walkable joins: crumbs of ground."""

    unsplittable: list[UnsplittableOut]


class JobOut(BaseModel):
    """Long work on a plan."""

    number: int
    kind: Literal["balance"]
    plan: int
    state: JobState
    asked: BalanceOrder
    made_by: str
    made_at: datetime
    ended_at: datetime | None
    step: int | None
    """The step of the plan that it is about."""

    progress: JobProgress
    problem: str | None
    proposals: list[ProposalOut]
    """Those that are there already, the mildest first."""


class Jobs(BaseModel):
    """Jobs, the last first."""

    jobs: list[JobOut]


class ProposalChange(BaseModel):
    """A block that a proposal moves."""

    block: str
    before: str | None
    after: str | None


class ProposalChanges(BaseModel):
    """What a proposal moves."""

    job: int
    number: int
    figures: ProposalOut
    fits: bool
    """Whether the plan is still as it was, so that the proposal can be adopted."""

    reason: str | None
    """Why it does not fit."""

    codes: list[str]
    """Grids that the proposal begins."""

    changes: list[ProposalChange]
    features: list[dict[str, Any]]
    """The moved blocks as GeoJSON features, when asked for and not too many."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
