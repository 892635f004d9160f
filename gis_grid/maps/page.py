"""A map with everything a reader needs to believe it: title, legend, source, scale."""

from dataclasses import dataclass

from gis_grid.maps.drawing import Drawing, Entry, Style, Swatch
from gis_grid.maps.words import Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """Classes of a layer: always on screen while it is."""

    key: str
    """The layer that it explains."""

    title: str
    unit: str
    """What is counted, or what one cell or area is."""

    styles: tuple[Style, ...]
    """Of each class, as on the map."""

    bounds: tuple[str, ...]
    """Lower bound of each class."""

    counts: tuple[int, ...] = ()
    """How many areas each class has."""

    others: tuple[tuple[Swatch, str], ...] = ()
    """What else is drawn: areas of which nothing is known."""

    left_out: str = ""
    """What the colours do not show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the panel: a title and its lines."""

    title: str
    note: str = ""
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A map and the words around it, all in one language; plain text, never HTML."""

    city: str
    title: str
    subtitle: str
    badge: str
    """The generation of the grids."""

    drawn: str
    """When the map was drawn, in words."""

    figures: tuple[tuple[str, str], ...]
    """Word and number, for the head of the panel."""

    sections: tuple[Section, ...]
    source: str
    drawing: Drawing
    legend: Legend | None = None
    lang: Lang = "zh"
