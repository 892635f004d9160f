"""The one source of colours: tokens of the page, of the map and of data ramps."""

from collections.abc import Mapping
from types import MappingProxyType

FONT = (
    '"PingFang SC","Microsoft YaHei UI","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",'
    '"WenQuanYi Zen Hei","Segoe UI",system-ui,sans-serif'
)
MONO = '"SF Mono",Consolas,"Noto Sans Mono CJK SC","DejaVu Sans Mono",monospace'

PAGE: Mapping[str, str] = MappingProxyType(
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
        "accent-bg": "#E9EDF8",
        "danger": "#B0261D",
        "warn": "#865000",
        "ok": "#1C6B49",
    }
)
"""Colours of the page around the map (light theme)."""

MAP: Mapping[str, str] = MappingProxyType(
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
    }
)
"""Colours of the base map (light theme)."""

HEAT = ("#FCEFCB", "#F9CE8E", "#F2A066", "#DF6F5B", "#BA4567", "#86296B", "#4E195B")
"""Counts and rates: more is darker."""

NEIGHBOURS = ("#B9D5F9", "#FDE5AF", "#A9CB9F", "#CBB3CE", "#FFD8CF")
"""Another grid, nothing else: colours of a graph colouring."""

STATES: Mapping[str, str] = MappingProxyType(
    {
        "waiting": "#544DB3",
        "filed": "#27498D",
        "dispatched": "#0E8290",
        "handled": "#92720F",
        "overdue": "#B63C3B",
        "closed": "#7A7E81",
    }
)
"""An incident's state: 待受理, 待派遣, 处置中, 待核查, 超时, 已结案. Each has a shape as well."""

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
