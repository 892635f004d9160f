"""Rows of houses: each block is filled with slabs that face south along its streets."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from gis_grid.demo.kinds import HOUSING, Floats, Geoms, Ints, Use
from gis_grid.demo.lines import ordinal, placed, segments


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How houses of one use stand."""

    depth: float
    """Metres from north to south."""

    unit: float
    """Metres that one stairwell takes."""

    units: int
    """Stairwells at most."""

    pitch: float
    """Metres from row to row."""

    gap: float
    """Metres between houses in a row."""

    floors: tuple[int, int]
    homes: int = 0
    """Homes per stairwell and floor."""


STYLES = {
    Use.VILLAGE: Style(depth=9, unit=11, units=2, pitch=26, gap=7, floors=(1, 2), homes=1),
    Use.OLD: Style(depth=10, unit=9.5, units=5, pitch=19, gap=5, floors=(2, 4), homes=1),
    Use.SLAB: Style(depth=11.5, unit=10.5, units=5, pitch=23.5, gap=7, floors=(4, 6), homes=1),
    Use.TOWER: Style(depth=15, unit=15, units=2, pitch=33, gap=14, floors=(7, 18), homes=2),
    Use.SCHOOL: Style(depth=13, unit=18, units=3, pitch=30, gap=18, floors=(4, 5)),
    Use.HOSPITAL: Style(depth=22, unit=24, units=3, pitch=50, gap=18, floors=(6, 16)),
    Use.COMMERCE: Style(depth=36, unit=26, units=3, pitch=62, gap=20, floors=(4, 24)),
    Use.OFFICE: Style(depth=18, unit=20, units=3, pitch=58, gap=22, floors=(6, 22)),
    Use.FACTORY: Style(depth=26, unit=20, units=4, pitch=38, gap=12, floors=(1, 2)),
}
_NONE = Style(depth=1, unit=1, units=1, pitch=1, gap=1, floors=(1, 1))
_LEAST_ROOM_M2 = 400
EMPTY = 0.02
"""Share of places for a house that stay empty."""


def style_column(name: str) -> Floats:
    """Return one measure of the styles by use; uses without houses have 1 (homes: 0)."""
    styles = [STYLES.get(use, _NONE) for use in Use]
    return np.array([getattr(style, name) for style in styles], float)


