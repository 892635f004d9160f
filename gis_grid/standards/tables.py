"""Published code tables as frames: categories, code parts, kinds of place, life-circle tiers.

Every table says where each row comes from (`source`) and how sure it is (`confidence`); most
national texts are not openly published, so read those two before relying on a row. A city replaces
or adds rows with a CSV file of the same columns.
"""

from pathlib import Path
from typing import Literal

import pandas as pd

from gis_grid.errors import InputError
from gis_grid.standards import reading
from gis_grid.standards.schema import EDITION, PROVENANCE, Column, Table, merge, parse, to_frame

_NAMES = (Column(name="name_zh"), Column(name="name_en", required=False))
_MAJOR = Column(name="major", pattern=r"[0-9]{2}", hint="a major class has 2 digits")
_CODE = Column(
    name="code",
    pattern=r"[0-9]{4,5}",
    hint="a minor class has 4 digits, 5 in the draft dialect; a spreadsheet may have dropped zeros",
)
TIERS = ("15min", "10min", "5min", "block")
"""Keys of the life-circle tiers, from the widest."""

REQUIREMENTS = ("should", "may")
"""``should`` is ▲ 应配建, ``may`` is △ 根据需要."""

_FACILITIES = Table(
    name="facility_categories",
    columns=(
        EDITION,
        _CODE,
        _MAJOR,
        *_NAMES,
        Column(name="is_manhole", kind="flag"),
        Column(name="is_pole", kind="flag"),
        *PROVENANCE,
    ),
    prefix="major",
)
_EVENTS = Table(
    name="event_categories",
    columns=(EDITION, _CODE, _MAJOR, *_NAMES, Column(name="is_other", kind="flag"), *PROVENANCE),
    prefix="major",
)
_MAJORS = Table(
    name="majors",
    columns=(
        EDITION,
        Column(name="kind", choices=("facility", "event")),
        Column(name="code", pattern=r"[0-9]{2}", hint="a major class has 2 digits"),
        *_NAMES,
        *PROVENANCE,
    ),
    key=("edition", "kind", "code"),
)
_GB28181 = Table(
    name="gb28181_parts",
    columns=(
        EDITION,
        Column(name="part", choices=("industry", "type", "network")),
        Column(name="code", pattern=r"[0-9]{1,3}", hint="it has 1 to 3 digits"),
        *_NAMES,
        *PROVENANCE,
    ),
    key=("part", "code"),
)
_PLACE_KINDS = Table(
    name="place_kinds",
    columns=(
        EDITION,
        Column(name="key", pattern=r"[a-z][a-z0-9_]*", hint="a key has small letters, digits, _"),
        *_NAMES,
        Column(name="tier", required=False, choices=TIERS),
        Column(name="requirement", required=False, choices=REQUIREMENTS),
        Column(name="radius_m", kind="real", required=False),
        *PROVENANCE,
    ),
    key=("key",),
)
_TIERS = Table(
    name="life_circle_tiers",
    columns=(
        EDITION,
        Column(name="code", choices=TIERS),
        *_NAMES,
        *(
            Column(name=name, kind="integer", required=False)
            for name in (
                "minutes",
                "persons_low",
                "persons_high",
                "households_low",
                "households_high",
            )
        ),
        Column(name="walk_low_m", kind="real", required=False),
        Column(name="walk_high_m", kind="real", required=False),
        *PROVENANCE,
    ),
)
_ITEMS = Table(
    name="life_circle_items",
    columns=(
        EDITION,
        Column(name="code"),
        Column(name="tier", choices=TIERS),
        Column(name="requirement", choices=REQUIREMENTS),
        Column(name="name_zh"),
        Column(name="place_kind", required=False),
        *PROVENANCE,
    ),
    prefix="tier",
)
_LIMITS = Table(
    name="time_limits",
    columns=(
        EDITION,
        Column(name="code"),
        Column(name="city", required=False),
        Column(name="kind", choices=("facility", "event")),
        Column(name="category", required=False, pattern=_CODE.pattern, hint=_CODE.hint),
        Column(name="step"),
        Column(name="limit", kind="real"),
        Column(name="unit", choices=("urgent_hour", "work_hour", "work_day", "natural_day")),
        *PROVENANCE,
    ),
)

FacilityEdition = Literal["2007", "2007-shenzhen"]
_FACILITY_FILES: dict[str, tuple[str, ...]] = {
    "2007": ("facility_categories_2007.csv",),
    "2007-shenzhen": ("facility_categories_2007.csv", "facility_categories_shenzhen.csv"),
}


def facility_categories(
    *, edition: FacilityEdition = "2007", override: Path | None = None
) -> pd.DataFrame:
    """Return the minor classes of facilities (部件小类).

    Parameters
    ----------
    edition
        ``2007``: the 85 classes of CJ/T 214-2007. ``2007-shenzhen``: these and Shenzhen's 27
        local ones (21xx).
    override
        A city's CSV file of the same columns: rows replace those of the same `code`, new ones
        are added. `edition`, `confidence`, `source` and `note` may be left out.

    Returns
    -------
    DataFrame, one row per class
        `edition`, `code` (4 digits), `major` (its first 2), `name_zh`, `name_en`, `is_manhole`,
        `is_pole`, `confidence`, `source`, `note`. A missing text is NaN.

    Raises
    ------
    InputError
        There is no such edition.
    FileError
        The file given has a wrong row; the message names row, column and value.

    Examples
    --------
    >>> table = facility_categories()
    >>> len(table), int(table.is_manhole.sum()), int(table.is_pole.sum())
    (85, 16, 8)
    >>> table.set_index("code").name_zh["0117"]
    '立杆'
    """
    if edition not in _FACILITY_FILES:
        message = f"no facility edition {edition!r}; use {', '.join(_FACILITY_FILES)}"
        raise InputError(message)
    return _load(_FACILITIES, _FACILITY_FILES[edition], override)


