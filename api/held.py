"""What takes a database seconds to sum, kept until the rows that it is made of change."""

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely

from gis_grid.router.cells import to_words
from gis_grid.services.overview import SpanOfDensity, SpanOfHeat

KEPT = 128
"""Answers that are kept: a year is played in about fifty steps."""

STRIPES = 16

FRESH_S = 20.0
"""How long an answer may lag behind incidents that come in."""

_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Held:
    """A text, and a tag that changes with it."""

    text: str
    tag: str


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    made_at: float
    held: Held

    def serves(self, token: str, now: float) -> bool:
        return self.token == token or now - self.made_at < FRESH_S


class HeldTexts:
    """Answers of each area and question, made once for each state of the incidents.

    Where incidents come in all the time their state never stays, so an answer serves `FRESH_S`
    whatever has happened since.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._making = tuple(threading.Lock() for _ in range(STRIPES))
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    def current(self, question: Hashable, token: str, make: Callable[[], str]) -> Held:
        """Return the answer to a question; `token` names the state of the incidents."""
        with self._making[hash(question) % STRIPES]:  # many who ask the same wait for one answer
            with self._lock:
                kept = self._kept.get(question)
            if kept is None or not kept.serves(token, time.monotonic()):
                text = make()
                held = Held(text, f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"')
                kept = _Kept(token, time.monotonic(), held)
            with self._lock:
                self._kept[question] = kept
                self._kept.move_to_end(question)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            return kept.held


def heat_text(found: SpanOfHeat) -> str:
    """Write the cells as a GeoJSON FeatureCollection (RFC 7946)."""
    heat = found.heat
    rounded = shapely.transform(
        heat.cells.geometry.to_numpy(), lambda deg: np.round(deg, _DECIMALS)
    )
    rows = zip(
        to_words(heat.cells["cell"].to_numpy(np.int64)),
        shapely.to_geojson(rounded),
        heat.cells["count"].tolist(),
        heat.cells["heat_class"].tolist(),
        strict=True,
    )
    cells = ",".join(
        f'{{"type":"Feature","id":"{word}","geometry":{shape},'
        f'"properties":{{"count":{count},"heat_class":{at}}}}}'
        for word, shape, count, at in rows
    )
    head = {
        "type": "FeatureCollection",
        "breaks": list(heat.breaks),
        "resolution": heat.resolution,
        "total": heat.total,
        "hidden": heat.hidden,
        "doubted": found.doubted,
        "since": _instant(found.since),
        "until": _instant(found.until),
    }
    return f'{json.dumps(head, separators=(",", ":"))[:-1]},"features":[{cells}]}}'


def density_text(found: SpanOfDensity) -> str:
    """Write the bands as a GeoJSON FeatureCollection (RFC 7946)."""
    density = found.density
    rounded = shapely.transform(
        density.bands.geometry.to_numpy(), lambda deg: np.round(deg, _DECIMALS)
    )
    rows = zip(
        shapely.to_geojson(rounded),
        density.bands["low"].tolist(),
        density.bands["heat_class"].tolist(),
        strict=True,
    )
    bands = ",".join(
        f'{{"type":"Feature","id":{at},"geometry":{shape},'
        f'"properties":{{"low":{low},"heat_class":{at}}}}}'
        for shape, low, at in rows
    )
    head = {
        "type": "FeatureCollection",
        "breaks": list(density.breaks),
        "bandwidth_m": density.bandwidth_m,
        "total": density.total,
        "doubted": found.doubted,
        "since": _instant(found.since),
        "until": _instant(found.until),
    }
    return f'{json.dumps(head, separators=(",", ":"))[:-1]},"features":[{bands}]}}'


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
