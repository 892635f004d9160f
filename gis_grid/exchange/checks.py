"""Raw batches turned into clean rows of a layer, and the problems that kept rows out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gis_grid.exchange.batch import Batch, Column, Problem, Shapes
from gis_grid.exchange.convert import convert
from gis_grid.exchange.geometry import GeometryRules, rule
from gis_grid.exchange.identity import derive_codes
from gis_grid.exchange.instants import Clock
from gis_grid.exchange.mapping import ColumnMap
from gis_grid.exchange.names import VALUES
from gis_grid.exchange.placing import Frame, place
from gis_grid.geo.crs import LONLAT
from gis_grid.values.layers import Field, Layer

_VALUE_CHARS = 80
_KEYS = frozenset({"code", "level", "category", "area_code", "unit_code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that decides how the rows of one file are read."""

    layer: Layer
    mapping: ColumnMap
    frame: Frame = field(default_factory=Frame)
    clock: Clock = field(default_factory=Clock)

    centre: tuple[float, float] | None = None
    """Lon, lat around which the city lies, when it is known."""

    default_points: frozenset[tuple[float, float]] = frozenset()
    """Positions that stand for "not known"; see `gis_grid.exchange.survey`."""

    repair: bool = False
    """Whether invalid polygons are mended."""

    derives_codes: bool = False
    """Whether rows without a code get one made from their place."""

    @property
    def keeps_doubtful(self) -> bool:
        """Whether the layer can say that a point is not believed."""
        return "doubt" in self.layer.field_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came out of a batch."""

    frame: gpd.GeoDataFrame
    """Good rows in the form of the layer (EPSG:4326), derived columns empty."""

    rows: npt.NDArray[np.int64]
    """Numbers of the good rows in the file."""

    at: npt.NDArray[np.int64]
    """Positions of the good rows in the batch."""

    problems: list[Problem]
    """Why the other rows were refused; at least one for each."""

    repaired: int = 0
    """Polygons mended on the way."""


def check(batch: Batch, plan: Plan) -> Checked:
    """Turn raw rows into rows of a layer, leaving out those that break a rule.

    Parameters
    ----------
    batch
        Raw rows of a file.
    plan
        The layer, where its fields come from and how they are read.

    Returns
    -------
    Checked
        The good rows in file order. A row is refused when a required value is missing, a value is
        not of its field's kind, out of range or not one of the choices, or its geometry breaks a
        rule of `gis_grid.exchange.placing` or `gis_grid.exchange.geometry`. Duplicates are not
        looked for here: see `gis_grid.exchange.duplicates`.

    Raises
    ------
    InputError
        Dates could be month- or day-first and nobody said.
    """
    problems = list(batch.unreadable)
    shapes, doubts, repaired = _geometry(batch, plan, problems)
    columns = {
        item.name: _column(item, batch, plan, problems)
        for item in plan.layer.fields
        if not item.derived
    }
    if plan.derives_codes:
        columns["code"] = derive_codes(columns, shapes)
    if plan.keeps_doubtful:
        columns["doubt"] = _doubts(columns["doubt"], doubts, shapes, plan)
    problems += _missing(columns, batch, plan)
    good = ~np.isin(batch.rows, [problem.row for problem in problems])
    frame = _frame(columns, shapes, plan.layer)[good].reset_index(drop=True)
    return Checked(
        frame=frame,
        rows=batch.rows[good],
        at=np.flatnonzero(good),
        problems=problems,
        repaired=repaired,
    )


def _geometry(
    batch: Batch, plan: Plan, problems: list[Problem]
) -> tuple[Shapes, npt.NDArray[np.object_], int]:
    if plan.layer.geometry is None:
        nothing = np.full(len(batch.rows), None, dtype=object)
        return nothing, nothing, 0
    placed = place(batch, plan.mapping, plan.frame)
    problems += placed.problems
    rules = GeometryRules(
        kind=plan.layer.geometry,
        optional=plan.keeps_doubtful,
        keeps_doubtful=plan.keeps_doubtful,
        repair=plan.repair,
        centre=plan.centre,
    )
    ruled = rule(placed.shapes, batch.rows, rules)
    known = {problem.row for problem in placed.problems}
    problems += [problem for problem in ruled.problems if problem.row not in known]
    return ruled.shapes, ruled.doubts, ruled.repaired


def _column(item: Field, batch: Batch, plan: Plan, problems: list[Problem]) -> Column:
    """Read one field of every row and note what is wrong with it."""
    raw = _raw(item, batch, plan.mapping)
    found = convert(raw, item.kind, plan.clock)
    values = _tidied(found.column, item, plan.layer)

    def note(wrong: npt.NDArray[np.bool_], reason: str, hint: str) -> None:
        problems.extend(
            Problem(
                row=int(batch.rows[at]),
                field=item.name,
                value=str(raw.iloc[at])[:_VALUE_CHARS],
                reason=reason,
                hint=hint,
            )
            for at in np.flatnonzero(wrong)
        )

    note(found.bad, f"not_{item.kind}", f"{item.name} is a value of kind {item.kind}")
    if item.kind in {"integer", "real"}:
        note(_out_of_range(values, item), "out_of_range", _range_text(item))
    if item.choices:
        other = (values.notna() & ~values.isin(item.choices)).to_numpy(dtype=bool)
        note(other, "not_a_choice", f"{item.name} is one of {', '.join(item.choices)}")
    return values


def _raw(item: Field, batch: Batch, mapping: ColumnMap) -> Column:
    if item.name in mapping.columns and mapping.columns[item.name] in batch.table.columns:
        return batch.table[mapping.columns[item.name]]
    constant = mapping.constants.get(item.name)
    return pd.Series([constant] * len(batch.rows), index=batch.table.index, dtype="str")


def _tidied(values: Column, item: Field, layer: Layer) -> Column:
    """Take the blanks off keys and put known words for the values that they stand for."""
    if item.kind != "text":
        return values
    if item.name in _KEYS or item.name.endswith("_code") or item.choices:
        values = values.str.strip()
    words = VALUES.get(f"{layer.name}.{item.name}")
    if words is None:
        return values
    meant = values.str.casefold().map(words)
    return values.where(meant.isna(), meant)


def _out_of_range(values: Column, item: Field) -> npt.NDArray[np.bool_]:
    wrong = np.zeros(len(values), dtype=bool)
    if item.low is not None:
        wrong |= (values < item.low).fillna(value=False).to_numpy(dtype=bool)
    if item.high is not None:
        wrong |= (values > item.high).fillna(value=False).to_numpy(dtype=bool)
    return wrong


def _range_text(item: Field) -> str:
    if item.high is None:
        return f"{item.name} is at least {item.low:g}" if item.low is not None else ""
    return f"{item.name} is {item.low:g} to {item.high:g}"


def _doubts(given: Column, found: npt.NDArray[np.object_], shapes: Shapes, plan: Plan) -> Column:
    """Keep a doubt that the file states, else take the one found here."""
    own = pd.Series(found, index=given.index, dtype="str")
    if plan.default_points:
        spots = [None if shape is None else (shape.x, shape.y) for shape in shapes]
        defaults = np.array([spot in plan.default_points for spot in spots], dtype=bool)
        own[defaults & own.isna()] = "default_point"
    return given.where(given.notna(), own)


def _missing(columns: dict[str, Column], batch: Batch, plan: Plan) -> Iterable[Problem]:
    for item in plan.layer.fields:
        if item.required and item.name in columns:
            absent = columns[item.name].isna().to_numpy()
            for at in np.flatnonzero(absent):
                yield Problem(
                    row=int(batch.rows[at]),
                    field=item.name,
                    value="",
                    reason="missing_value",
                    hint=f"{item.name} is required; map a column to it or --set {item.name}=…",
                )


def _frame(columns: dict[str, Column], shapes: Shapes, layer: Layer) -> gpd.GeoDataFrame:
    """Put the columns in the order of the layer; derived ones stay empty until routed."""
    count = len(shapes)
    ordered: dict[str, object] = {}
    for item in layer.fields:
        if item.name in columns:
            ordered[item.name] = columns[item.name].array
        elif item.kind == "integer":
            ordered[item.name] = np.zeros(count, dtype=np.int64)
        else:
            ordered[item.name] = np.full(count, None, dtype=object)
    table = pd.DataFrame(ordered, index=pd.RangeIndex(count))
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, index=table.index, crs=LONLAT))
