"""The start of a plan as bytes: arrays in one compressed file, and the same arrays again."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.errors import StorageError
from gis_grid.plan.arrays import Ints, Shapes, Texts
from gis_grid.plan.blocks import Blocks, Labels, Things
from gis_grid.plan.borders import Barriers, Links
from gis_grid.plan.state import PlanState

FORMAT = 1
"""Counts up when what is written changes."""

Arrays = Mapping[str, npt.NDArray[Any]]

_LINES = ("streets", "walls", "banks")


@dataclass(frozen=True, slots=True)
class Start:
    """What a plan begins with: blocks, and the grid of each."""

    blocks: Blocks

    assignment: Ints
    """Number of the grid of each block, -1 for none, shape ``(n,)``."""

    codes: tuple[str, ...]
    """Codes of the grids."""

    officers: tuple[str | None, ...]
    """Code of the officer of each grid."""

    def state(self) -> PlanState:
        """Return the state of a plan that nobody has edited."""
        return PlanState(self.blocks, self.assignment, self.codes, self.officers)


def pack(start: Start) -> bytes:
    """Return the start as bytes; equal starts give equal bytes.

    The polygons keep every bit of their coordinates.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, array in _arrays(start).items():
            about = zipfile.ZipInfo(f"{name}.npy")  # without a time, so that bytes are equal
            about.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(about, "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    return buffer.getvalue()


def unpack(content: bytes) -> Start:
    """Return the start that `pack` was given.

    Raises
    ------
    StorageError
        The bytes are not what `pack` of this version writes.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return _start({name: arrays[name] for name in arrays.files})
    except (KeyError, ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        message = f"the start of a plan cannot be read: {error}; was it written by a newer version"
        message += " of gis-grid? otherwise take it from a backup"
        raise StorageError(message) from error


def _arrays(start: Start) -> Arrays:
    blocks = start.blocks
    texts = {
        "codes": blocks.codes.tolist(),
        "names": blocks.names,
        "communities": blocks.community.names.tolist(),
        "compounds": blocks.compound.names.tolist(),
        "grids": start.codes,
        "officers": start.officers,
    }
    shapes = {
        "shapes": blocks.shapes,
        **dict(zip(_LINES, blocks.barriers.lines, strict=True)),
        "gates": blocks.barriers.gates,
        "bridges": blocks.barriers.bridges,
    }
    return {
        "format": np.array([FORMAT, blocks.epsg]),
        "assignment": start.assignment,
        "weights": blocks.weights,
        "pair": blocks.links.pair,
        "border_m": blocks.links.border_m,
        "kinds_m": blocks.links.kinds_m,
        "walkable": blocks.links.walkable,
        "outer_m": blocks.outer_m,
        "community": blocks.community.number,
        "compound": blocks.compound.number,
        "water": blocks.water,
        "houses": blocks.houses,
        "thing_xy_m": blocks.things.xy_m,
        "thing_weights": blocks.things.weights,
        **{name: _text_bytes(values) for name, values in texts.items()},
        **{name: part for key, value in shapes.items() for name, part in _wkb(key, value).items()},
    }


def _start(arrays: Arrays) -> Start:
    written, epsg = (int(one) for one in arrays["format"])
    if written != FORMAT:
        message = f"format {written} is unknown"
        raise ValueError(message)
    streets, walls, banks = (_shapes(name, arrays) for name in _LINES)
    barriers = Barriers(
        (streets, walls, banks), _shapes("gates", arrays), _shapes("bridges", arrays)
    )
    links = Links(arrays["pair"], arrays["border_m"], arrays["kinds_m"], arrays["walkable"])
    blocks = Blocks(
        codes=_objects(_texts(arrays["codes"])),
        shapes=_shapes("shapes", arrays),
        epsg=epsg,
        names=tuple(_texts(arrays["names"])),
        weights=arrays["weights"],
        links=links,
        outer_m=arrays["outer_m"],
        community=Labels(arrays["community"], _objects(_texts(arrays["communities"]))),
        compound=Labels(arrays["compound"], _objects(_texts(arrays["compounds"]))),
        water=arrays["water"],
        houses=arrays["houses"],
        things=Things(arrays["thing_xy_m"], arrays["thing_weights"]),
        barriers=barriers,
    )
    grids, officers = tuple(_texts(arrays["grids"])), tuple(_texts(arrays["officers"]))
    return Start(blocks, arrays["assignment"], grids, officers)


def _text_bytes(values: object) -> npt.NDArray[Any]:
    return np.frombuffer(json.dumps(values, ensure_ascii=False).encode(), np.uint8)


def _texts(array: npt.NDArray[Any]) -> list[str]:
    found: list[str] = json.loads(array.tobytes())
    return found


def _objects(values: list[str]) -> Texts:
    made = np.empty(len(values), object)
    made[:] = values
    return made


def _wkb(name: str, shapes: Shapes) -> Arrays:
    written: list[bytes] = shapely.to_wkb(shapes).tolist() if len(shapes) else []
    ends = np.cumsum([len(one) for one in written], dtype=np.int64)
    return {f"{name}_wkb": np.frombuffer(b"".join(written), np.uint8), f"{name}_ends": ends}


def _shapes(name: str, arrays: Arrays) -> Shapes:
    content, ends = arrays[f"{name}_wkb"].tobytes(), arrays[f"{name}_ends"].tolist()
    starts = [0, *ends[:-1]]
    made: Shapes = np.empty(len(ends), object)
    made[:] = [content[a:b] for a, b in zip(starts, ends, strict=True)] if ends else []
    return np.asarray(shapely.from_wkb(made), object) if ends else made
