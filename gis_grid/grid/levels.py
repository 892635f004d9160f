"""The levels of a city's grid hierarchy, and the schemes that order them."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from gis_grid.errors import InputError

LEVEL_KEYS = (
    "city",
    "district",
    "subdistrict",
    "community",
    "compound",
    "subarea",
    "building",
    "entrance",
)
"""Every level that gis_grid knows, from the widest to the narrowest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One storey of the hierarchy."""

    key: str
    """The word used in Python, SQL, JSON and files; one of `LEVEL_KEYS`."""

    name_zh: str
    name_en: str

    skippable: bool = False
    """A grid below may hang directly under the level above this one."""

    tiles: bool = True
    """Its grids cover the ground without gap or overlap (compounds and buildings do not)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """The levels that a city uses, and which of them owns incidents.

    Attributes
    ----------
    key
        Name of the scheme.
    levels
        From the widest to the narrowest, in the order of `LEVEL_KEYS`.
    ground
        Key of the ground level: it tiles the ground, and every incident belongs to one of
        its grids.

    Raises
    ------
    InputError
        There are no levels, one is unknown, repeated or out of order, `ground` is none of them or
        does not tile the ground, or the top or the ground level is skippable.

    Examples
    --------
    >>> COMMUNITY_GRID.keys
    ('city', 'district', 'subdistrict', 'community', 'subarea')
    >>> FIVE_LEVEL.parents_of("subarea")
    ('compound', 'community')
    >>> FIVE_LEVEL.parents_of("city")
    ()
    """

    key: str
    levels: tuple[Level, ...]
    ground: str

    def __post_init__(self) -> None:
        """Refuse a scheme that could not be used."""
        _require_levels(self)
        _require_ground(self)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of the levels, from the widest to the narrowest."""
        return tuple(level.key for level in self.levels)

    def level(self, key: str) -> Level:
        """Return the level called `key`.

        Raises
        ------
        InputError
            The scheme has no such level.
        """
        return self.levels[self.depth(key)]

    def depth(self, key: str) -> int:
        """Return how many levels lie above `key`: 0 for the widest.

        Raises
        ------
        InputError
            The scheme has no such level.
        """
        if key not in self.keys:
            message = f"level {key!r} is not in scheme {self.key!r}; use {', '.join(self.keys)}"
            raise InputError(message)
        return self.keys.index(key)

    def parents_of(self, key: str) -> tuple[str, ...]:
        """Return the levels under which a grid of level `key` may hang, nearest first.

        The level above, and beyond it as long as the levels between are skippable.

        Raises
        ------
        InputError
            The scheme has no such level.
        """
        found: list[str] = []
        for above in reversed(self.levels[: self.depth(key)]):
            found.append(above.key)
            if not above.skippable:
                break
        return tuple(found)

    def to_json(self) -> str:
        """Return the scheme as JSON text that `from_json` reads back."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> "Scheme":
        """Return the scheme that `text` describes.

        Parameters
        ----------
        text
            A JSON object with `key`, `levels` (objects with the fields of `Level`) and `ground`.

        Raises
        ------
        InputError
            The text is not JSON, a field is missing, unknown or of the wrong type, or the scheme
            could not be used.

        Examples
        --------
        >>> Scheme.from_json(FIVE_LEVEL.to_json()) == FIVE_LEVEL
        True
        >>> Scheme.from_json("{}")
        Traceback (most recent call last):
        gis_grid.errors.InputError: the scheme lacks 'ground', 'key', 'levels'
        """
        try:
            given = json.loads(text)
        except ValueError as error:
            message = f"the scheme is not JSON: {error}"
            raise InputError(message) from error
        fields = _fields(given, "the scheme", {"key": str, "levels": list, "ground": str}, set())
        levels = tuple(_level(item, row) for row, item in enumerate(fields.pop("levels"), 1))
        return Scheme(levels=levels, **fields)


def _level(given: object, row: int) -> Level:
    types = {"key": str, "name_zh": str, "name_en": str, "skippable": bool, "tiles": bool}
    return Level(**_fields(given, f"level {row} of the scheme", types, {"skippable", "tiles"}))


def _fields(given: object, what: str, types: dict[str, type], optional: set[str]) -> dict[str, Any]:
    if not isinstance(given, dict):
        message = f"{what} must be a JSON object, not {given!r}"
        raise InputError(message)
    for names, complaint in (
        (types.keys() - optional - given.keys(), "lacks"),
        (given.keys() - types.keys(), "has the unknown field"),
    ):
        if names:
            message = f"{what} {complaint} {', '.join(map(repr, sorted(names)))}"
            raise InputError(message)
    for name, value in given.items():
        if not isinstance(value, types[name]):
            message = f"{what}: {name!r} must be a {types[name].__name__}, not {value!r}"
            raise InputError(message)
    return given


def _require_levels(scheme: Scheme) -> None:
    if not scheme.levels:
        message = f"scheme {scheme.key!r} has no levels; name at least the ground level"
        raise InputError(message)
    _refuse(scheme, "which gis_grid does not know", lambda key: key not in LEVEL_KEYS)
    _refuse(scheme, "more than once", lambda key: scheme.keys.count(key) > 1)
    order = [LEVEL_KEYS.index(key) for key in scheme.keys]
    if order != sorted(order):
        message = f"scheme {scheme.key!r} must list its levels from the widest to the narrowest"
        raise InputError(message)


def _refuse(scheme: Scheme, why: str, wrong: Callable[[str], bool]) -> None:
    bad: Iterable[str] = dict.fromkeys(filter(wrong, scheme.keys))
    if bad := list(bad):
        message = f"scheme {scheme.key!r} has level {', '.join(map(repr, bad))} {why}"
        raise InputError(message)


def _require_ground(scheme: Scheme) -> None:
    ground = scheme.level(scheme.ground)
    if not ground.tiles:
        message = f"ground level {ground.key!r} of scheme {scheme.key!r} must tile the ground"
        raise InputError(message)
    for level in (scheme.levels[0], ground):
        if level.skippable:
            message = f"level {level.key!r} of scheme {scheme.key!r} cannot be skippable"
            raise InputError(message)


_CITY = Level(key="city", name_zh="市", name_en="city")
_DISTRICT = Level(key="district", name_zh="区", name_en="district")
_SUBDISTRICT = Level(key="subdistrict", name_zh="街道", name_en="subdistrict")
_COMMUNITY = Level(key="community", name_zh="社区", name_en="community")
_ABOVE = (_CITY, _DISTRICT, _SUBDISTRICT, _COMMUNITY)

FIVE_LEVEL = Scheme(
    key="five_level",
    levels=(
        *_ABOVE,
        Level(key="compound", name_zh="小区", name_en="compound", skippable=True, tiles=False),
        Level(key="subarea", name_zh="片区", name_en="sub-area"),
        Level(key="building", name_zh="楼栋", name_en="building", tiles=False),
        Level(key="entrance", name_zh="单元", name_en="entrance", tiles=False),
    ),
    ground="subarea",
)
"""社区·小区·片区·楼栋·单元 under a city; a sub-area may lie in a community without compound."""

COMMUNITY_GRID = Scheme(
    key="community_grid",
    levels=(*_ABOVE, Level(key="subarea", name_zh="网格", name_en="grid")),
    ground="subarea",
)
"""社区·网格 under a city, without levels below the ground."""

PRESETS = {scheme.key: scheme for scheme in (FIVE_LEVEL, COMMUNITY_GRID)}
"""The schemes that come with gis_grid, by key."""
