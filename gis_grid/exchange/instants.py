"""Reading dates and times as people and programs write them."""

from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow import compute

from gis_grid.errors import InputError

DayOrder = Literal["day-first", "month-first"]

pc: Any = compute  # its stubs tell arrays, chunks and scalars apart where it does not matter here

_TIME = (
    r"(?:[T\s,]*(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})"
    r"(?:[:分](?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?[秒分]?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?|上午|下午)?"
    r"\s*(?P<zone>[Zz]|UTC|[+-]\d{2}:?\d{2})?)?\s*$"
)
_YEAR_FIRST = r"^\s*(?P<one>\d{4})[-/.年](?P<two>\d{1,2})[-/.月](?P<three>\d{1,2})日?" + _TIME
_YEAR_LAST = r"^\s*(?P<one>\d{1,2})[-/.](?P<two>\d{1,2})[-/.](?P<three>\d{4})" + _TIME
_COMPACT = (
    r"^\s*(?P<one>\d{4})(?P<two>\d{2})(?P<three>\d{2})"
    r"(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2}))?\s*$"
)
_EARLIEST_YEAR, _LATEST_YEAR = 1800, 2200
_AFTERNOON = ("p", "下")
_MICROSECONDS = np.array([3_600_000_000, 60_000_000, 1_000_000])

Numbers = npt.NDArray[np.int64]
Parts = dict[str, Any]
"""The pieces of each text that fitted, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How times without a zone, and days and months that could be either, are understood."""

    timezone: str = "Asia/Shanghai"
    """Zone of times that state none."""

    order: DayOrder | None = None
    """What comes first in 03/04/2015; None to tell by the values of the column."""

    def zone(self) -> ZoneInfo:
        """Return the zone.

        Raises
        ------
        InputError
            There is no such zone.
        """
        try:
            return ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            message = f"there is no time zone {self.timezone!r}; try Asia/Shanghai"
            raise InputError(message) from None


def parse_instants(values: "pd.Series[str]", clock: Clock) -> "pd.Series[pd.Timestamp]":
    """Read texts as instants.

    ISO 8601 with or without zone, ``2015-1-5``, ``2015/1/5``, ``2015.1.5``, ``2015年1月5日``,
    ``20150105`` and month- or day-first dates with ``/ - .``, each alone or with a 24-hour or
    AM/PM time, and ``20150105120748``. A time without zone is one of `clock`; where a clock change
    makes it happen twice the first is taken, where it skips it the next existing time.

    Parameters
    ----------
    values
        Texts without missing values, shape ``(n,)``.
    clock
        Zone and order of days and months.

    Returns
    -------
    Series of datetime64[us, UTC] on the index of `values`
        NaT where the text is no date and time, or outside the years 1800 to 2200.

    Raises
    ------
    InputError
        Every value could be month-first or day-first, and `clock` does not say; or its zone is
        unknown.

    Examples
    --------
    >>> given = pd.Series(["01/15/2015 12:07:48 PM", "2015年1月15日 20:07", "2015-01-15T12:07Z"])
    >>> [str(moment) for moment in parse_instants(given, Clock())]
    ['2015-01-15 04:07:48+00:00', '2015-01-15 12:07:00+00:00', '2015-01-15 12:07:00+00:00']
    >>> parse_instants(pd.Series(["2015-02-30", "soon"]), Clock()).tolist()
    [NaT, NaT]
    """
    texts = pa.array(values, type=pa.string(), from_pandas=True)
    moments = np.full(len(values), np.datetime64("NaT", "us"))
    zoned = np.zeros(len(values), dtype=bool)
    for pattern in (_YEAR_FIRST, _COMPACT, _YEAR_LAST):
        left = np.flatnonzero(np.isnat(moments))
        parts = (
            _extract(texts.take(pa.array(left, type=pa.int64())), pattern) if len(left) else None
        )
        if parts is None:
            continue
        dates = _year_last(parts, clock) if pattern is _YEAR_LAST else _date(parts, "one two three")
        found, offset, has_zone = _moments(dates, parts)
        moments[left] = found - offset
        zoned[left] = has_zone
    return _in_utc(pd.Series(moments, index=values.index), zoned, clock)


def _extract(texts: "pa.Array[Any]", pattern: str) -> Parts | None:
    fitted = pc.extract_regex(texts, pattern)
    if fitted.null_count == len(fitted):
        return None
    return {part.name: pc.struct_field(fitted, part.name) for part in fitted.type}


def _numbers(parts: Parts, name: str) -> Numbers:
    """Return a piece as numbers: -1 where the text did not fit, 0 where it was left out."""
    if name not in parts:
        return np.zeros(len(parts["one"]), dtype=np.int64)
    piece = pc.if_else(pc.equal(parts[name], ""), "0", parts[name])
    found = pc.fill_null(pc.cast(piece, pa.int64()), -1)
    return np.asarray(found.to_numpy(zero_copy_only=False))


