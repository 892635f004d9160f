"""The one source of colours: tokens of the page, of the map and of data ramps."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FONT = (
    '"PingFang SC","Microsoft YaHei UI","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",'
    '"WenQuanYi Zen Hei","Segoe UI",system-ui,sans-serif'
)
MONO = '"SF Mono",Consolas,"Noto Sans Mono CJK SC","DejaVu Sans Mono",monospace'

Colours = Mapping[str, str]
Ramp = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Every colour of the page and of its map, for a light or a dark room."""

    page: Colours
    """Colours around the map, by the name of their CSS custom property."""

    map: Colours
    """Colours of the base map."""

    heat: Ramp
    """Counts and rates, 7 classes: more is darker on light, brighter on dark."""

    balance: Ramp
    """Deviation from the mean, 7 classes with fixed limits of ±5, ±13 and ±20 %."""

    neighbours: Ramp
    """Another grid, nothing else: colours of a graph colouring."""

    states: Colours
    """An incident's state: 待受理, 待派遣, 处置中, 待核查, 超时, 已结案; each has a shape too."""

    camera: Ramp
    """Pixel density, 5 classes from 12.5 (监视) to 250 px/m (确认)."""

    circle: Ramp
    """Reachable on foot in 5, 10 and 15 minutes."""


LIGHT = Theme(
    page=MappingProxyType(
        {
            "paper": "#F6F5F1",
            "surface": "#FFFFFF",
            "sunken": "#F1EFEA",
            "line": "#E3E0D8",
            "line2": "#CDC9BF",
            "control": "#8B8880",
            "ink": "#1A1E25",
            "ink2": "#4A515D",
            "ink3": "#626873",
            "on-accent": "#FFFFFF",
            "accent": "#2C4A9E",
            "accent-hi": "#233C84",
            "accent-bg": "#E9EDF8",
            "danger": "#B0261D",
            "danger-bg": "#FBEBE8",
            "warn": "#865000",
            "warn-bg": "#FCF1DB",
            "warn-fill": "#E39A26",
            "ok": "#1C6B49",
            "ok-bg": "#E5F2EB",
        }
    ),
    map=MappingProxyType(
        {
            "land": "#F3F1EB",
            "green": "#DFEAD4",
            "water": "#C9DCE6",
            "bank": "#A8C3D1",
            "building": "#E5E1D8",
            "building-line": "#D3CEC3",
            "arterial": "#FFF8E6",
            "arterial-casing": "#DCCFAF",
            "secondary": "#FFFFFF",
            "secondary-casing": "#D9D4C9",
            "local": "#FFFFFF",
            "local-casing": "#E2DED5",
            "lane": "#FBFAF7",
            "lane-casing": "#E7E3DB",
            "label": "#555B66",
            "halo": "#F8F6F1",
            "water-label": "#3A6277",
            "border": "#5E5472",
            "grid-line": "#4A515D",
            "border-casing": "#FFFFFF",
        }
    ),
    heat=("#FCEFCB", "#F9CE8E", "#F2A066", "#DF6F5B", "#BA4567", "#86296B", "#4E195B"),
    balance=("#1B5A8A", "#5C95BE", "#AECDE1", "#F1EFE9", "#F3C893", "#D98538", "#9A4A0B"),
    neighbours=("#B9D5F9", "#FDE5AF", "#A9CB9F", "#CBB3CE", "#FFD8CF"),
    states=MappingProxyType(
        {
            "waiting": "#544DB3",
            "filed": "#27498D",
            "dispatched": "#0E8290",
            "handled": "#92720F",
            "overdue": "#B63C3B",
            "closed": "#7A7E81",
        }
    ),
    camera=("#D5EDEA", "#98D0CC", "#4FA9AB", "#1E7A85", "#0B4A59"),
    circle=("#176661", "#4F9F90", "#A3D2C0"),
)

