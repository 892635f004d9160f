"""What a page draws: layers in styles, names, and the entries that switch them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_grid.maps.pack import STEP_DEG, pack

Style = Mapping[str, object]
"""Of areas and lines: fill, hatch, opacity, line, width or metres, casing, dash, from; of points
see `gis_grid.maps.symbols`."""

Numbers = Sequence[float | None]

REPEATED = 4
"""A column is written as a table when its words stand in it so many times on average."""

EVER = 99.0
"""A zoom that no map reaches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLayer:
    """Features drawn together; the first layer lies at the bottom."""

    key: str
    title: str
    kind: Literal["area", "line", "point"]
    styles: tuple[Style, ...]
    """One for each class, drawn in this order."""

    shapes: gpd.GeoSeries | None = None
    """In EPSG:4326; None for a layer that shares those of another."""

    classes: Sequence[int] | None = None
    """Which style each feature has; the first when None."""

    facts: Mapping[str, Iterable[Any]] = field(default_factory=dict)
    """What the card says of each feature: heading to values; the tip shows the first two."""

    turns: Numbers | None = None
    """Where each point looks, degrees clockwise from north; None for unknown."""

    spreads: Numbers | None = None
    """How wide each point looks, degrees."""

    cluster: float = 0.0
    """Below this zoom points are drawn as clusters with their number."""

    cluster_colour: str = "#4A515D"

    shares: str = ""
    """Key of another layer whose features are drawn once more; in its classes, or in `classes`."""

    low: float = 0.0
    """Zoom from which it is drawn."""

    high: float = EVER
    """Zoom from which it is not drawn any more."""

    shown: bool = True
    rank: int = 0
    """Where features of several layers lie under the cursor, the highest rank is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Text on the map, in one style; the first names drawn keep their place."""

    texts: Sequence[str]
    shapes: gpd.GeoSeries
    """Areas, named at their innermost point, or lines, named along them."""

    size: int
    colour: str
    halo: str
    font: str
    weight: int = 400
    along: bool = False
    low: float | Sequence[float] = 0.0
    high: float = EVER
    tight: float = 1.6
    """A name is dropped where its area is narrower than this many half-names."""

    layer: str = ""
    """Drawn only while this layer is."""

    notes: Sequence[str] | None = None
    """A second, lighter line under each text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swatch:
    """How a line of the layer list or the legend looks on the map."""

    kind: Literal["area", "line", "point", "ramp"]
    styles: tuple[Style, ...]
    """One style; for a ramp one for each class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the layer list: a checkbox, a swatch, a word and a count."""

    keys: tuple[str, ...]
    title: str
    subtitle: str = ""
    count: int | None = None
    swatch: Swatch
    classes: tuple[int, ...] | None = None
    """Only these classes of the layers are meant; all of them when None."""

    shown: bool = True
    low: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Everything that the canvas draws."""

    bounds: tuple[float, float, float, float]
    """West, south, east, north in degrees."""

    layers: tuple[MapLayer, ...]
    names: tuple[Names, ...] = ()
    ink: str = "#1A1E25"

    def to_json(self) -> str:
        """Return the data of ``map.js``, safe inside a script element.

        No ``<`` is left in it, so no text of a city can end the element or begin another.
        """
        west, south, east, north = self.bounds
        origin = (round((west + east) / 2, 6), round((south + north) / 2, 6))
        data = {
            "origin": origin,
            "step": STEP_DEG,
            "bounds": [[south, west], [north, east]],
            "ink": self.ink,
            "layers": [_layer(layer, origin) for layer in self.layers],
            "names": [_names(group, origin) for group in self.names],
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.replace("<", "\\u003c")


def _layer(layer: MapLayer, origin: tuple[float, float]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "key": layer.key,
        "title": layer.title,
        "kind": layer.kind,
        "styles": [dict(style) for style in layer.styles],
        "low": layer.low,
        "high": layer.high,
        "shown": layer.shown,
        "rank": layer.rank,
    }
    if layer.turns is not None and layer.spreads is not None:
        data["turns"] = [_plain(turn) for turn in layer.turns]
        data["spreads"] = [_plain(spread) for spread in layer.spreads]
    if layer.cluster:
        data |= {"cluster": layer.cluster, "clusterColour": layer.cluster_colour}
    if layer.classes is not None:
        data["classes"] = [int(number) for number in layer.classes]
    if layer.shapes is None:
        return data | {"shares": layer.shares}
    data["shapes"] = pack(layer.shapes.to_numpy(), origin=origin)
    if layer.facts:
        data["fields"] = list(layer.facts)
        data["columns"] = [_column(values) for values in layer.facts.values()]
    return data


def _column(values: Iterable[Any]) -> dict[str, Any]:
    """Write a column as it is, or as rows of a table when most of its words repeat."""
    rows = [_plain(value) for value in values]
    words = list(dict.fromkeys(row for row in rows if isinstance(row, str)))
    if not words or len(words) * REPEATED > len(rows):
        return {"rows": rows}
    number = {word: at for at, word in enumerate(words)}
    return {"words": words, "rows": [None if row is None else number[row] for row in rows]}


def _plain(value: Any) -> Any:  # noqa: ANN401 - cells of a table
    if pd.isna(value):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _names(group: Names, origin: tuple[float, float]) -> dict[str, Any]:
    shapes = group.shapes.to_numpy()
    lows = [group.low] * len(shapes) if isinstance(group.low, int | float) else list(group.low)
    places = pack(shapes if group.along else shapely.point_on_surface(shapes), origin=origin)
    west, _, east, _ = shapely.bounds(shapes).reshape(-1, 4).T
    key = "line" if group.along else "at"
    notes = group.notes if group.notes is not None else [""] * len(shapes)
    items = [
        {"text": text, key: rings[0], "from": low, "room": round(room / STEP_DEG)}
        | ({"note": note} if note else {})
        for text, rings, low, room, note in zip(
            group.texts, places, lows, east - west, notes, strict=True
        )
        if text and rings
    ]
    style = {
        "size": group.size,
        "weight": group.weight,
        "colour": group.colour,
        "halo": group.halo,
        "font": group.font,
        "tight": group.tight,
    }
    low = min(lows, default=0.0)
    return {"along": group.along, "low": low, "high": group.high, "layer": group.layer} | {
        "style": style,
        "items": items,
    }
