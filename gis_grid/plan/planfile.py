"""The plan file: blocks, where the work began, and every step, as one versioned JSON document.

Numbers and geometry are written to the last bit, so that a plan that is read is the plan that was
written. Reading is strict: a file of another version, or with a part that does not fit, is refused
with the place that is wrong.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from gis_grid.errors import FileError, GisGridError
from gis_grid.plan.arrays import KINDS, Floats, Ints, Shapes
from gis_grid.plan.blocks import Blocks, Labels, Things
from gis_grid.plan.borders import Links
from gis_grid.plan.log import Draft, Entry
from gis_grid.plan.ops import LockKind
from gis_grid.plan.state import PlanState

FORMAT = "gis-grid-plan"
VERSION = 1


def plan_to_json(start: PlanState, log: Sequence[Entry]) -> dict[str, Any]:
    """Return a document of a plan.

    Parameters
    ----------
    start
        The state that the log begins with: no block is cut in it.
    log
        All steps.

    Raises
    ------
    FileError
        A block of the beginning is cut already.
    """
    if start.used != len(start.blocks):
        message = "a plan file begins before the first cut; give the state that the log begins with"
        raise FileError(message)
    return {
        "format": FORMAT,
        "version": VERSION,
        "blocks": _blocks_to_json(start.blocks),
        "grids": [
            {"code": code, "officer": officer}
            for code, officer in zip(start.codes, start.officers, strict=True)
        ],
        "assignment": start.assignment.tolist(),
        "locks": [
            {"kind": kind, "key": key if isinstance(key, str) else [*key]}
            for kind, key in sorted(start.locks, key=str)
        ],
        "log": [entry.to_json() for entry in log],
    }


def plan_from_json(document: object) -> Draft:
    """Read a document and take all its steps again.

    What borders run along is read as it was; the lines themselves are not in the file, so a block
    that is cut later shares that out by length.

    Raises
    ------
    FileError
        It is no plan file, of another version, or a part is missing or does not fit; the message
        names the part.
    """
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        message = f"this is no plan file: its format is not {FORMAT!r}"
        raise FileError(message)
    if document.get("version") != VERSION:
        message = f"the plan file has version {document.get('version')!r}; "
        message += f"this gis-grid reads version {VERSION}"
        raise FileError(message)
    part = "blocks"
    try:
        blocks = _blocks_from_json(document["blocks"])
        part = "grids"
        codes = [str(grid["code"]) for grid in document["grids"]]
        officers = [None if g["officer"] is None else str(g["officer"]) for g in document["grids"]]
        part = "assignment"
        state = PlanState(blocks, document["assignment"], codes, officers)
        part = "locks"
        state.locks.update(_lock(lock) for lock in document["locks"])
        part = "log"
        return Draft.replayed(state, [Entry.from_json(entry) for entry in document["log"]])
    except (KeyError, TypeError, ValueError, IndexError, GisGridError) as error:
        reason = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else error
        message = f"the plan file is not as it should be in {part!r}: {reason}"
        raise FileError(message) from error


def _blocks_to_json(blocks: Blocks) -> dict[str, Any]:
    return {
        "epsg": blocks.epsg,
        "codes": blocks.codes.tolist(),
        "shapes": [b64encode(shapely.to_wkb(shape)).decode("ascii") for shape in blocks.shapes],
        "names": [*blocks.names],
        "weights": blocks.weights.tolist(),
        "water": np.flatnonzero(blocks.water).tolist(),
        "links": {
            "pair": blocks.links.pair.tolist(),
            "border_m": blocks.links.border_m.tolist(),
            "kinds_m": blocks.links.kinds_m.tolist(),
            "walkable": blocks.links.walkable.tolist(),
        },
        "outer_m": blocks.outer_m.tolist(),
        "community": _labels_to_json(blocks.community),
        "compound": _labels_to_json(blocks.compound),
        "houses": blocks.houses.tolist(),
        "things": {
            "xy_m": blocks.things.xy_m.tolist(),
            "weights": blocks.things.weights.tolist(),
        },
    }


def _blocks_from_json(written: Mapping[str, Any]) -> Blocks:
    codes = np.array([str(code) for code in written["codes"]], object)
    n, names = len(codes), tuple(str(name) for name in written["names"])
    k = len(names)
    links = written["links"]
    pairs = _whole(links["pair"], "links", n).reshape(-1, 2)
    water = np.zeros(n, bool)
    water[_whole(written["water"], "water", n)] = True
    things = written["things"]
    spots = _floats(things["xy_m"], "things", (None, 2))
    return Blocks(
        codes=codes,
        shapes=_shapes(written["shapes"], n),
        epsg=int(written["epsg"]),
        names=names,
        weights=_floats(written["weights"], "weights", (n, k)),
        links=Links(
            pairs,
            _floats(links["border_m"], "border_m", (len(pairs),)),
            _floats(links["kinds_m"], "kinds_m", (len(pairs), len(KINDS))),
            np.asarray(links["walkable"], bool).reshape(len(pairs)),
        ),
        outer_m=_floats(written["outer_m"], "outer_m", (n, len(KINDS) + 1)),
        community=_labels(written["community"], n),
        compound=_labels(written["compound"], n),
        water=water,
        houses=np.asarray(written["houses"], np.int64).reshape(-1, 2),
        things=Things(spots, _floats(things["weights"], "things", (len(spots), k))),
    )


def _labels_to_json(labels: Labels) -> dict[str, Any]:
    return {"number": labels.number.tolist(), "names": labels.names.tolist()}


def _labels(written: Mapping[str, Any], count: int) -> Labels:
    names = np.array([str(name) for name in written["names"]], object)
    number = np.asarray(written["number"], np.int64).reshape(count)
    if count and not -1 <= int(number.min()) <= int(number.max()) < len(names):
        message = "a label has no name"
        raise ValueError(message)
    return Labels(number, names)


def _shapes(texts: Sequence[str], count: int) -> Shapes:
    if len(texts) != count:
        message = f"{len(texts)} shapes for {count} codes"
        raise ValueError(message)
    shapes = np.empty(count, object)
    for at, text in enumerate(texts):
        shapes[at] = shapely.from_wkb(b64decode(text, validate=True), on_invalid="ignore")
        if not isinstance(shapes[at], shapely.Polygon | shapely.MultiPolygon):
            message = f"shape {at} is no polygon"
            raise TypeError(message)
    return shapes


def _whole(values: Sequence[Any], name: str, limit: int) -> Ints:
    found = np.asarray(values, np.int64)
    if found.size and not 0 <= int(found.min()) <= int(found.max()) < limit:
        message = f"{name} name a block that is not there"
        raise ValueError(message)
    return found


def _floats(values: Sequence[Any], name: str, shape: tuple[int | None, ...]) -> Floats:
    found = np.asarray(values, float)
    wanted = tuple(len(found) if one is None else one for one in shape)
    found = found.reshape(wanted)
    if not np.isfinite(found).all():
        message = f"{name} have a value that is no number"
        raise ValueError(message)
    return found


def _lock(written: Mapping[str, Any]) -> tuple[LockKind, tuple[int, ...] | str]:
    kind, key = written["kind"], written["key"]
    if kind not in ("grid", "border", "officer"):
        message = f"no lock is of the kind {kind!r}"
        raise ValueError(message)
    return kind, key if isinstance(key, str) else tuple(int(one) for one in key)
