"""Blocks: the atoms of a plan, with what lies in each and who is its neighbour."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.errors import GeometryError, InputError
from gis_grid.geo.crs import require_metric
from gis_grid.plan.arrays import KINDS, Bools, Floats, Ints, Progress, Shapes, Texts, silent
from gis_grid.plan.borders import NO_BARRIERS, Barriers, Links, edges_of, links_of

WEIGHTS = (
    "households",
    "persons",
    "elderly",
    "buildings",
    "facilities",
    "cameras",
    "incidents_a_year",
    "handling_minutes_a_year",
    "patrol_m",
)
"""The weights that blocks of a city have; a plan may have others."""


@dataclass(frozen=True, slots=True)
class Things:
    """Points that carry weight: when a block is cut each part keeps its own."""

    xy_m: Floats
    """Shape ``(m, 2)``."""

    weights: Floats
    """Shape ``(m, k)``, in the order of the blocks' weights."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Which community or compound each block is part of."""

    number: Ints
    """-1 for none, shape ``(n,)``."""

    names: Texts

    @staticmethod
    def none(count: int) -> "Labels":
        """Return labels of `count` blocks that have none."""
        return Labels(np.full(count, -1, np.int64), np.empty(0, object))


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """The atoms of a plan; row i of every array is block i."""

    codes: Texts
    """Unique, shape ``(n,)``."""

    shapes: Shapes
    """Polygons on the metric plane `epsg` that tile edge by edge."""

    epsg: int
    names: tuple[str, ...]
    """What the columns of `weights` are."""

    weights: Floats
    """Shape ``(n, k)``, none negative or missing."""

    links: Links
    """Neighbours."""

    outer_m: Floats
    """Border with nobody along streets, walls, water and all of it, shape ``(n, 4)``."""

    community: Labels
    compound: Labels
    water: Bools
    """Blocks of water: one cannot walk over them, and they hang on to land."""

    houses: Ints
    """Buildings that stand on several blocks: building and block, shape ``(h, 2)``."""

    things: Things
    barriers: Barriers = field(default=NO_BARRIERS, repr=False)

    def __len__(self) -> int:
        """Return the number of blocks."""
        return len(self.codes)

    def column(self, name: str) -> Floats:
        """Return a weight by its name.

        Raises
        ------
        InputError
            The blocks have no such weight.
        """
        if name not in self.names:
            message = f"blocks have no weight {name!r}; they have {', '.join(self.names) or 'none'}"
            raise InputError(message)
        return self.weights[:, self.names.index(name)]

    def with_weights(self, weights: Mapping[str, npt.ArrayLike]) -> "Blocks":
        """Return the blocks with more weights, or others in the place of those they had.

        Raises
        ------
        InputError
            A weight is missing, negative or not a number, or there are too many or too few.
        """
        merged = {name: self.weights[:, k] for k, name in enumerate(self.names)}
        merged |= {name: _weight(name, values, self.codes) for name, values in weights.items()}
        things = Things(self.things.xy_m, np.zeros((len(self.things.xy_m), len(merged))))
        for k, name in enumerate(self.names):
            things.weights[:, [*merged].index(name)] = self.things.weights[:, k]
        return replace(
            self, names=tuple(merged), weights=np.stack([*merged.values()], axis=1), things=things
        )


