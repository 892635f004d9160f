"""What plans look like over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import Moment
from gis_grid.plan.stages import Stage
from gis_grid.services.planning.judging import PlanSettings

Title = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


class Asked(BaseModel):
    """A body in which unknown members are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class NewPlan(Asked):
    """A plan to begin."""

    title: Title
    area_code: Annotated[str, Field(min_length=1, max_length=64)] = Field(
        description="The grid whose ground is divided anew: a community, a subdistrict, a district."
    )
    settings: PlanSettings = Field(default_factory=PlanSettings)


class PlanChange(Asked):
    """Another title, other settings; what is not given stays."""

    title: Title | None = None
    settings: PlanSettings | None = None


class NewCopy(Asked):
    """A draft to begin where another plan stands."""

    title: Title


class NewStage(Asked):
    """The stage that a plan is to have; to publish, see the plan's `publication`."""

    stage: Literal[Stage.DRAFT, Stage.REVIEW, Stage.APPROVED, Stage.DROPPED]


class NewPublication(Asked):
    """When the grids of an approved plan are to be valid."""

    name: Title = Field(description="What people call the generation.")
    valid_from: Moment | None = Field(
        default=None,
        description="When it starts, not in the future; now, when nothing is said.",
    )


class NewSchedule(Asked):
    """When an approved plan is to be published."""

    name: Title = Field(description="What people will call the generation.")
    effective_from: Moment = Field(
        description="When its grids are to be valid: in the future, at most ten years away."
    )


class NewReversal(Asked):
    """The grids of the generation before are to be current again."""

    name: Title = Field(description="What people call the generation that undoes the last one.")


class Rerouted(BaseModel):
    """Features of a layer that were looked at, and those that have another owner now."""

    looked_at: int
    moved: int


class PublicationOut(BaseModel):
    """What a publication did."""

    plan: "PlanOut | None"
    """None when the generation was not made by a plan."""

    generation: int
    lineage: int
    """Rows that say what became of the grids before."""

    rerouted: dict[str, Rerouted]


class ScheduleOut(BaseModel):
    """A publication at a moment to come."""

    effective_from: datetime
    name: str
    asked_by: str
    asked_at: datetime
    problem: str | None
    """Why it was not published at its moment; it is not tried again."""


class PlanOut(BaseModel):
    """A plan."""

    number: int
    title: str
    stage: Stage
    area_code: str
    area_name: str | None
    """What the grid is called that is divided anew."""

    generation: int
    step: int
    settings: PlanSettings
    created_at: datetime
    created_by: str
    changed_at: datetime
    copied_from: int | None
    published_as: int | None
    schedule: ScheduleOut | None
    """When it is to be published, or why it was not."""


class Plans(BaseModel):
    """Plans, the one changed last first."""

    plans: list[PlanOut]


class EntryOut(BaseModel):
    """A step that was taken."""

    number: int
    kind: Literal["edit", "undo", "redo"]
    of: int | None
    title: str
    author: str
    at: datetime


class Entries(BaseModel):
    """Steps of a plan."""

    entries: list[EntryOut]
    undoable: int
    redoable: int


class GridEffect(BaseModel):
    """What a step does to a grid."""

    grid_code: str | None
    before: dict[str, float]
    after: dict[str, float]
    pieces_before: int
    pieces_after: int


class ChangedOut(BaseModel):
    """What is there now, and what is there no more; features are GeoJSON."""

    grids: list[dict[str, Any]]
    grids_gone: list[str]
    blocks: list[dict[str, Any]]
    blocks_gone: list[str]


class TakenOut(BaseModel):
    """A step that was taken, and what it did."""

    plan: PlanOut
    entry: EntryOut
    effects: list[GridEffect]
    changed: ChangedOut


