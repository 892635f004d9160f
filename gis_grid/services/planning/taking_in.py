"""Plans from files: a plan file becomes a draft, a table or a map becomes a step."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session

from gis_grid.errors import ConflictError, FileError
from gis_grid.geo.crs import to_metric
from gis_grid.plan.planfile import plan_from_json
from gis_grid.plan.state import PlanState
from gis_grid.services.planning.assigning import Assignment, assigned_by_rows
from gis_grid.services.planning.desk import Held
from gis_grid.services.planning.handing_out import ABOUT
from gis_grid.services.planning.judging import PlanSettings
from gis_grid.services.planning.map_files import is_map, map_assignment
from gis_grid.services.planning.starting import below
from gis_grid.services.planning.table_files import is_workbook, rows_of_text, rows_of_workbook
from gis_grid.storage.city import CityStore
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.plans.packing import Start
from gis_grid.storage.plans.plans import Plan, PlanStore

MOST_REJECTS = 1_000
"""Rejects that are told; all of them are counted."""

_SAME_M2 = 1.0


class About(BaseModel):
    """What a plan file says of the plan."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=200)
    area_code: str = Field(min_length=1, max_length=64)
    generation: int = Field(ge=1)
    settings: PlanSettings


def about_of(content: bytes) -> tuple[About, Mapping[str, Any]]:
    """Return what a plan file says of the plan, and the whole document.

    Raises
    ------
    FileError
        It is no plan file of this service.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        message = f"this is no plan file: {error}"
        raise FileError(message) from error
    if not isinstance(document, Mapping) or not isinstance(document.get(ABOUT), Mapping):
        message = f"this is no plan file of a service: it does not say which plan it is ({ABOUT!r})"
        raise FileError(message)
    try:
        return About.model_validate(document[ABOUT]), document
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(one) for one in (ABOUT, *first["loc"]))
        message = f"the plan file is not as it should be in {where}: {first['msg']}"
        raise FileError(message) from error


def take_in(
    session: Session, about: About, document: Mapping[str, Any], *, author: str, now: datetime
) -> Plan:
    """Make a draft of a plan file, with all its steps; they keep the authors that the file names.

    Parameters
    ----------
    session
        The database; its grids must be those that the plan began with.
    about, document
        From `about_of`.
    author, now
        Who takes it in and when.

    Raises
    ------
    FileError
        A part of the file is missing or does not fit; the message names it.
    NotFoundError
        The city does not have the grid that the plan divides.
    ConflictError
        The city has other grids there than those that the plan began with.
    """
    draft = plan_from_json(document)  # every step is taken once, so that none is kept that fails
    first = plan_from_json({**document, "log": []}).state
    if first.locks:
        message = "the plan file begins with locks; lock by a step instead"
        raise FileError(message)
    generation = _generation_of(session, about, first)
    codes = tuple(str(code) for code in first.codes)
    start = Start(first.blocks, first.assignment, codes, tuple(first.officers))
    store = PlanStore(session)
    plan = store.add(
        title=about.title,
        area_code=about.area_code,
        generation=generation,
        start_digest=store.keep_start(start, now=now),
        settings=about.settings.model_dump(mode="json"),
        author=author,
        now=now,
    )
    return store.take_in(plan, draft.log, now=now)


def _generation_of(session: Session, about: About, first: PlanState) -> int:
    """Return the generation whose grids are those of the beginning of a plan."""
    store = GenerationStore(session)
    held = {one.number: one for one in store.all()}
    reason = "there are no grids yet"
    city = CityStore(session).get()
    for number in dict.fromkeys([max(held, default=0), about.generation]):
        if number not in held:
            continue
        grids = LayerStore(session).read("grids", at=held[number].valid_from)
        mine = below(gpd.GeoDataFrame(grids), about.area_code, city)
        found = _other_grids(mine[mine["level"] == city.scheme.ground], first)
        if found is None:
            return number
        reason = reason if number != max(held) else found
    message = f"the plan file does not begin with the grids of this city: {reason}"
    raise ConflictError(message)


def _other_grids(grids: gpd.GeoDataFrame, first: PlanState) -> str | None:
    """Return what differs between grids and the beginning of a plan; None when nothing does."""
    codes = [str(code) for code in first.codes]
    mine = grids.set_index("code", drop=False)
    other = sorted(set(codes) ^ set(mine.index))
    if other:
        where = "here" if other[0] in codes else "in the file"
        return f"there is no grid {other[0]} {where}"
    metric = to_metric(gpd.GeoDataFrame(mine.loc[codes]), epsg=first.blocks.epsg)
    here = metric.geometry.area.to_numpy()
    there = first.area_m2(np.arange(len(codes)))
    off = np.abs(here - there) > np.maximum(_SAME_M2, 1e-6 * here)
    if off.any():
        code = codes[int(np.argmax(off))]
        return f"grid {code} has other ground"
    return None


def assignment_of(held: Held, content: bytes, *, layer: str | None = None) -> Assignment:
    """Return the step that puts blocks into the grids that a table or a map names.

    Parameters
    ----------
    held
        The draft.
    content
        A table with the columns block and grid (地块, 网格), where a row with an empty grid takes
        the block out of the plan: CSV, see `rows_of_text`, or an Excel workbook, see
        `rows_of_workbook`; or a map, see `map_assignment`.
    layer
        Of a map which layer, of a workbook which sheet.

    Raises
    ------
    FileError
        It is no such table or map, or has too many rows.
    """
    if is_workbook(content):
        return assigned_by_rows(held, rows_of_workbook(content, sheet=layer))
    if is_map(content):
        return map_assignment(held, content, layer=layer)
    return assigned_by_rows(held, rows_of_text(content))