def blocks_of(  # noqa: PLR0913 - what is known about blocks
    shapes: gpd.GeoSeries,
    *,
    codes: npt.ArrayLike | None = None,
    weights: Mapping[str, npt.ArrayLike] | None = None,
    community: Labels | None = None,
    compound: Labels | None = None,
    water: Bools | None = None,
    barriers: Barriers = NO_BARRIERS,
    bridges: Ints | None = None,
    progress: Progress = silent,
) -> Blocks:
    """Make blocks of polygons that tile.

    Parameters
    ----------
    shapes
        Polygons or MultiPolygons in a metric CRS that match edge by edge, shape ``(n,)``.
    codes
        Unique texts; by default B000001 and so on.
    weights
        Numbers by name, shape ``(n,)`` each.
    community, compound
        What each block is part of.
    water
        Which blocks are water.
    barriers
        Streets, walls, banks, gates and bridges.
    bridges
        Pairs of blocks that a bridge joins though they do not touch, shape ``(m, 2)``.
    progress
        Told of each step.

    Returns
    -------
    Blocks
        No shapes give no blocks.

    Raises
    ------
    CrsError
        `shapes` is not in a metric CRS.
    GeometryError
        A shape is missing, empty, not a polygon or not valid, or shapes do not tile.
    InputError
        A code is there twice, or a weight is missing, negative or not a number.

    Examples
    --------
    >>> squares = gpd.GeoSeries([shapely.box(i, 0, i + 1, 1) for i in range(3)], crs="EPSG:4549")
    >>> blocks = blocks_of(squares, weights={"households": [1, 2, 3]})
    >>> len(blocks), blocks.links.pair.tolist(), blocks.column("households").tolist()
    (3, [[0, 1], [1, 2]], [1.0, 2.0, 3.0])
    >>> len(blocks_of(squares[:0]))
    0
    >>> blocks_of(gpd.GeoSeries([None], crs="EPSG:4549"))
    Traceback (most recent call last):
    gis_grid.errors.GeometryError: block B000001 has no polygon; leave it out or draw it
    """
    require_metric(shapes, "blocks")
    array = np.asarray(shapes.to_numpy(), object)
    n = len(array)
    named = _codes(codes, n)
    _require_polygons(array, named)
    given = {name: _weight(name, values, named) for name, values in (weights or {}).items()}
    wet = np.zeros(n, bool) if water is None else water
    edges = edges_of(array)
    progress("edges", 1, 3)
    kind = barriers.kinds_of(edges)
    progress("what borders run along", 2, 3)
    links = links_of(edges, kind, barriers.opened(edges), wet)
    links = links if bridges is None else _bridged(links, bridges, n)
    progress("neighbours", 3, 3)
    return Blocks(
        codes=named,
        shapes=array,
        epsg=int(shapes.crs.to_epsg() or 0) if shapes.crs is not None else 0,
        names=tuple(given),
        weights=np.stack([*given.values()], axis=1) if given else np.zeros((n, 0)),
        links=links,
        outer_m=outer_of(edges.owner, edges.length_m, kind, n),
        community=community or Labels.none(n),
        compound=compound or Labels.none(n),
        water=wet,
        houses=np.empty((0, 2), np.int64),
        things=Things(np.empty((0, 2)), np.empty((0, len(given)))),
        barriers=barriers,
    )


def outer_of(owner: Ints, length_m: Floats, kind: Ints, count: int) -> Floats:
    """Return the border of each block with nobody: along `KINDS`, then all of it."""
    outside = owner[:, 1] < 0
    who, length, along = owner[outside, 0], length_m[outside], kind[outside]
    columns = [np.bincount(who, length * (along == k), count) for k in range(len(KINDS))]
    return np.stack([*columns, np.bincount(who, length, count)], axis=1)


def _codes(codes: npt.ArrayLike | None, count: int) -> Texts:
    if codes is None:
        return np.array([f"B{i:06d}" for i in range(1, count + 1)], object)
    texts = np.array([str(code) for code in np.asarray(codes, object)], object)
    found, times = np.unique(texts, return_counts=True)
    if (times > 1).any():
        message = f"block code {found[np.argmax(times > 1)]} is there {times.max()} times"
        raise InputError(message)
    return texts


def _weight(name: str, values: npt.ArrayLike, codes: Texts) -> Floats:
    numbers = np.asarray(values, float)
    if numbers.shape != (len(codes),):
        message = f"weight {name} has {numbers.size} values for {len(codes)} blocks"
        raise InputError(message)
    wrong = ~(np.isfinite(numbers) & (numbers >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        message = f"weight {name} of block {codes[row]} is {numbers[row]}; it must be 0 or more"
        raise InputError(message)
    return numbers


def _require_polygons(shapes: Shapes, codes: Texts) -> None:
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    absent |= ~np.isin(shapely.get_type_id(shapes), (3, 6))
    if absent.any():
        message = f"block {codes[np.argmax(absent)]} has no polygon; leave it out or draw it"
        raise GeometryError(message)
    wrong = ~np.asarray(shapely.is_valid(shapes))
    if not wrong.any() and len(shapes):
        wrong = ~np.asarray(shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    if wrong.any():
        message = f"block {codes[np.argmax(wrong)]} overlaps a neighbour or does not match it "
        message += "edge by edge; see where with `gis-grid plan check`"
        raise GeometryError(message)


def _bridged(links: Links, bridges: Ints, count: int) -> Links:
    """Add links over bridges to those over borders."""
    pair = np.unique(np.sort(bridges, axis=1), axis=0)
    pair = pair[pair[:, 0] != pair[:, 1]]
    known = {int(a) * count + int(b): at for at, (a, b) in enumerate(links.pair)}
    keys = [int(a) * count + int(b) for a, b in pair]
    walkable = links.walkable.copy()
    walkable[[known[key] for key in keys if key in known]] = True
    fresh = pair[[key not in known for key in keys]] if len(pair) else pair
    return Links(
        np.concatenate([links.pair, fresh]),
        np.append(links.border_m, np.zeros(len(fresh))),
        np.concatenate([links.kinds_m, np.zeros((len(fresh), len(KINDS)))]),
        np.append(walkable, np.ones(len(fresh), bool)),
    )
