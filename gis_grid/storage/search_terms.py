"""What every feature is found by: kept beside the layers, in the transaction that changes them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd
from sqlalchemy import Connection, Select, delete, insert, select, text, update

from gis_grid.locating.folding import EDITION, address_pieces, fold, pieces, turned
from gis_grid.standards.tables import facility_categories
from gis_grid.storage.tables import search_term, table_of, version
from gis_grid.values.layers import GRIDS, LAYERS, Layer

How = Literal["name", "address", "whole", "number", "tail"]
"""By which pieces a field is found: any word of a name, the districts of an address, the whole
text, the whole and its last digits, or only the last digits."""

SEARCHED: Mapping[str, Mapping[str, How]] = MappingProxyType(
    {
        "grids": {"name": "name", "area_code": "whole", "unit_code": "whole"},
        "buildings": {"name": "name", "address": "address"},
        "facilities": {
            "name": "name",
            "painted_number": "number",
            "police_number": "number",
            "code": "tail",
        },
        "cameras": {"name": "name", "code": "tail"},
        "speakers": {"name": "name"},
        "places": {"name": "name"},
        "streets": {"name": "name"},
        "landcover": {"name": "name"},
        "gates": {"name": "name"},
    }
)
"""The fields of each layer that is found by more than its code."""

Terms = set[tuple[str, str]]
"""Pairs of a piece and a code."""

_TOPIC = "search"
_AT_ONCE = 20_000
_KEPT = 65_536


def add(connection: Connection, layer: Layer, frame: pd.DataFrame) -> None:
    """Keep the pieces of features that are new.

    Parameters
    ----------
    connection
        In the transaction that stores the features.
    layer, frame
        A layer and a conforming frame of it.

    Raises
    ------
    StorageError
        The database cannot do this now.
    """
    _insert(connection, layer, terms_of(layer, _columns(layer, frame)))


def replace(
    connection: Connection, layer: Layer, frame: pd.DataFrame, codes: Select[Any] | None
) -> None:
    """Keep the pieces of features instead of what was kept of `codes`, or of the whole layer.

    Only what differs is written.

    Raises
    ------
    StorageError
        The database cannot do this now.
    """
    if layer.name not in SEARCHED:
        return
    kept = search_term.c
    known = select(kept.term, kept.code).where(kept.layer == layer.name)
    if codes is not None:
        known = known.where(kept.code.in_(codes))
    before: Terms = {(term, code) for term, code in connection.execute(known)}
    now = terms_of(layer, _columns(layer, frame))
    _delete(connection, layer, before - now)
    _insert(connection, layer, now - before)


def forget(connection: Connection, layer: Layer, codes: Sequence[str]) -> None:
    """Drop what is kept of some features.

    Raises
    ------
    StorageError
        The database cannot do this now.
    """
    if layer.name in SEARCHED and codes:
        kept = search_term.c
        of_them = delete(search_term).where(kept.layer == layer.name, kept.code.in_(codes))
        connection.execute(of_them)


def renew(connection: Connection) -> None:
    """Make every piece again, unless they are of this edition of the folding already.

    Raises
    ------
    StorageError
        The database cannot do this now.
    """
    number = version.c.number
    this = version.c.topic == _TOPIC
    if connection.scalar(select(number).where(this)) == EDITION:
        return
    connection.execute(delete(search_term))
    for name in SEARCHED:
        for columns in _stored(connection, LAYERS[name]):
            _insert(connection, LAYERS[name], terms_of(LAYERS[name], columns))
    if not connection.execute(update(version).where(this).values(number=EDITION)).rowcount:
        connection.execute(insert(version).values(topic=_TOPIC, number=EDITION))


def terms_of(layer: Layer, columns: Mapping[str, Sequence[Any]]) -> Terms:
    """Return the pieces of features, each with its code.

    Parameters
    ----------
    layer
        Any layer; of one that is not `SEARCHED` there are none.
    columns
        The code and the searched fields, of one length; None where missing.

    Examples
    --------
    >>> from gis_grid.values.layers import LAYERS
    >>> columns = {"code": ["c1", "c2"], "name": ["东门", None]}
    >>> sorted(terms_of(LAYERS["cameras"], columns))
    [('<1', 'c1'), ('<2', 'c2'), ('东门', 'c1')]
    >>> terms_of(LAYERS["walls"], {"code": ["w"]})
    set()
    """
    found: Terms = set()
    for field, how in SEARCHED.get(layer.name, {}).items():
        for said, code in zip(columns[field], columns["code"], strict=True):
            if said is not None and not (field == "name" and _says_little(layer.name, said)):
                found.update((term, code) for term in _pieces(how, said))
    return found


@lru_cache(maxsize=_KEPT)
def _pieces(how: How, said: str) -> tuple[str, ...]:
    if how == "name":
        return pieces(said)
    if how == "address":
        return address_pieces(said)
    whole, last = (fold(said),), turned(said)
    tail = (last,) if last else ()
    return {"whole": whole, "tail": tail, "number": whole + tail}[how] if whole[0] else ()


def _says_little(layer: str, name: str) -> bool:
    """Say whether a name is that of its whole category, or only a number in a street."""
    if layer == "facilities":
        return name in _category_names()
    return layer == "buildings" and fold(name).removesuffix("号").isdigit()


@cache
def _category_names() -> frozenset[str]:
    return frozenset(facility_categories()["name_zh"])


def _columns(layer: Layer, frame: pd.DataFrame) -> dict[str, list[Any]]:
    names = ("code", *SEARCHED.get(layer.name, ()))
    return {
        name: frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in names
    }


def _stored(connection: Connection, layer: Layer) -> Iterator[dict[str, list[Any]]]:
    table = table_of[layer.name]
    names = list(dict.fromkeys(("code", *SEARCHED[layer.name])))
    statement = select(*(table.c[name] for name in names)).order_by(table.c.code)
    if layer == GRIDS:
        statement = statement.where(table.c.last_generation.is_(None))
    after = ""
    while True:
        rows = connection.execute(statement.where(table.c.code > after).limit(_AT_ONCE)).fetchall()
        if not rows:
            return
        yield {name: [row[at] for row in rows] for at, name in enumerate(names)}
        after = rows[-1][0]


def _insert(connection: Connection, layer: Layer, terms: Iterable[tuple[str, str]]) -> None:
    rows = sorted(terms)
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        if connection.dialect.name == "sqlite":
            values = [(layer.name, term, code) for term, code in part]
            connection.exec_driver_sql(_INSERT_SQLITE, values)
        else:
            lists = {"terms": [term for term, _ in part], "codes": [code for _, code in part]}
            connection.execute(_INSERT_POSTGIS, {"layer": layer.name, **lists})


_INSERT_SQLITE = "INSERT INTO search_term (layer, term, code) VALUES (?, ?, ?)"
_INSERT_POSTGIS = text(
    "INSERT INTO search_term (layer, term, code) SELECT :layer, * "
    "FROM unnest(CAST(:terms AS text[]), CAST(:codes AS text[]))"
)


def _delete(connection: Connection, layer: Layer, terms: Iterable[tuple[str, str]]) -> None:
    rows = [{"layer": layer.name, "term": term, "code": code} for term, code in sorted(terms)]
    if rows:
        connection.execute(_DELETE, rows)


_DELETE = text("DELETE FROM search_term WHERE layer = :layer AND term = :term AND code = :code")
