"""Coordinates as people write them: decimals, degrees and minutes, either order, any datum."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from pyproj import Geod

from gis_grid.geo.datum import Datum, to_wgs84

CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of the box that tells which of two numbers is the longitude."""

_SAME_M = 0.01
_WIDEST_LON, _WIDEST_LAT = 180.0, 90.0
_EARTH = Geod(ellps="WGS84")

_DATUMS: Mapping[str, Datum] = MappingProxyType(
    {
        r"gcj[\s_-]*0?2|火星(?:坐标)?|高德|腾讯|amap": Datum.GCJ02,
        r"bd[\s_-]*0?9(?:ll)?|百度|baidu": Datum.BD09,
        r"wgs[\s_-]*(?:19)?84|cgcs[\s_-]*2000|gps|天地图|北斗": Datum.WGS84,
    }
)
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        r"北纬": "N",
        r"南纬": "S",
        r"东经": "E",
        r"西经": "W",
        r"(?:longitude|lng|lon|经度)\s*[:=]?": "X",
        r"(?:latitude|lat|纬度)\s*[:=]?": "Y",
        r"[度º]": "°",
        r"[′’‘分]": "'",
        r"''|[″”“秒]": '"',
        r"−": "-",
    }
)
_NUMBER = r"[0-9]{1,3}(?:\.[0-9]{0,20})?"
_SMALL = r"[0-9]{1,2}(?:\.[0-9]{0,20})?"
_ANGLE = (
    r"(?P<{0}before>[NSEWXY])?\s*(?P<{0}sign>[+-])?(?P<{0}deg>"
    + _NUMBER
    + r")\s*(?P<{0}mark>°)?\s*"
    r"(?:(?P<{0}min>" + _SMALL + r")\s*'\s*(?:(?P<{0}sec>" + _SMALL + r')\s*"\s*)?)?'
    r"(?({0}before)|(?P<{0}after>[NSEW])?)"
)
_BETWEEN = r"\s*[\s,;/|、]?\s*"
_PAIR = re.compile(_ANGLE.replace("{0}", "a") + _BETWEEN + _ANGLE.replace("{0}", "b"))
_SPELT = r"([0-9]{1,3}) ([0-5]?[0-9]) ([0-5]?[0-9](?:\.[0-9]{0,20})?) ?([NSEW])"
_BLANKS = re.compile(rf"{_SPELT}[\s,;]*{_SPELT}")
_POINT = re.compile(r"(?:SRID\s*=\s*[0-9]{1,6}\s*;)?\s*POINT\s*\(([^()]*)\)?", re.IGNORECASE)
_SIXTY = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A point that a text may mean."""

    lon: float
    lat: float
    """WGS-84 degrees."""

    datum: Datum
    """The datum in which the text was read."""

    stated: bool
    """Whether the text itself names the datum."""

    given: tuple[float, float]
    """Longitude and latitude as they were written, in `datum`."""

    apart_m: float
    """From the first reading of the text; 0 for the first itself."""


@dataclass(frozen=True, slots=True)
class _Angle:
    degrees: float
    axis: str | None
    plain: bool
    """Nothing but a whole number: it may mean anything."""


def readings(text: str) -> tuple[Reading, ...]:
    """Return the points that a text may mean, WGS-84 first; none when it is no coordinates.

    Decimals, degrees with minutes and seconds, hemispheres before or behind in letters or in
    Chinese, ``lon=`` and ``lat=``, ``geo:`` and ``POINT()``. Without letters the order is told by
    the range, then by which order lies in China, else it is lon, lat. A text that names its datum
    has one reading; otherwise there is one per datum, unless they agree, as outside China.

    Parameters
    ----------
    text
        At most a few hundred characters.

    Returns
    -------
    tuple of Reading

    Examples
    --------
    >>> [(one.datum.value, one.given, round(one.apart_m)) for one in readings("41.12,123.02")][:2]
    [('wgs84', (123.02, 41.12), 0), ('gcj02', (123.02, 41.12), 519)]
    >>> readings("北纬41度7分12秒 东经123度1分12秒 GPS")[0].given
    (123.02, 41.12)
    >>> len(readings("2.35, 48.85")), readings("41.12N 123.02E gcj02")[0].stated
    (1, True)
    >>> readings("12 5"), readings("95.5, 181.5"), readings("41°77' 123°"), readings("")
    ((), (), (), ())
    """
    text = unicodedata.normalize("NFKC", text).strip().strip("()[]{}").strip()
    datum, rest = _datum(text)
    pair = _pair(rest.strip(" \t,;:()[]{}"))
    if pair is None:
        return ()
    ordered = _ordered(*pair)
    if ordered is None:
        return ()
    return _read(ordered, datum)


def _datum(text: str) -> tuple[Datum | None, str]:
    for pattern, datum in _DATUMS.items():
        rest, found = re.subn(pattern, " ", text, count=1, flags=re.IGNORECASE)
        if found:
            return datum, rest
    return None, text


def _pair(text: str) -> tuple[_Angle, _Angle] | None:
    if text[:4].lower() == "geo:":
        first, _, second = text[4:].partition(";")[0].partition(",")
        text = f"lat={first},lon={second}"
    elif found := _POINT.fullmatch(text):
        first, _, second = found[1].strip().partition(" ")
        text = f"lon={first},lat={second}"
    for pattern, word in _WORDS.items():
        text = re.sub(pattern, word, text, flags=re.IGNORECASE)
    text = " ".join(text.upper().replace("X,", "X").replace("Y,", "Y").split())
    if blanks := _BLANKS.fullmatch(text):
        return _sexagesimal(*blanks.groups()[:4]), _sexagesimal(*blanks.groups()[4:])
    found = _PAIR.fullmatch(text)
    if found is None or set(text[found.end("adeg") : found.start("bdeg")]) <= {"+", "-"}:
        return None  # one number, cut in two
    one, other = _angle(found, "a"), _angle(found, "b")
    return None if one is None or other is None else (one, other)


def _sexagesimal(degrees: str, minutes: str, seconds: str, axis: str) -> _Angle:
    value = int(degrees) + int(minutes) / 60 + float(seconds) / 3600
    return _Angle(-value if axis in "SW" else value, axis, plain=False)


def _angle(found: re.Match[str], side: str) -> _Angle | None:
    before, after = found[f"{side}before"], found[f"{side}after"]
    minutes, seconds = found[f"{side}min"], found[f"{side}sec"]
    if float(minutes or 0) >= _SIXTY or float(seconds or 0) >= _SIXTY:
        return None
    axis = before or after
    value = float(found[f"{side}deg"]) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    is_negative = (found[f"{side}sign"] == "-") != (axis is not None and axis in "SW")
    is_plain = not (axis or found[f"{side}mark"] or "." in found[f"{side}deg"])
    return _Angle(-value if is_negative else value, axis, is_plain)


def _ordered(one: _Angle, other: _Angle) -> tuple[float, float] | None:
    """Return longitude and latitude; None when the two cannot be that."""
    if one.plain and other.plain:
        return None
    axes = {"E": "X", "W": "X", "N": "Y", "S": "Y"}
    first, second = (axes.get(angle.axis or "", angle.axis) for angle in (one, other))
    straight, swapped = (one.degrees, other.degrees), (other.degrees, one.degrees)
    if first is not None and first == second:
        return None
    if "X" == first or "Y" == second:  # noqa: SIM300 - as it is read
        orders = [straight]
    elif "Y" == first or "X" == second:  # noqa: SIM300
        orders = [swapped]
    else:
        orders = sorted((straight, swapped), key=lambda pair: not _in_china(*pair))
    return next((pair for pair in orders if _on_earth(*pair)), None)


def _in_china(lon: float, lat: float) -> bool:
    west, south, east, north = CHINA
    return west <= lon <= east and south <= lat <= north


def _on_earth(lon: float, lat: float) -> bool:
    return abs(lon) <= _WIDEST_LON and abs(lat) <= _WIDEST_LAT


def _read(given: tuple[float, float], stated: Datum | None) -> tuple[Reading, ...]:
    found: list[Reading] = []
    for datum in Datum if stated is None else (stated,):
        lons, lats = to_wgs84(lon=[given[0]], lat=[given[1]], datum=datum)
        lon, lat = float(np.clip(lons[0], -180, 180)), float(np.clip(lats[0], -90, 90))
        apart_m = _metres((found[0].lon, found[0].lat), (lon, lat)) if found else 0.0
        if found and apart_m < _SAME_M:
            continue
        found.append(
            Reading(
                lon=lon,
                lat=lat,
                datum=datum,
                stated=stated is not None,
                given=given,
                apart_m=apart_m,
            )
        )
    return tuple(found)


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(_EARTH.inv(*one, *other)[2])