def event_categories(*, override: Path | None = None) -> pd.DataFrame:
    """Return the minor classes of events (事件小类) of CJ/T 214-2007.

    There are 54: 50 named ones and four "other" classes (``99``) of majors 01, 03, 04 and 05.

    Parameters
    ----------
    override
        A city's CSV file, as for `facility_categories`.

    Returns
    -------
    DataFrame, one row per class
        `edition`, `code` (4 digits), `major`, `name_zh`, `name_en`, `is_other`, `confidence`,
        `source`, `note`. The codes overlap with those of facilities: an incident needs its kind
        as well. A missing text is NaN.

    Raises
    ------
    FileError
        The file given has a wrong row.

    Examples
    --------
    >>> table = event_categories()
    >>> len(table), int(table.is_other.sum())
    (54, 4)
    """
    return _load(_EVENTS, ("event_categories_2007.csv",), override)


def majors(*, override: Path | None = None) -> pd.DataFrame:
    """Return the major classes of facilities and events in the editions of 2007 and 2013.

    Columns `edition`, `kind` (facility, event), `code`, `name_zh`, `name_en`, provenance; the
    first three together identify a row.

    Raises
    ------
    FileError
        The file given has a wrong row.
    """
    return _load(_MAJORS, ("majors.csv",), override)


def gb28181_parts(*, override: Path | None = None) -> pd.DataFrame:
    """Return the parts of a GB/T 28181 device code that are named.

    Columns `edition`, `part`, `code`, `name_zh`, `name_en`, provenance. `part` is ``industry``
    (digits 9-10), ``type`` (11-13) or ``network`` (14); `part` and `code` identify a row.

    Raises
    ------
    FileError
        The file given has a wrong row.

    Examples
    --------
    >>> gb28181_parts().part.value_counts().to_dict()
    {'type': 37, 'industry': 21, 'network': 10}
    """
    return _load(_GB28181, ("gb28181_parts.csv",), override)


def place_kinds(*, override: Path | None = None) -> pd.DataFrame:
    """Return the kinds of place (服务点) with the life-circle tier that each belongs to.

    Returns
    -------
    DataFrame, one row per kind
        `edition`, `key`, `name_zh`, `name_en`, `tier` (its main one of `TIERS`, NaN when none),
        `requirement` (``should``, ``may`` or NaN), `radius_m` (service radius in metres, NaN
        when none is known), provenance. Most radii are unverified: see `confidence`.

    Raises
    ------
    FileError
        The file given has a wrong row.

    Examples
    --------
    >>> kinds = place_kinds().set_index("key")
    >>> float(kinds.radius_m["primary_school"]), float(kinds.radius_m["other"])
    (500.0, nan)
    """
    return _load(_PLACE_KINDS, ("place_kinds.csv",), override)


def life_circle_tiers(*, override: Path | None = None) -> pd.DataFrame:
    """Return the tiers of the life circle (GB 50180-2018) with people and walking distances.

    Columns `edition`, `code` (of `TIERS`), names, `minutes`, `persons_low`, `persons_high`,
    `households_low`, `households_high`, `walk_low_m`, `walk_high_m`, provenance. The tiers do not
    include each other. A missing bound is NA or NaN.

    Raises
    ------
    FileError
        The file given has a wrong row.
    """
    return _load(_TIERS, ("life_circle_tiers.csv",), override)


def life_circle_items(*, override: Path | None = None) -> pd.DataFrame:
    """Return what each tier of the life circle should or may have.

    Columns `edition`, `code`, `tier`, `requirement`, `name_zh`, `place_kind` (a key of
    `place_kinds`, NaN when none fits), provenance. All rows are unverified.

    Raises
    ------
    FileError
        The file given has a wrong row.
    """
    return _load(_ITEMS, ("life_circle_items.csv",), override)


def time_limits(*, override: Path | None = None) -> pd.DataFrame:
    """Return examples of local time limits; the national table is not openly published.

    Columns `edition`, `code`, `city`, `kind`, `category` (NaN for any), `step`, `limit`, `unit`
    (``urgent_hour`` runs day and night, ``work_hour`` and ``work_day`` only in working time,
    ``natural_day`` by the calendar), provenance.

    Raises
    ------
    FileError
        The file given has a wrong row.
    """
    return _load(_LIMITS, ("time_limits.csv",), override)


def _load(table: Table, names: tuple[str, ...], override: Path | None) -> pd.DataFrame:
    sources = [reading.packaged(name) for name in names]
    if override is not None:
        sources.append(reading.given(override))
    records = parse(table, sources[0])
    for source in sources[1:]:
        records = merge(table, records, parse(table, source))
    return to_frame(table, records)
