"""What a text may mean: every way of looking for it, each with how well it fits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy.orm import Session

from gis_grid.locating.folding import SHORTEST, TURNED, fold, pieces, turned
from gis_grid.locating.question import House, Question
from gis_grid.locating.ranking import (
    SIMILAR_PERCENT,
    Fit,
    fit_of,
    likeness,
    says_all,
    starts_for,
)
from gis_grid.locating.words import kind_in
from gis_grid.standards.tables import facility_categories, place_kinds
from gis_grid.storage import search
from gis_grid.storage.scoping import Area
from gis_grid.storage.search import Hit, Wanted
from gis_grid.storage.special import GivenSpecial, special_of
from gis_grid.values.special import SPECIAL

NAMED = ("grids", "streets", "places", "cameras", "speakers", "landcover")
"""Layers whose names may be misspelt."""

GRIDS_TRIED = 12
"""Grids of a name whose buildings are looked through."""

_TEXTS = ("name", "address", "painted_number", "police_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A feature that may be meant."""

    layer: str
    code: str
    fit: Fit
    known: Mapping[str, Any]
    """What is shown of it."""

    unmatched: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Where candidates are looked for."""

    session: Session
    area: Area
    special: GivenSpecial | None = None


def candidates(scope: Scope, asked: Question) -> Iterator[Candidate]:
    """Yield what a question may mean; a feature may come more than once.

    Raises
    ------
    StorageError
        The database cannot be read.
    """
    yield from _by_code(scope, asked)
    yield from _special(scope, asked)
    if len(asked.whole) >= SHORTEST:
        yield from _by_name(scope, asked.whole)
    if asked.house is not None:
        yield from _by_house(scope, asked.house)
    if asked.number is not None:
        yield from _by_number(scope, asked)
    yield from _by_words(scope, asked)


def similar(scope: Scope, asked: str) -> Iterator[Candidate]:
    """Yield what is called almost like a folded text; it may be misspelt.

    Raises
    ------
    StorageError
        The database cannot be read.
    """
    hits: list[Hit] = []
    for start in starts_for(asked):
        ending = asked[asked.index(start) :]
        near = search.by_term(
            scope.session, start, layers=NAMED, area=scope.area, limit=_MISSPELT_TRIED
        )
        hits += [hit for hit in near if likeness(ending, hit.term) >= SIMILAR_PERCENT]
    for hit, known in _known(scope, hits):
        if likeness(asked, known["name"]) >= SIMILAR_PERCENT:
            yield Candidate(layer=hit.layer, code=hit.code, fit=Fit.SIMILAR, known=known)


_MISSPELT_TRIED = 60


def _known(scope: Scope, hits: Sequence[Hit]) -> Iterator[tuple[Hit, Mapping[str, Any]]]:
    """Yield hits with what is shown of them; one that is gone meanwhile is left out."""
    by_layer = attrgetter("layer")
    for layer, group in groupby(sorted(hits, key=by_layer), key=by_layer):
        found = list(group)
        known = search.shown(scope.session, layer, {hit.code for hit in found})
        yield from ((hit, known[hit.code]) for hit in found if hit.code in known)


def _by_code(scope: Scope, asked: Question) -> Iterator[Candidate]:
    code = asked.code
    if code is None:
        return
    for typed in dict.fromkeys((code, code.upper())):
        hits = search.by_code(scope.session, typed, area=scope.area)
        for hit, known in _known(scope, hits):
            fit = Fit.CODE if hit.code == typed else Fit.CODE_BEGINS
            yield Candidate(layer=hit.layer, code=hit.code, fit=fit, known=known)


def _special(scope: Scope, asked: Question) -> Iterator[Candidate]:
    """Find special grids: a set of them is small, so it is looked through whole."""
    whole, typed = asked.whole, asked.code or ""
    for code, name in special_of(scope.session, scope.special).names().items():
        known = {"name": name}
        if typed and code.upper().startswith(typed.upper()):
            fit = Fit.CODE if len(code) == len(typed) else Fit.CODE_BEGINS
            yield Candidate(layer=SPECIAL.name, code=code, fit=fit, known=known)
        if len(whole) < SHORTEST or not name:
            continue
        met = sorted((term for term in pieces(name) if term.startswith(whole)), key=len)
        if met:
            fit = fit_of(whole, met[0], [name], is_address=False)
            yield Candidate(layer=SPECIAL.name, code=code, fit=fit, known=known)


def _by_name(scope: Scope, asked: str) -> Iterator[Candidate]:
    for hit, known in _known(scope, search.by_term(scope.session, asked, area=scope.area)):
        texts = [known.get(name) for name in _TEXTS]
        fit = fit_of(asked, hit.term, texts, is_address=hit.layer == "buildings")
        yield Candidate(layer=hit.layer, code=hit.code, fit=fit, known=known)


def _by_house(scope: Scope, house: House) -> Iterator[Candidate]:
    """Find a building by its address, or by the grid that it stands in and its number."""
    session, area = scope.session, scope.area
    hits = search.by_terms(session, [house.address], layer="buildings", area=area)
    codes = [hit.code for hit in hits]
    if not codes:
        grids = search.by_term(session, house.base, layers=("grids",), limit=GRIDS_TRIED)
        inside = search.buildings_below(session, [hit.code for hit in grids], area=area)
        wanted = f"{house.number}号"
        codes = [code for code, name in inside if name and fold(name) == wanted]
    known = search.shown(session, "buildings", codes)
    if house.unit is None:
        for code, facts in known.items():
            yield Candidate(layer="buildings", code=code, fit=Fit.HOUSE, known=facts)
        return
    yield from _entrances(scope, house, known)


def _entrances(
    scope: Scope, house: House, buildings: Mapping[str, Mapping[str, Any]]
) -> Iterator[Candidate]:
    wanted, met = f"{house.unit}单元", set()
    doors = search.entrances_of(scope.session, list(buildings))
    right = [code for code, name, _ in doors if name and fold(name) == wanted]
    facts = search.shown(scope.session, "entrances", right)
    for code, name, building in doors:
        if name and fold(name) == wanted:
            met.add(building)
            rest = house.room or None
            yield Candidate(
                layer="entrances", code=code, fit=Fit.HOUSE, known=facts[code], unmatched=rest
            )
    for code, known_building in buildings.items():
        if code not in met:
            rest = wanted + house.room
            yield Candidate(
                layer="buildings",
                code=code,
                fit=Fit.NUMBER_ENDS,
                known=known_building,
                unmatched=rest,
            )


def _by_number(scope: Scope, asked: Question) -> Iterator[Candidate]:
    """Find facilities by the digits painted on them, with words for their kind and street."""
    number = asked.number or ""
    wanted = _wanted(asked.words)
    if len(number) < SHORTEST and wanted.is_anything:
        return
    hits = search.facilities(scope.session, wanted, number=number, area=scope.area)
    bare = number.lstrip("0")
    for hit, known in _known(scope, hits):
        is_same = hit.term.removeprefix(TURNED)[::-1].lstrip("0") == bare
        ends = Fit.CODE_ENDS if hit.term == turned(hit.code) else Fit.NUMBER_ENDS
        fit = Fit.HOUSE if is_same else ends
        yield Candidate(layer=hit.layer, code=hit.code, fit=fit, known=known)
    if not asked.words and len(number) > SHORTEST:
        tail = TURNED + number[::-1]
        hits = search.by_term(scope.session, tail, layers=("cameras",), area=scope.area)
        for hit, known in _known(scope, hits):
            yield Candidate(layer=hit.layer, code=hit.code, fit=Fit.CODE_ENDS, known=known)


def _by_words(scope: Scope, asked: Question) -> Iterator[Candidate]:
    """Find by several words, or by the word for a kind of facility."""
    if asked.number is not None or not asked.words:
        return
    wanted = _wanted(asked.words)
    if wanted.categories:
        hits = search.facilities(scope.session, wanted, area=scope.area)
        for hit, known in _known(scope, hits):
            yield Candidate(layer=hit.layer, code=hit.code, fit=Fit.WORDS, known=known)
    if len(asked.words) == 1:
        return
    longest = max(asked.words, key=len)
    hits = search.by_term(scope.session, longest, area=scope.area, limit=_WORDS_TRIED)
    for hit, known in _known(scope, hits):
        if says_all(asked.words, (*(known.get(name) for name in _TEXTS), *_kind(hit, known))):
            yield Candidate(layer=hit.layer, code=hit.code, fit=Fit.WORDS, known=known)


_WORDS_TRIED = 150


def _kind(hit: Hit, known: Mapping[str, Any]) -> tuple[str, ...]:
    names = {"facilities": facility_names, "places": place_names}.get(hit.layer)
    return names().get(known["category"], ()) if names else ()


def _wanted(words: Sequence[str]) -> Wanted:
    """Take the words for a kind apart from the words for a place."""
    found = [kind_in(word, facility_names()) for word in words]
    keys = [key for kinds, _ in found for key in kinds]
    return Wanted(
        categories=tuple(dict.fromkeys(keys)), words=tuple(rest for _, rest in found if rest)
    )


@cache
def facility_names() -> Mapping[str, tuple[str, ...]]:
    """Return the names of each category of facilities."""
    table = facility_categories()
    return dict(
        zip(table["code"], zip(table["name_zh"], table["name_en"], strict=True), strict=True)
    )


@cache
def place_names() -> Mapping[str, tuple[str, ...]]:
    """Return the names of each kind of place."""
    table = place_kinds()
    return dict(
        zip(table["key"], zip(table["name_zh"], table["name_en"], strict=True), strict=True)
    )
