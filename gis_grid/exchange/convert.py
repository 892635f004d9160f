"""Raw columns made into the kinds of values that fields have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis_grid.exchange.batch import Column
from gis_grid.exchange.instants import Clock, parse_instants
from gis_grid.values.layers import Kind

_NOTHING = frozenset(
    {"", "na", "n/a", "#n/a", "nan", "nat", "null", "<null>", "none", "-", "--", "无"}
)
_TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0", "是", "有"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "0.0", "否", "无"})
_LARGEST_WHOLE = 2**63
_EXACT_WHOLE = 2**53


@dataclass(frozen=True, slots=True)
class Converted:
    """A column in the kind of its field."""

    column: Column
    """Values on the index of the raw column; missing where `bad`."""

    bad: npt.NDArray[np.bool_]
    """Where something was given that is not of the kind, shape ``(n,)``."""


def convert(raw: Column, kind: Kind, clock: Clock) -> Converted:
    """Make a raw column into values of a kind.

    Parameters
    ----------
    raw
        Texts, numbers, flags or instants as a file gives them, shape ``(n,)``.
    kind
        What the field holds.
    clock
        How times without a zone are understood.

    Returns
    -------
    Converted
        ``text`` is str, ``integer`` Int64, ``real`` float64, ``flag`` boolean, ``instant``
        datetime64[us, UTC], ``date`` object of datetime.date. Blank text is missing in every
        kind; in the others so are NA, N/A, NaN, null, none, ``-`` and 无. Infinite numbers,
        fractions where whole numbers are wanted and numbers beyond 64 bits are bad.

    Raises
    ------
    InputError
        Dates could be month- or day-first and `clock` does not say.

    Examples
    --------
    >>> found = convert(pd.Series(["12", "12.0", "12.5", "无", None]), "integer", Clock())
    >>> found.column.tolist(), found.bad.tolist()
    ([12, 12, <NA>, <NA>, <NA>], [False, False, True, False, False])
    """
    return _CONVERTERS[kind](raw, clock)


def as_text(raw: Column) -> "pd.Series[str]":
    """Return values as text: whole numbers without a point, missing and blank as missing.

    Examples
    --------
    >>> as_text(pd.Series([12.0, 1.5, None])).tolist()
    ['12', '1.5', nan]
    >>> as_text(pd.Series(["007", "  ", None])).tolist()
    ['007', nan, nan]
    """
    if pd.api.types.is_float_dtype(raw.dtype):
        texts = _float_texts(raw)
    elif pd.api.types.is_string_dtype(raw.dtype) and raw.dtype != object:
        texts = raw.astype("str")
    else:
        given = raw.notna()
        texts = pd.Series(None, index=raw.index, dtype="str")
        texts[given.to_numpy(dtype=bool)] = np.array([_word(value) for value in raw[given]], object)
    return texts.mask((texts.str.strip() == "").fillna(value=False).astype(bool))


def _word(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_WHOLE:
        return str(int(value))
    return str(value)


def _float_texts(raw: Column) -> "pd.Series[str]":
    given = raw.notna()
    texts = pd.Series(None, index=raw.index, dtype="str")
    floats = raw[given].to_numpy(dtype=np.float64)
    texts[given.to_numpy(dtype=bool)] = np.array([_word(float(value)) for value in floats], object)
    return texts


def _nothing(texts: "pd.Series[str]") -> npt.NDArray[np.bool_]:
    return (texts.isna() | texts.str.strip().str.casefold().isin(_NOTHING)).to_numpy(dtype=bool)


def _text(raw: Column, _: Clock) -> Converted:
    texts = as_text(raw)
    # A zero byte cannot be stored as text by PostgreSQL.
    bad = texts.str.contains("\0", regex=False).fillna(value=False).to_numpy(dtype=bool)
    return Converted(texts.mask(bad), bad)


def numbers(raw: Column) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return a column as float64, NaN where missing or bad, and where it is bad.

    Infinite numbers are returned as they are.

    Examples
    --------
    >>> values, bad = numbers(pd.Series(["1e308", "-inf", "NaN", "x", None]))
    >>> values.tolist(), bad.tolist()
    ([1e+308, -inf, nan, nan, nan], [False, False, False, True, False])
    """
    if pd.api.types.is_numeric_dtype(raw.dtype):
        return raw.to_numpy(dtype=np.float64, na_value=np.nan), np.zeros(len(raw), dtype=bool)
    texts = as_text(raw)
    values = pd.to_numeric(texts.astype(object), errors="coerce").to_numpy(dtype=np.float64)
    return values, np.isnan(values) & ~_nothing(texts)


def _real(raw: Column, _: Clock) -> Converted:
    values, bad = numbers(raw)
    bad |= np.isinf(values)
    return Converted(pd.Series(np.where(bad, np.nan, values), index=raw.index), bad)


def _integer(raw: Column, _: Clock) -> Converted:
    if pd.api.types.is_integer_dtype(raw.dtype):
        return Converted(raw.astype("Int64"), np.zeros(len(raw), dtype=bool))
    values, bad = numbers(raw)
    finite = np.isfinite(values)
    bad |= np.isinf(values) | (finite & (np.trunc(values) != values))
    bad |= finite & (np.abs(values) >= _LARGEST_WHOLE)
    whole = np.where(finite & ~bad, values, 0).astype(np.int64)
    large = np.flatnonzero(finite & ~bad & (np.abs(values) >= _EXACT_WHOLE))
    for at in large:
        # Beyond 2^53 a float is not the number that was written.
        text = str(raw.iloc[at]).strip()
        whole[at] = int(text) if text.lstrip("+-").isdigit() else int(values[at])
    series = pd.Series(whole, index=raw.index, dtype="Int64")
    return Converted(series.mask(~finite | bad), bad)


def _flag(raw: Column, _: Clock) -> Converted:
    words = as_text(raw).str.strip().str.casefold()
    yes, no = words.isin(_TRUE).to_numpy(), words.isin(_FALSE).to_numpy()
    bad = ~(yes | no | _nothing(words))
    series = pd.Series(yes, index=raw.index, dtype="boolean")
    return Converted(series.mask(~(yes | no)), bad)


def _instant(raw: Column, clock: Clock) -> Converted:
    if pd.api.types.is_datetime64_any_dtype(raw.dtype):
        if raw.dt.tz is not None:
            moments = raw.dt.tz_convert("UTC").dt.as_unit("us")
            return Converted(moments, np.zeros(len(raw), dtype=bool))
        raw = raw.astype("str")
    texts = as_text(raw)
    given = ~_nothing(texts)
    found = pd.Series(pd.NaT, index=raw.index, dtype="datetime64[us, UTC]")
    found[given] = parse_instants(texts[given], clock)
    return Converted(found, given & found.isna().to_numpy())


def _date(raw: Column, clock: Clock) -> Converted:
    found = _instant(raw, clock)
    local = found.column.dt.tz_convert(clock.zone())
    days = pd.Series(local.dt.date, index=raw.index, dtype=object)
    return Converted(days.where(found.column.notna(), None), found.bad)


_CONVERTERS: Mapping[Kind, Callable[[Column, Clock], Converted]] = MappingProxyType(
    {
        "text": _text,
        "integer": _integer,
        "real": _real,
        "flag": _flag,
        "instant": _instant,
        "date": _date,
    }
)
