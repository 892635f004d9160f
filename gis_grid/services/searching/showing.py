"""The best candidates as they are shown: a name, what tells them apart, and where they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from gis_grid.services.searching.candidates import Candidate, facility_names, place_names
from gis_grid.storage import search
from gis_grid.storage.search import Spot
from gis_grid.storage.special import GivenSpecial, SpecialStore, special_of
from gis_grid.values.layers import LAYERS
from gis_grid.values.special import SPECIAL

ADDRESS = "address"
"""The kind of an entrance: a house number with its 单元."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that somebody may have meant."""

    kind: str
    """A layer's singular, ``address`` for an entrance, ``coordinate`` or ``cell``."""

    layer: str | None
    """The layer whose feature it is; None for coordinates and cells."""

    code: str
    """Key in its layer; of a street that of the stretch in its middle."""

    name: str
    """Plain text as the city gave it: escape it where it is shown."""

    note: str
    """What tells it from others of the same name: its address, street or the grid above."""

    lon: float | None
    lat: float | None
    """WGS-84; None for a feature whose place is not known."""

    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north; None for a point."""

    category: str | None = None
    level: str | None = None
    """Keys in the tables of the city, where it has one."""

    datum: str | None = None
    """Of coordinates: the datum in which they were read."""

    apart_m: float | None = None
    """Of coordinates whose datum is not told: from the reading as WGS-84."""

    unmatched: str | None = None
    """What was asked for beyond it and no layer holds, such as a room."""


def show(
    session: Session,
    ranked: Sequence[Candidate],
    *,
    limit: int,
    special: GivenSpecial | None = None,
) -> list[Found]:
    """Return the first candidates with their places; a street's stretches count once.

    Raises
    ------
    StorageError
        The database cannot be read.
    """
    chosen = list(islice(_once_a_street(ranked), max(0, limit)))
    streets = search.extents(session, _street_names(chosen))
    middles = {stretch.code for stretch in streets.values()}
    spots = _spots(session, chosen, middles, special_of(session, special))
    above = _above(session, chosen)
    found = []
    for one in chosen:
        code, spot, name = one.code, spots.get((one.layer, one.code)), one.known.get("name")
        if one.layer == "streets" and name in streets:
            code, box = streets[name].code, streets[name].bbox
            middle = spots[one.layer, code]
            spot = Spot(lon=middle.lon, lat=middle.lat, bbox=box)
        found.append(_shown(one, code, spot, above))
    return found


def _once_a_street(ranked: Iterable[Candidate]) -> Iterable[Candidate]:
    met: set[str] = set()
    for one in ranked:
        name = one.known.get("name")
        if one.layer == "streets" and name:
            if name in met:
                continue
            met.add(name)
        yield one


def _street_names(chosen: Iterable[Candidate]) -> list[str]:
    names = (one.known.get("name") for one in chosen if one.layer == "streets")
    return [name for name in names if name]


def _spots(
    session: Session,
    chosen: Sequence[Candidate],
    middles: Iterable[str],
    special: SpecialStore | GivenSpecial,
) -> dict[tuple[str, str], Spot]:
    codes: dict[str, set[str]] = {"streets": set(middles)}
    for one in chosen:
        codes.setdefault(one.layer, set()).add(one.code)
    shapes = special.shapes(codes.pop(SPECIAL.name, ()))
    return {
        (layer, code): spot
        for layer, wanted in codes.items()
        for code, spot in search.spots(session, layer, wanted).items()
    } | {(SPECIAL.name, code): search.spot_of(shape) for code, shape in shapes.items()}


_ABOVE = {
    "grids": "parent_code",
    "gates": "parent_code",
    "buildings": "grid_code",
    "cameras": "grid_code",
    "speakers": "grid_code",
    "incidents": "grid_code",
}
"""The field that names the grid which tells a feature from its namesakes."""


def _above(session: Session, chosen: Sequence[Candidate]) -> Mapping[str, str]:
    """Return the names of the grids that features belong to, by code."""
    codes = {one.known.get(_ABOVE[one.layer]) for one in chosen if one.layer in _ABOVE}
    grids = search.shown(session, "grids", [code for code in codes if code])
    return {code: grid["name"] for code, grid in grids.items() if grid["name"]}


def _shown(one: Candidate, code: str, spot: Spot | None, above: Mapping[str, str]) -> Found:
    known = one.known
    return Found(
        kind=_kind(one.layer),
        layer=one.layer,
        code=code,
        name=_name(one.layer, known) or code,
        note=_note(one.layer, known, above),
        lon=None if spot is None else spot.lon,
        lat=None if spot is None else spot.lat,
        bbox=None if spot is None else spot.bbox,
        category=known.get("category"),
        level=known.get("level"),
        unmatched=one.unmatched,
    )


def _kind(layer: str) -> str:
    if layer == "entrances":
        return ADDRESS
    return (SPECIAL if layer == SPECIAL.name else LAYERS[layer]).singular


def _name(layer: str, known: Mapping[str, Any]) -> str | None:
    name: str | None = known.get("name")
    if layer == "entrances":
        return f"{known.get('address') or ''}{name or ''}"
    if layer == "buildings":
        return known["address"] or name
    if layer == "facilities" and known["painted_number"]:
        kind = name or facility_names().get(known["category"], ("",))[0]
        return f"{kind} {known['painted_number']}".strip()
    if name is None and layer in {"facilities", "places"}:
        names = facility_names() if layer == "facilities" else place_names()
        return names.get(known["category"], (None,))[0]
    return name


def _note(layer: str, known: Mapping[str, Any], above: Mapping[str, str]) -> str:
    if layer in _ABOVE:
        return above.get(known.get(_ABOVE[layer]) or "", "")
    if layer == "facilities":
        return known["address"] or known["street"] or ""
    return known.get("address") or "" if layer == "places" else ""
