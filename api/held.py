"""What takes a database seconds to sum, kept until the rows that it is made of change."""

import hashlib
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely
from sqlalchemy.orm import Session

from gis_grid.accounts.areas import Area
from gis_grid.router.cells import to_words
from gis_grid.services.overview import YearOfHeat, year_of_heat

KEPT = 32
"""Areas whose heat is kept."""

_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Held:
    """A text, and a tag that changes with it."""

    text: str
    tag: str


class HeldHeat:
    """The heat of each area, summed once for each state of the incidents."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, Area], Held] = OrderedDict()

    def current(self, session: Session, token: str, area: Area) -> Held:
        """Return the heat of an area as GeoJSON; `token` names the state of the incidents."""
        with self._lock:
            held = self._kept.get((token, area))
            if held is None:
                text = heat_text(year_of_heat(session, area=area))
                held = Held(text, f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"')
                self._kept[token, area] = held
            self._kept.move_to_end((token, area))
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return held


def heat_text(found: YearOfHeat) -> str:
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


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