def _date(parts: Parts, order: str) -> npt.NDArray[np.datetime64]:
    """Return the days that three pieces name, NaT where there is no such day."""
    year, month, day = (_numbers(parts, name) for name in order.split())
    good = (year >= _EARLIEST_YEAR) & (year <= _LATEST_YEAR) & (month >= 1) & (month <= 12)  # noqa: PLR2004
    months = (np.where(good, year - 1970, 0) * 12 + np.where(good, month - 1, 0)).astype(
        "datetime64[M]"
    )
    days = months.astype("datetime64[D]") + np.where(good, day - 1, 0)
    good &= (day >= 1) & (days.astype("datetime64[M]") == months)
    days[~good] = np.datetime64("NaT")
    return days


def _year_last(parts: Parts, clock: Clock) -> npt.NDArray[np.datetime64]:
    """Return the days of texts like 03/04/2015, in the order that fits more of them."""
    month, day = _date(parts, "three one two"), _date(parts, "three two one")
    if clock.order is not None:
        return month if clock.order == "month-first" else day
    fits_month, fits_day = int((~np.isnat(month)).sum()), int((~np.isnat(day)).sum())
    if fits_month == fits_day and not np.array_equal(month, day, equal_nan=True):
        at = int(np.flatnonzero(~np.isnat(month))[0])
        given = "/".join(parts[name][at].as_py() for name in ("one", "two", "three"))
        message = (
            f"{given} may be month or day first, and all others too; say which with --day-order"
        )
        raise InputError(message)
    return month if fits_month >= fits_day else day


def _moments(
    days: npt.NDArray[np.datetime64], parts: Parts
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.timedelta64], npt.NDArray[np.bool_]]:
    """Add the times to the days; return them with their offsets from UTC and where stated."""
    hour, minute, second = (_numbers(parts, name) for name in ("hour", "minute", "second"))
    good = (hour < 24) & (minute < 60) & (second < 60)  # noqa: PLR2004 - a clock
    if "half" in parts:
        half = pc.utf8_lower(pc.utf8_slice_codeunits(pc.fill_null(parts["half"], ""), 0, 1))
        stated = pc.not_equal(half, "").to_numpy(zero_copy_only=False)
        late = pc.is_in(half, value_set=pa.array(_AFTERNOON)).to_numpy(zero_copy_only=False)
        good &= ~stated | ((hour >= 1) & (hour <= 12))  # noqa: PLR2004 - a clock of two halves
        hour = np.where(stated, hour % 12 + 12 * late, hour)
    micro = np.stack([hour, minute, second]).T @ _MICROSECONDS + _fraction(parts)
    moments = days.astype("datetime64[us]") + micro
    moments[~good] = np.datetime64("NaT")
    offset, zoned = _offsets(parts)
    return moments, offset, zoned


def _fraction(parts: Parts) -> Numbers:
    if "fraction" not in parts:
        return np.zeros(len(parts["one"]), dtype=np.int64)
    padded = pc.utf8_rpad(pc.fill_null(parts["fraction"], ""), 6, "0")
    return np.asarray(pc.cast(pc.utf8_slice_codeunits(padded, 0, 6), pa.int64()))


def _offsets(parts: Parts) -> tuple[npt.NDArray[np.timedelta64], npt.NDArray[np.bool_]]:
    """Return how far ahead of UTC each time is and whether it says so."""
    if "zone" not in parts:
        nothing = np.zeros(len(parts["one"]), dtype=np.int64)
        return nothing.astype("timedelta64[us]"), nothing.astype(bool)
    zone = pc.fill_null(parts["zone"], "").to_numpy(zero_copy_only=False).astype(str)
    named, which = np.unique(zone, return_inverse=True)
    minutes = np.array([_minutes_ahead(name) for name in named], dtype=np.int64)
    return (minutes[which] * 60_000_000).astype("timedelta64[us]"), named[which] != ""


def _minutes_ahead(zone: str) -> int:
    if zone[:1] not in {"+", "-"}:
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return minutes if zone[0] == "+" else -minutes


def _in_utc(
    moments: "pd.Series[pd.Timestamp]", zoned: npt.NDArray[np.bool_], clock: Clock
) -> "pd.Series[pd.Timestamp]":
    found = moments.dt.tz_localize("UTC")
    if zoned.all():
        return found
    naive = moments[~zoned]
    first = np.ones(len(naive), dtype=bool)
    local = naive.dt.tz_localize(clock.zone(), ambiguous=first, nonexistent="shift_forward")
    found[~zoned] = local.dt.tz_convert("UTC")
    return found