class PreviewOut(BaseModel):
    """What a step would do."""

    effects: list[GridEffect]
    broken: list[str]
    """Grids that would hang together less than now."""

    parts: list[dict[str, Any]]
    """Features: what blocks would be cut into, and the blocks that would move, with their grid."""

    metrics: dict[Literal["before", "after"], dict[str, dict[str, float | None]]]
    """Metrics of the touched grids by code; a grid that is not there then has none."""


class BrokenOut(BaseModel):
    """A rule that a grid does not keep."""

    rule: str
    grid_code: str
    value: float | None
    limit: float | None
    said: str
    blocks: list[str]


class Numbers(BaseModel):
    """What a plan is worth."""

    step: int
    grids: dict[str, dict[str, float | None]]
    spread: dict[str, dict[str, float | None]]
    spread_within: dict[str, dict[str, dict[str, float | None]]]
    """The same over the grids of each community, street and district, by its code."""

    communities: dict[str, str]
    """The community that each grid has most of its blocks in."""

    broken: list[BrokenOut]


class NewComment(Asked):
    """Something to say of a plan."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]
    grid_code: Annotated[str, Field(max_length=64)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None


class CommentOut(BaseModel):
    """What somebody said."""

    id: int
    at: datetime
    author: str
    text: str
    grid_code: str | None
    lon: float | None
    lat: float | None


class Comments(BaseModel):
    """What was said of a plan, in order."""

    comments: list[CommentOut]


class SideOut(BaseModel):
    """One of two plans."""

    plan: int | None
    """None for grids that are no plan."""

    said: str
    spread: dict[str, dict[str, float | None]]
    grids: dict[str, dict[str, float | None]]
    """Weights, metrics and what stands on the ground of each grid, counted now."""


class ShareOut(BaseModel):
    """Ground that an old grid and a new one have in common."""

    old_code: str | None
    new_code: str | None
    area_m2: float
    of_old: float | None
    of_new: float | None
    amounts: dict[str, float]


class GazetteOut(BaseModel):
    """An old code, and what it is now."""

    old_code: str
    new_codes: list[str]
    kind: str
    area_m2: float
    households: float | None


class MovedGround(BaseModel):
    """What lies on ground that gets another grid."""

    blocks: int
    area_m2: float
    amounts: dict[str, float]
    whole: dict[str, float]
    """What there is in all."""


class MovedThing(BaseModel):
    """Something that gets another grid."""

    code: str
    before: str | None
    after: str | None


class MovedThings(BaseModel):
    """Things of a kind that get another grid; not more than 1,000 of them are named."""

    layer: str
    total: int
    moved: int
    things: list[MovedThing]


class ComparisonOut(BaseModel):
    """Two plans beside each other."""

    step: int
    old: SideOut
    new: SideOut
    shares: list[ShareOut]
    moved: MovedGround
    gazette: list[GazetteOut]
    follows: list[MovedThings]
    """What stands on the ground: open incidents, facilities, cameras, posts, last year."""

    features: list[dict[str, Any]]
    """The moved blocks: GeoJSON features with their grid before and after."""

    type: Literal["FeatureCollection"] = "FeatureCollection"


class RejectOut(BaseModel):
    """A row of a table or a feature of a map that was not taken."""

    row: int
    field: str
    value: str
    reason: str


class DoubtOut(BaseModel):
    """A block that does not fit the areas of a map."""

    block: str
    grid: str | None
    """The grid that it is in now."""

    share: float
    """How much of it that grid of the map covers that has most of it."""

    reason: str


class ImportOut(BaseModel):
    """What became of a file."""

    plan: PlanOut
    entry: EntryOut | None
    """The step that a table or map made; None when it moved nothing, or for a plan file."""

    moved: int
    unchanged: int
    rejected: int
    rejects: list[RejectOut]
    """Rows that were not taken, at most 1,000 of them."""

    untouched: int
    """Blocks that the table or map says nothing of; they stay."""

    doubted: int
    doubts: list[DoubtOut]
    """Blocks that do not fit a map, at most 1,000 of them."""
