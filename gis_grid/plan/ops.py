"""What can happen to a plan, as values: each knows its inverse, and how it is written down."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import shapely

from gis_grid.errors import InputError

LockKind = Literal["grid", "border", "officer"]


@dataclass(frozen=True, slots=True)
class Flip:
    """Blocks change their grid; -1 is no grid."""

    blocks: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    def inverse(self) -> "Flip":
        """Return what undoes it."""
        return Flip(self.blocks, self.after, self.before)


@dataclass(frozen=True, slots=True)
class Rename:
    """A grid gets another code; from None it begins, to None it ends."""

    grid: int
    before: str | None
    after: str | None

    def inverse(self) -> "Rename":
        """Return what undoes it."""
        return Rename(self.grid, self.after, self.before)


@dataclass(frozen=True, slots=True)
class Lock:
    """A grid, a border between two grids, or an officer's round is locked or opened."""

    kind: LockKind
    key: tuple[int, ...] | str
    """The grid; both grids of a border, lower first; the officer's code."""

    before: bool
    after: bool

    def inverse(self) -> "Lock":
        """Return what undoes it."""
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a block that was cut."""

    block: int
    """Its number from now on."""

    parent: int
    code: str
    shape: shapely.Polygon
    weights: tuple[float, ...]
    outer_m: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PartLink:
    """A part and a neighbour of it."""

    one: int
    other: int
    border_m: tuple[float, ...]
    walkable: bool


@dataclass(frozen=True, slots=True)
class Recut:
    """Blocks are cut into parts, or parts are joined again; neighbours get the new corners."""

    parts: tuple[Part, ...]
    links: tuple[PartLink, ...]
    reshaped: tuple[tuple[int, shapely.Polygon, shapely.Polygon], ...]
    """Block, its polygon before and after: the same ground with more corners."""

    joins: bool = False

    def inverse(self) -> "Recut":
        """Return what undoes it."""
        return replace(
            self,
            joins=not self.joins,
            reshaped=tuple((block, after, before) for block, before, after in self.reshaped),
        )

    @property
    def parents(self) -> tuple[int, ...]:
        """Return the blocks that are cut, each once, in order."""
        return tuple(dict.fromkeys(part.parent for part in self.parts))


Op: TypeAlias = Flip | Rename | Lock | Recut


def op_to_json(op: Op) -> dict[str, Any]:
    """Return what JSON can hold; `op_from_json` reads it back equal, to the last bit.

    Examples
    --------
    >>> op_to_json(Flip((3,), (0,), (-1,)))
    {'op': 'flip', 'blocks': [3], 'before': [0], 'after': [-1]}
    """
    match op:
        case Flip():
            return {"op": "flip", "blocks": [*op.blocks], "before": [*op.before]} | {
                "after": [*op.after]
            }
        case Rename():
            return {"op": "rename", "grid": op.grid, "before": op.before, "after": op.after}
        case Lock():
            key = op.key if isinstance(op.key, str) else [*op.key]
            return {"op": "lock", "kind": op.kind, "key": key} | {
                "before": op.before,
                "after": op.after,
            }
        case Recut():
            return _recut_to_json(op)


def _recut_to_json(op: Recut) -> dict[str, Any]:
    return {
        "op": "recut",
        "joins": op.joins,
        "parts": [
            [
                *(part.block, part.parent, part.code, _text(part.shape)),
                *([*part.weights], [*part.outer_m]),
            ]
            for part in op.parts
        ],
        "links": [[link.one, link.other, [*link.border_m], link.walkable] for link in op.links],
        "reshaped": [[block, _text(before), _text(after)] for block, before, after in op.reshaped],
    }


def op_from_json(written: Mapping[str, Any]) -> Op:
    """Read what `op_to_json` wrote.

    Raises
    ------
    InputError
        It is no operation, or lacks something.

    Examples
    --------
    >>> op_from_json({"op": "rename", "grid": 4, "before": None, "after": "x"})
    Rename(grid=4, before=None, after='x')
    >>> op_from_json({"op": "paint"})
    Traceback (most recent call last):
    gis_grid.errors.InputError: 'paint' is no operation; there are flip, rename, lock, recut
    """
    readers = {"flip": _flip, "rename": _rename, "lock": _lock, "recut": _recut}
    name = written.get("op")
    if name not in readers:
        message = f"{name!r} is no operation; there are {', '.join(readers)}"
        raise InputError(message)
    try:
        return readers[name](written)
    except (KeyError, TypeError, ValueError, IndexError, shapely.errors.ShapelyError) as error:
        message = f"operation {name} is not complete: {type(error).__name__} {error}"
        raise InputError(message) from error


def _flip(written: Mapping[str, Any]) -> Op:
    rows = [tuple(int(one) for one in written[key]) for key in ("blocks", "before", "after")]
    if len({len(row) for row in rows}) != 1:
        message = "blocks, before and after differ in length"
        raise ValueError(message)
    return Flip(*rows)


def _rename(written: Mapping[str, Any]) -> Op:
    before, after = (None if written[k] is None else str(written[k]) for k in ("before", "after"))
    return Rename(int(written["grid"]), before, after)


def _lock(written: Mapping[str, Any]) -> Op:
    key = written["key"]
    if written["kind"] not in ("grid", "border", "officer"):
        message = f"no lock is of the kind {written['kind']!r}"
        raise ValueError(message)
    return Lock(
        written["kind"],
        key if isinstance(key, str) else tuple(int(one) for one in key),
        bool(written["before"]),
        bool(written["after"]),
    )


def _recut(written: Mapping[str, Any]) -> Op:
    return Recut(
        tuple(
            Part(int(block), int(parent), str(code), _shape(shape), _floats(weights), _floats(out))
            for block, parent, code, shape, weights, out in written["parts"]
        ),
        tuple(
            PartLink(int(one), int(other), _floats(border), bool(walkable))
            for one, other, border, walkable in written["links"]
        ),
        tuple(
            (int(block), _shape(before), _shape(after))
            for block, before, after in written["reshaped"]
        ),
        bool(written["joins"]),
    )


def _floats(values: Any) -> tuple[float, ...]:  # noqa: ANN401 - from JSON
    return tuple(float(value) for value in values)


def _text(shape: shapely.Polygon) -> str:
    return b64encode(shapely.to_wkb(shape)).decode("ascii")


def _shape(text: str) -> shapely.Polygon:
    shape = shapely.from_wkb(b64decode(text, validate=True))
    if not isinstance(shape, shapely.Polygon | shapely.MultiPolygon):
        message = f"a {shape.geom_type} is no block"
        raise TypeError(message)
    return shape  # type: ignore[return-value] # a block of several parts is written alike
