"""A plan as the frame that its report is drawn from."""

from dataclasses import asdict
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import Area
from gis_grid.errors import NotFoundError
from gis_grid.geo.crs import unproject
from gis_grid.maps.reports.plan_report import FRAME, PlanOptions, empty_plan
from gis_grid.maps.reports.registry import Options
from gis_grid.plan.arrays import Ints, Shapes
from gis_grid.plan.compare import compare
from gis_grid.plan.log import Draft
from gis_grid.plan.metrics import spread
from gis_grid.plan.state import PlanState
from gis_grid.plan.work import Formula
from gis_grid.services.planning.judging import PlanSettings
from gis_grid.services.planning.telling import grid_shapes
from gis_grid.storage.plans.plans import Plan, PlanStore

M2_PER_HA = 10_000.0


def plan_frame(session: Session, options: Options, area: Area) -> gpd.GeoDataFrame:
    """Return the frame of a plan; an empty one when there is none.

    Parameters
    ----------
    session
        The database.
    options
        Which plan: `PlanOptions`.
    area
        Where who asks may see plans.

    Raises
    ------
    NotFoundError
        There is no such plan there.
    """
    number = options.plan if isinstance(options, PlanOptions) else None
    seen = [one for one in PlanStore(session).all() if one.area_code in area]
    plans = [one for one in seen if number in {None, one.number}]
    if not plans:
        if number is not None:
            message = f"there is no plan {number}"
            raise NotFoundError(message)
        return empty_plan()
    return _drawn(session, plans[0])


FRAMES = {FRAME: plan_frame}
"""What reports of plans need beside the layers, by name."""


def _drawn(session: Session, plan: Plan) -> gpd.GeoDataFrame:
    store = PlanStore(session)
    start = store.start(plan.start_digest)
    old, draft = start.state(), Draft(start.state())
    for entry in store.entries(plan.number, limit=plan.step):
        draft.follow(entry)
    new = draft.state
    found = compare(old, new, shared=old.grids)
    factors = Formula(PlanSettings.model_validate(dict(plan.settings)).factors).row(new.blocks)
    made = _grids(new, factors)
    moved = found.moved_blocks
    shapes = [
        _rows("old", [*old.codes], grid_shapes(old, np.arange(old.grids)), new.blocks.epsg),
        _rows("moved", [new.code(int(b)) for b in moved], new.shapes(moved), new.blocks.epsg),
    ]
    frame = gpd.GeoDataFrame(pd.concat([made, *shapes], ignore_index=True), crs="EPSG:4326")
    works = [state.sums(_full(state)) @ factors for state in (old, new)]
    after = asdict(spread(works[1]))
    households = _share(found.names, found.moved, found.whole)
    off = made["off"].to_numpy(float)
    frame.attrs = {
        "number": plan.number,
        "title": plan.title,
        "stage": plan.stage.value,
        "step": plan.step,
        "generation": plan.generation,
        "grids_before": len(_full(old)),
        "cv_before": float(asdict(spread(works[0]))["cv"]),
        "cv": float(after["cv"]),
        "moved_share": households,
        "worst": float(off[int(np.argmax(np.abs(off)))]) if len(off) else 0.0,
    }
    return frame


def _full(state: PlanState) -> Ints:
    grids = state.living_grids()
    return grids[state.core.size[grids] > 0]


def _share(names: tuple[str, ...], moved: tuple[float, ...], whole: tuple[float, ...]) -> float:
    at = names.index("households") if "households" in names else 0
    return moved[at] / whole[at] if whole and whole[at] > 0 else 0.0


def _grids(state: PlanState, factors: np.ndarray) -> gpd.GeoDataFrame:
    grids = _full(state)
    work = state.sums(grids) @ factors
    mean = float(work.mean()) if len(work) and work.mean() > 0 else 1.0
    names = state.blocks.names
    known = "households" in names
    people = state.sums(grids)[:, names.index("households")] if known else np.nan
    codes = [state.codes[int(grid)] for grid in grids]
    rows = _rows("new", codes, grid_shapes(state, grids), state.blocks.epsg)
    return rows.assign(
        work=work,
        off=work / mean - 1,
        households=people,
        area_ha=state.area_m2(grids) / M2_PER_HA,
        pieces=state.pieces(grids),
    )


def _rows(role: str, codes: list[str | None], shapes: Shapes, epsg: int) -> gpd.GeoDataFrame:
    def to_degrees(xy: np.ndarray) -> np.ndarray:
        lon, lat = unproject(x_m=xy[:, 0], y_m=xy[:, 1], epsg=epsg)
        return np.column_stack([lon, lat])

    placed: Any = shapely.transform(shapes, to_degrees) if len(shapes) else []
    rows = {"role": [role] * len(codes), "code": codes}
    return gpd.GeoDataFrame(rows, geometry=list(placed), crs="EPSG:4326")