def _floor_range() -> tuple[Floats, Floats]:
    floors = np.array([STYLES.get(use, _NONE).floors for use in Use], float)
    return floors[:, 0], floors[:, 1]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Free stretches of rows, in space turned so that streets run east."""

    block: Ints
    y: Floats
    x0: Floats
    x1: Floats

    def take(self, keep: Ints | np.ndarray[tuple[int], np.dtype[np.bool_]]) -> "_Rows":
        return _Rows(self.block[keep], self.y[keep], self.x0[keep], self.x1[keep])


def pack_rows(room: Geoms, use: Ints, angle: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """Fill each polygon with rows of houses whose long side faces south.

    Parameters
    ----------
    room
        Polygons in metres where houses may stand; empty ones hold none.
    use, angle
        Use of each polygon, and how far its streets are turned, radians.
    rng
        Source of chance.

    Returns
    -------
    DataFrame
        A row per house: block, row, x, y, length_m, depth_m, angle, units, floors, use.
    """
    about = shapely.bounds(room).reshape(len(room), 2, 2).mean(axis=1)
    coords, of = shapely.get_coordinates(room, return_index=True)
    flat = placed(room, turned(coords, -angle[of], about[of]))
    shapely.prepare(flat)
    pitch = style_column("pitch")[use] * rng.uniform(0.93, 1.12, len(room))
    rows = _free_stretches(_lay_rows(flat, use, pitch), flat, use)
    houses = _houses(rows, use, angle)
    half = houses[["length_m", "depth_m"]].to_numpy() / 2
    at = houses[["x", "y"]].to_numpy()
    fits = shapely.contains(flat[houses["block"]], shapely.box(*(at - half).T, *(at + half).T))
    fits &= rng.random(len(houses)) >= EMPTY
    houses["floors"] = _floors(houses["block"].to_numpy(), use, rng)
    houses[["x", "y"]] = turned(at, angle[houses["block"]], about[houses["block"]])
    return houses[fits]


def turned(xy: Floats, angle: Floats, about: Floats) -> Floats:
    """Turn points by angles about centres."""
    d, c, s = xy - about, np.cos(angle), np.sin(angle)
    return np.asarray(np.c_[d[:, 0] * c - d[:, 1] * s, d[:, 0] * s + d[:, 1] * c] + about)


def _lay_rows(flat: Geoms, use: Ints, pitch: Floats) -> _Rows:
    """Spread rows evenly over the height of each polygon."""
    low_x, low_y, high_x, high_y = shapely.bounds(flat).T
    tall = high_y - low_y - style_column("depth")[use] - 0.2
    built = np.isin(use, list(STYLES)) & (shapely.area(flat) > _LEAST_ROOM_M2)
    count = np.where(built & (tall > 0), np.floor(tall / (0.88 * pitch)) + 1, 0).astype(np.int64)
    block, k = ordinal(count)
    pitch = np.minimum(tall / np.maximum(count - 1, 1), 1.25 * pitch)
    start = low_y + (high_y - low_y - (count - 1) * pitch) / 2
    y = start[block] + k * pitch[block]
    keep = (use[block] != Use.SCHOOL) | (k >= count[block] // 2)  # the south is the playing field
    return _Rows(block, y, low_x[block], high_x[block]).take(keep)


def _free_stretches(rows: _Rows, flat: Geoms, use: Ints) -> _Rows:
    """Cut rows to where a whole house depth is inside."""
    part, row = shapely.get_parts(_across(rows, flat, 0), return_index=True)
    x0, _, x1, _ = shapely.bounds(part).T
    rows = _Rows(rows.block[row], rows.y[row], x0, x1)
    rows = rows.take(x1 - x0 > style_column("unit")[use[rows.block]])
    for side in (0.5, -0.5):
        shift = side * style_column("depth")[use[rows.block]]
        a0, _, a1, _ = shapely.bounds(_across(rows, flat, shift)).T
        rows = _Rows(rows.block, rows.y, np.fmax(rows.x0, a0), np.fmin(rows.x1, a1))
    return rows


def _across(rows: _Rows, flat: Geoms, shift: Floats | float) -> Geoms:
    y = rows.y + shift
    line = segments(np.c_[rows.x0, y], np.c_[rows.x1, y])
    return np.asarray(shapely.intersection(line, flat[rows.block]), object)


def _houses(rows: _Rows, use: Ints, angle: Floats) -> pd.DataFrame:
    """Fill each stretch with houses of whole stairwells, evenly spaced."""
    what = use[rows.block]
    unit, most, gap = (style_column(name)[what] for name in ("unit", "units", "gap"))
    width = np.nan_to_num(rows.x1 - rows.x0 - 0.1)
    slots = _slots(width, unit, most, gap)
    fill = (width - (slots - 1) * gap) / np.maximum(slots, 1)
    units = np.floor(fill / unit).clip(0, most)
    row, j = ordinal(np.where(units > 0, slots, 0))
    length, number = (units * unit)[row], slots[row]
    free = width[row] - number * length
    between = np.where(number > 1, free / np.maximum(number - 1, 1), 0)
    between = np.minimum(between, 2.2 * gap[row])
    inset = (free - between * (number - 1)) / 2
    block = rows.block[row]
    x = rows.x0[row] + inset + j * (length + between) + length / 2
    return pd.DataFrame(
        {
            "block": block,
            "row": row,
            "x": x,
            "y": rows.y[row],
            "length_m": length,
            "depth_m": style_column("depth")[use[block]],
            "angle": angle[block],
            "units": units[row].astype(np.int64),
            "use": use[block],
        }
    )


def _slots(width: Floats, unit: Floats, most: Floats, gap: Floats) -> Ints:
    full = unit * most
    slots = np.floor((width + gap) / (full + gap)).clip(0)
    slots = np.where((slots == 0) & (width > unit), 1, slots)
    spare = slots + 1 <= (width + gap) / (0.7 * full + gap)
    return np.where(spare & (most > 2), slots + 1, slots).astype(np.int64)  # noqa: PLR2004


def _floors(block: Ints, use: Ints, rng: np.random.Generator) -> Ints:
    """Give the houses of a block similar heights."""
    low, high = (bound[use] for bound in _floor_range())
    base = low + rng.integers(0, 10**6, len(use)) % (high - low + 1)
    spread = rng.integers(-4, 5, len(block))
    homes = np.isin(use[block], HOUSING)
    spread = np.where(homes, np.sign(spread) * (np.abs(spread) > 2), spread)  # noqa: PLR2004
    return np.clip(base[block] + spread, low[block], high[block]).astype(np.int64)
