"""A first look through a file: where it lies, and points on which too much happens."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis_grid.exchange.batch import Shapes, Source
from gis_grid.exchange.convert import as_text
from gis_grid.exchange.geometry import middle_of
from gis_grid.exchange.mapping import ColumnMap
from gis_grid.exchange.placing import Frame, place

_LEAST_ROWS = 30
_LEAST_SHARE = 0.01
_TIMES_TYPICAL = 20
_LEAST_POSITIONS = 10
_LEAST_ADDRESSES = 5
_SAMPLE_SHAPES = 20_000
_ROWS_A_CODE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a file looks like as a whole."""

    rows: int
    """How many rows it has."""

    centre: tuple[float, float] | None
    """Lon, lat in the middle of most of it; None without any place."""

    default_points: frozenset[tuple[float, float]]
    """Positions that carry implausibly many rows."""

    sample: Shapes
    """Up to 20,000 of its geometries in lon, lat."""

    code_values: int
    """How many different values the code column has; 0 when there is none."""

    @property
    def has_telling_codes(self) -> bool:
        """Whether the code column tells rows apart: a value for at least every tenth row."""
        return _ROWS_A_CODE * self.code_values >= self.rows


def survey(source: Source, mapping: ColumnMap, frame: Frame, *, size: int) -> Survey:
    """Read a file once, keeping only positions.

    Parameters
    ----------
    source
        An opened file.
    mapping
        Where its places, codes and addresses are.
    frame
        In which system its coordinates are.
    size
        Rows a batch; memory follows it, plus 24 bytes for each point.

    Returns
    -------
    Survey
        A position is taken for a default when it carries at least 30 rows and 1 % of all placed
        rows, 20 times as many as the other positions do at the median, at least 10 other
        positions exist, and the rows name at least 5 addresses or half of them none at all (when
        addresses are mapped): a real place has one address, a default has many.
    """
    spots: list[npt.NDArray[np.float64]] = []
    sample: list[Shapes] = []
    addresses: list[npt.NDArray[np.uint64]] = []
    codes: set[object] = set()
    rows = sampled = 0
    for batch in source.read(size):
        rows += len(batch.rows)
        if not len(batch.rows):
            continue
        shapes = place(batch, mapping, frame).shapes
        if sampled < _SAMPLE_SHAPES:
            sample.append(shapes[~shapely.is_missing(shapes)][: _SAMPLE_SHAPES - sampled])
            sampled += len(sample[-1])
        points = shapely.get_type_id(shapes) == 0
        spots.append(shapely.get_coordinates(shapes[points]))
        addresses.append(_addresses(batch.table, mapping)[points])
        if "code" in mapping.columns:
            codes.update(batch.table[mapping.columns["code"]].dropna().unique())
    together = np.concatenate(sample) if sample else np.empty(0, dtype=object)
    return Survey(
        rows=rows,
        centre=middle_of(together),
        default_points=find_default_points(_stack(spots), _joined(addresses)),
        sample=together,
        code_values=len(codes),
    )


def _stack(spots: list[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    return np.concatenate(spots) if spots else np.empty((0, 2))


def _joined(addresses: list[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint64]:
    return np.concatenate(addresses) if addresses else np.empty(0, dtype=np.uint64)


def _addresses(table: pd.DataFrame, mapping: ColumnMap) -> npt.NDArray[np.uint64]:
    """Return a number for each address, 0 where none is stated."""
    if "address" not in mapping.columns:
        return np.zeros(len(table), dtype=np.uint64)
    texts = as_text(table[mapping.columns["address"]])
    hashes = pd.util.hash_array(texts.to_numpy(dtype=object, na_value=""))
    return np.where(texts.isna(), np.uint64(0), hashes)


def find_default_points(
    spots: npt.NDArray[np.float64], addresses: npt.NDArray[np.uint64]
) -> frozenset[tuple[float, float]]:
    """Return the positions on which implausibly much happens; see `survey` for the rule.

    Parameters
    ----------
    spots
        Lon, lat of each row, shape ``(n, 2)``.
    addresses
        A number for the address of each row, 0 for none, shape ``(n,)``.

    Examples
    --------
    >>> spots = np.array([(118.0, 32.0)] * 50 + [(118.1 + i / 100, 32.0) for i in range(20)])
    >>> find_default_points(spots, np.zeros(70, dtype=np.uint64))
    frozenset({(118.0, 32.0)})
    >>> find_default_points(np.empty((0, 2)), np.empty(0, dtype=np.uint64))
    frozenset()
    """
    if not len(spots):
        return frozenset()
    positions, which, counts = np.unique(spots, axis=0, return_inverse=True, return_counts=True)
    enough = max(_LEAST_ROWS, _LEAST_SHARE * len(spots), _TIMES_TYPICAL * np.median(counts))
    if len(positions) <= _LEAST_POSITIONS:
        return frozenset()
    members = defaultdict(list)
    crowded = np.flatnonzero(counts >= enough)
    for row in np.flatnonzero(np.isin(which, crowded)):
        members[int(which[row])].append(addresses[row])
    return frozenset(
        (float(positions[at][0]), float(positions[at][1]))
        for at in crowded
        if _many_addresses(np.array(members[int(at)]))
    )


def _many_addresses(addresses: npt.NDArray[np.uint64]) -> bool:
    unstated = 2 * int((addresses == 0).sum()) >= len(addresses)
    return unstated or len(np.unique(addresses)) > _LEAST_ADDRESSES
