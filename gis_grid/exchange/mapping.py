"""Which column of a file holds which field: guessed, said, saved and loaded."""

import json
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rapidfuzz import fuzz, process

from gis_grid.errors import FileError, InputError
from gis_grid.exchange.names import ALIASES, LAT_NAMES, LON_NAMES, WKT_NAMES
from gis_grid.values.layers import LAYERS, Layer

_NEAR = 88.0
_SHORTEST_NEAR = 5
_PLACES = ("lon", "lat", "wkt")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """Where each field of a layer comes from."""

    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Column by field; ``lon``, ``lat`` and ``wkt`` stand for the place."""

    constants: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Value by field, the same for every row."""

    guessed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The part of `columns` that nobody stated, with how it was guessed."""

    def required_columns(self) -> tuple[str, ...]:
        """Return the columns that a file must have."""
        return tuple(dict.fromkeys(self.columns.values()))


def parse_pairs(pairs: Iterable[str], *, what: str) -> dict[str, str]:
    """Split texts like ``field=COLUMN``.

    Raises
    ------
    InputError
        A text has no ``=``, or nothing before it.

    Examples
    --------
    >>> parse_pairs(["code=编号", "state="], what="--set")
    {'code': '编号', 'state': ''}
    """
    parsed: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            message = f"{what} takes field=VALUE, not {pair!r}"
            raise InputError(message)
        parsed[key.strip()] = value
    return parsed


def guess_map(
    layer: Layer, columns: Iterable[str], *, stated: ColumnMap, has_geometry: bool
) -> ColumnMap:
    """Complete a mapping by the names of the columns.

    A column is taken for a field when its name is one of the field's known names (see
    `gis_grid.exchange.names`); what is left over may be taken by a near miss of at least 5
    characters and 88 % likeness. What is stated is never overruled and no column is used twice.

    Parameters
    ----------
    layer
        The layer that the file holds.
    columns
        Attribute columns of the file.
    stated
        What the user said.
    has_geometry
        Whether the file brings geometry, so that no lon/lat or WKT columns are looked for.

    Raises
    ------
    InputError
        A stated field is not one of the layer, or a stated column is not in the file.

    Examples
    --------
    >>> found = guess_map(LAYERS["gates"], ["编号", "经度", "纬度"], stated=ColumnMap(),
    ...                   has_geometry=False)
    >>> dict(found.columns)
    {'code': '编号', 'lon': '经度', 'lat': '纬度'}
    """
    present = list(columns)
    _require_known(layer, stated, present)
    wanted = [item.name for item in layer.fields if not item.derived]
    taken = dict(stated.columns)
    open_fields = [name for name in wanted if name not in taken and name not in stated.constants]
    guessed = _exact(open_fields, present, taken)
    if layer.geometry is not None and not has_geometry and not set(_PLACES) & set(stated.columns):
        guessed |= _place(layer, present, taken | guessed)
    guessed |= _near(
        [name for name in open_fields if name not in guessed], present, taken | guessed
    )
    return replace(stated, columns=taken | guessed, guessed=guessed)


def _require_known(layer: Layer, stated: ColumnMap, present: list[str]) -> None:
    known = {item.name for item in layer.fields if not item.derived}
    for name in (*stated.columns, *stated.constants):
        if name not in known and name not in _PLACES:
            message = f"{layer.name} has no field {name!r}; it has {', '.join(sorted(known))}"
            raise InputError(message)
    for name, column in stated.columns.items():
        if column not in present:
            message = f"there is no column {column!r} for {name}; there are {', '.join(present)}"
            raise InputError(message)


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum())


def _exact(fields: list[str], present: list[str], taken: Mapping[str, str]) -> dict[str, str]:
    """Give columns to fields, own names of fields before other names, sure names before weak."""
    free = {_plain(column): column for column in present if column not in taken.values()}
    ranked = sorted(
        (rank, name, _plain(alias))
        for name in fields
        for rank, alias in enumerate(dict.fromkeys((name, *ALIASES.get(name, ()))))
    )
    found: dict[str, str] = {}
    for _, name, alias in ranked:
        if name not in found and alias in free:
            found[name] = free.pop(alias)
    return {name: found[name] for name in fields if name in found}


def _place(layer: Layer, present: list[str], taken: Mapping[str, str]) -> dict[str, str]:
    free = {_plain(column): column for column in present if column not in taken.values()}

    def first(names: Iterable[str]) -> str | None:
        return next((free[_plain(name)] for name in names if _plain(name) in free), None)

    lon, lat, wkt = first(LON_NAMES), first(LAT_NAMES), first(WKT_NAMES)
    if layer.geometry == "POINT" and lon is not None and lat is not None:
        return {"lon": lon, "lat": lat}
    return {"wkt": wkt} if wkt is not None else {}


def _near(fields: list[str], present: list[str], taken: Mapping[str, str]) -> dict[str, str]:
    """Give what is left to the most alike name, when it is long enough to mean something."""
    free = [column for column in present if column not in taken.values()]
    found: dict[str, str] = {}
    for name in fields:
        for alias in dict.fromkeys((name, *ALIASES.get(name, ()))):
            plain = _plain(alias)
            if len(plain) < _SHORTEST_NEAR:
                continue
            match = process.extractOne(
                plain, free, scorer=fuzz.ratio, processor=_plain, score_cutoff=_NEAR
            )
            if match is not None and name not in found:
                found[name] = match[0]
                free.remove(match[0])
    return found


def load_mapping(path: Path) -> ColumnMap:
    """Read a saved mapping: TOML, or JSON by the ending of its name.

    Raises
    ------
    FileError
        There is no such file, or it is not a mapping: two tables ``columns`` and ``constants``
        of texts.
    """
    try:
        content = path.read_text("utf-8")
        stored: Any = json.loads(content) if path.suffix == ".json" else tomllib.loads(content)
    except (OSError, ValueError) as error:
        message = f"{path} cannot be read as a mapping: {error}"
        raise FileError(message) from error
    tables = [stored.get(name, {}) for name in ("columns", "constants")] if stored else []
    if not tables or not all(isinstance(table, dict) for table in tables):
        message = f"{path} is not a mapping: it needs a table `columns` of field = column"
        raise FileError(message)
    columns, constants = ({str(key): str(value) for key, value in t.items()} for t in tables)
    return ColumnMap(columns=columns, constants=constants)


def save_mapping(mapping: ColumnMap, path: Path) -> None:
    """Write a mapping that `load_mapping` reads back the same.

    Raises
    ------
    FileError
        The file cannot be written.
    """
    tables = {"columns": dict(mapping.columns), "constants": dict(mapping.constants)}
    text = (
        json.dumps(tables, ensure_ascii=False, indent=2)
        if path.suffix == ".json"
        else _toml(tables)
    )
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise FileError(message) from error


def _toml(tables: Mapping[str, Mapping[str, str]]) -> str:
    lines: list[str] = []
    for title, table in tables.items():
        lines.append(f"[{title}]")
        # A JSON string is also a TOML basic string, once the delete character is escaped.
        lines += [f"{_quoted(key)} = {_quoted(value)}" for key, value in table.items()]
        lines.append("")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def merge_maps(saved: ColumnMap, said: ColumnMap) -> ColumnMap:
    """Put what was said on the command line over what was saved; a field has one origin."""
    columns = {k: v for k, v in saved.columns.items() if k not in said.constants} | dict(
        said.columns
    )
    constants = {k: v for k, v in saved.constants.items() if k not in said.columns}
    return ColumnMap(columns=columns, constants=constants | dict(said.constants))


__all__ = [
    "LAYERS",
    "ColumnMap",
    "guess_map",
    "load_mapping",
    "merge_maps",
    "parse_pairs",
    "save_mapping",
]