DARK = Theme(
    page=MappingProxyType(
        {
            "paper": "#0D1116",
            "surface": "#151A21",
            "sunken": "#1B212A",
            "line": "#262D37",
            "line2": "#3A4350",
            "control": "#6B7686",
            "ink": "#EEF1F5",
            "ink2": "#B4BCC8",
            "ink3": "#8F99A7",
            "on-accent": "#0D1116",
            "accent": "#9DB3FF",
            "accent-hi": "#B7C7FF",
            "accent-bg": "#212A45",
            "danger": "#FF8F80",
            "danger-bg": "#3A1E1D",
            "warn": "#F0B754",
            "warn-bg": "#33280F",
            "warn-fill": "#F0B754",
            "ok": "#72CC9E",
            "ok-bg": "#16302A",
        }
    ),
    map=MappingProxyType(
        {
            "land": "#131920",
            "green": "#16231F",
            "water": "#0B1D2A",
            "bank": "#1E3A4C",
            "building": "#1B222B",
            "building-line": "#252D38",
            "arterial": "#2F3945",
            "arterial-casing": "#0F141A",
            "secondary": "#29323D",
            "secondary-casing": "#0F141A",
            "local": "#212932",
            "local-casing": "#131920",
            "lane": "#1C232B",
            "lane-casing": "#131920",
            "label": "#A9B3C0",
            "halo": "#131920",
            "water-label": "#6F9DB8",
            "border": "#8D93B8",
            "grid-line": "#6B7686",
            "border-casing": "#0D1116",
        }
    ),
    heat=("#272150", "#4C2D78", "#7E3880", "#B54877", "#E26B5F", "#F5A25A", "#FBE395"),
    balance=("#6DB6F2", "#3F82B8", "#2A5578", "#2A3038", "#6B4A24", "#B3732B", "#F7A94B"),
    neighbours=("#2C4C73", "#6E5A1F", "#27452B", "#3B2A45", "#7A4A3F"),
    states=MappingProxyType(
        {
            "waiting": "#A594CE",
            "filed": "#5AA4FB",
            "dispatched": "#81DDDD",
            "handled": "#D1C037",
            "overdue": "#F45E60",
            "closed": "#8E9397",
        }
    ),
    camera=("#16363D", "#1D5A63", "#2A8791", "#55B9BE", "#B9EEEA"),
    circle=("#8BE3D3", "#3FA08F", "#1F5A52"),
)

THEMES: Mapping[str, Theme] = MappingProxyType({"light": LIGHT, "dark": DARK})

PAGE, MAP, STATES = LIGHT.page, LIGHT.map, LIGHT.states
HEAT, NEIGHBOURS = LIGHT.heat, LIGHT.neighbours
"""Paper is light: what is printed and mailed uses these."""

CAMERA = "#1E7A85"
PLACE = "#92720F"
FACILITY = "#544DB3"
HEAT_OPACITY = 0.86

LEAST_TEXT = 4.5
LEAST_GRAPHIC = 3.0


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 (equal) to 21 (black on white).

    The ratio of relative luminances of WCAG 2, ``(lighter + 0.05) / (darker + 0.05)``.

    Parameters
    ----------
    one, other
        Colours as ``#RRGGBB``.

    Examples
    --------
    >>> contrast("#000000", "#FFFFFF")
    21.0
    >>> contrast("#777777", "#777777")
    1.0
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return round((lighter + 0.05) / (darker + 0.05), 6)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - the sRGB curve


def custom_properties() -> str:
    """Return the tokens as CSS custom properties of the root element.

    Examples
    --------
    >>> custom_properties()[:38]
    ':root{--paper:#F6F5F1;--surface:#FFFFF'
    """
    heat = {f"h{number}": colour for number, colour in enumerate(HEAT, start=1)}
    land = {f"m-{name}": colour for name, colour in MAP.items()}
    tokens = {**PAGE, **land, **heat, "font": FONT, "mono": MONO}
    return ":root{" + ";".join(f"--{name}:{value}" for name, value in tokens.items()) + "}"
