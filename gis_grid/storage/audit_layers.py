"""Changes of layers for the audit log: each edited row, one digest for rows that come in bulk."""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import csv
from sqlalchemy.orm import Session

from gis_grid.accounts.audit import Change
from gis_grid.storage.audit import record
from gis_grid.storage.columns import arrow_columns, to_frame
from gis_grid.storage.database import begin_to_write
from gis_grid.storage.frames import Frame
from gis_grid.storage.queries import Where, rows, wanted_fields
from gis_grid.storage.tables import table_of
from gis_grid.values.layers import Layer

EACH = 100
"""Frames of up to so many rows are edits: every row that is added has an entry of its own."""

AT_ONCE = 2_000
"""Codes in one statement."""

DECIMALS = 7
"""Decimals of a degree in the log: about 1 cm."""

_PERSONAL = "personal data"


def stored(session: Session, layer: Layer, codes: Iterable[str]) -> Frame:
    """Return those of some features that are there, to change them: nobody else may meanwhile."""
    begin_to_write(session.connection())
    statement = rows(layer, Where(), session.get_bind().dialect.name, private=True)
    statement = statement.with_for_update(of=table_of[layer.name])
    wanted = list(codes)
    found: list[Sequence[Any]] = []
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        among = table_of[layer.name].c.code.in_(part)
        found += session.execute(statement.where(among)).fetchall()
    found.sort(key=lambda row: str(row[0]))
    return to_frame(layer, wanted_fields(layer, private=True), found)


def record_stored(session: Session, layer: Layer, before: Frame, after: Frame) -> None:
    """Record what storing the conforming frame `after` did to the rows `before`.

    Every row that became another one has an entry with what changed. New rows have one each when
    they are few; many have one entry together: how many, and a digest (`digest`) of them.
    """
    record(session, *_edits(layer, before, after))
    is_known = after["code"].isin(before["code"])
    new = after[~is_known]
    if len(new) and len(after) <= EACH:
        record(session, *(_of("add", layer, code, None, row) for code, row in _values(layer, new)))
    elif len(new):
        record_load(session, layer, new)


def record_load(session: Session, layer: Layer, new: Frame) -> None:
    """Record that many rows came at once."""
    after = {"rows": len(new), "sha256": digest(layer, new)}
    record(session, Change(action="load", layer=layer.name, after=after))


def record_removed(session: Session, layer: Layer, before: Frame) -> None:
    """Record that the rows of `before` are gone."""
    record(
        session, *(_of("remove", layer, code, row, None) for code, row in _values(layer, before))
    )


def digest(layer: Layer, frame: Frame) -> str:
    """Return the SHA-256 of the rows as CSV, ordered by code, without personal data.

    All public fields in order, then the geometry as WKB in hexadecimal digits; every value in
    quotes, a missing one empty without quotes, lines end with a line feed, no header.

    Parameters
    ----------
    layer, frame
        A conforming frame of the layer.
    """
    ordered = frame.sort_values("code", ignore_index=True)
    columns = arrow_columns(layer, ordered)
    public = {f.name: columns[f.name] for f in layer.fields if not f.private}
    if layer.geometry is not None:
        shapes = shapely.to_wkb(ordered["geometry"].to_numpy(), hex=True)
        public["geometry"] = pa.array(shapes, pa.string(), from_pandas=True)
    written = io.BytesIO()
    options = csv.WriteOptions(include_header=False, quoting_style="all_valid")
    csv.write_csv(pa.table(public), written, options)
    return hashlib.sha256(written.getbuffer()).hexdigest()


def _of(
    action: str,
    layer: Layer,
    code: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> Change:
    return Change(action=action, layer=layer.name, code=code, before=before, after=after)


def _edits(layer: Layer, before: Frame, after: Frame) -> Iterator[Change]:
    if not len(before):
        return
    new = after.set_index("code").loc[before["code"]]
    old = before.set_index("code")
    changed = pd.Series(data=False, index=old.index)
    for name in old.columns:
        changed |= ~_alike(old[name], new[name])
    codes = changed.index[changed.to_numpy()]
    olds = dict(_values(layer, old.loc[codes].reset_index(), private=True))
    news = dict(_values(layer, new.loc[codes].reset_index(), private=True))
    for code in codes:
        differ = [name for name in olds[code] if olds[code][name] != news[code][name]]
        was, now = (_only(layer, rows_of[code], differ) for rows_of in (olds, news))
        yield _of("change", layer, code, was, now)


def _alike(old: "pd.Series[Any]", new: "pd.Series[Any]") -> "pd.Series[bool]":
    if old.name == "geometry":
        same = shapely.to_wkb(old.to_numpy()) == shapely.to_wkb(new.to_numpy())
        return pd.Series(same, index=old.index)
    equal = (old == new).fillna(value=False).astype(bool)
    return equal | (old.isna() & new.isna())


def _only(layer: Layer, row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return some values of a row; personal data by its name only."""
    private = {field.name for field in layer.fields if field.private}
    return {name: _PERSONAL if name in private else row[name] for name in names}


def _values(
    layer: Layer, frame: Frame, *, private: bool = False
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the code of each row and its values as JSON values; missing ones are None."""
    plain = pd.DataFrame(frame)
    names = [f.name for f in layer.fields if f.name in plain and (private or not f.private)]
    columns = [_plain(plain[name]) for name in names]
    if layer.geometry is not None:
        names.append("geometry")
        shapes = plain["geometry"].to_numpy()
        columns.append(list(shapely.to_wkt(shapes, rounding_precision=DECIMALS)))
    for row in zip(*columns, strict=True):
        values = dict(zip(names, row, strict=True))
        yield str(values.pop("code")), values


def _plain(column: "pd.Series[Any]") -> list[Any]:
    missing = column.isna().to_numpy()
    values = column.astype(object).tolist()
    return [None if gone else _json(value) for gone, value in zip(missing, values, strict=True)]


def _json(value: Any) -> Any:  # noqa: ANN401 - what a frame holds
    return value.isoformat() if isinstance(value, pd.Timestamp) else value
