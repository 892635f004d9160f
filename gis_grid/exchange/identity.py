"""Codes for things that come without one, and rows told apart by what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis_grid.exchange.batch import Column, Shapes

_DECIMALS = 7
_TELLING = ("level", "category", "kind", "building_code", "area_code", "reported_at")
_PREFIX = "x"

Hashes = npt.NDArray[np.uint64]


def derive_codes(columns: Mapping[str, Column], shapes: Shapes) -> Column:
    """Give every row without a code one that follows from where and what it is.

    The code is ``x`` and 16 hexadecimal digits: a BLAKE2b hash of the geometry (lon, lat rounded
    to 1e-7 degrees, about 1 cm) and of the level, category, kind, building, area and time of
    report, as far as there are such. The same row gets the same code in every run and from every
    format, so importing a file again changes nothing; moving a thing makes it another one.

    Parameters
    ----------
    columns
        The fields read so far, each of shape ``(n,)``, among them ``code``.
    shapes
        Geometries in lon, lat, None where there is none, shape ``(n,)``.

    Returns
    -------
    Series of str, shape ``(n,)``
        A given code stays. A row without code and without geometry stays without.

    Examples
    --------
    >>> given = {"code": pd.Series(["A1", None, None], dtype="str")}
    >>> derive_codes(given, np.array([None, shapely.Point(118.7, 32.1), None])).tolist()
    ['A1', 'x8cfcbf8c6c0756a3', nan]
    """
    codes = columns["code"].copy()
    wanting = np.flatnonzero(codes.isna().to_numpy() & ~shapely.is_missing(shapes))
    rounded = shapely.transform(shapes[wanting], lambda xy: np.round(xy, _DECIMALS) + 0.0)
    outlines = shapely.to_wkb(rounded)
    telling = [columns[name].iloc[wanting].astype("str") for name in _TELLING if name in columns]
    words = zip(*telling, strict=True) if telling else iter([()] * len(wanting))
    codes.iloc[wanting] = [
        _PREFIX + blake2b(outline + "\n".join(map(str, said)).encode(), digest_size=8).hexdigest()
        for outline, said in zip(outlines, words, strict=True)
    ]
    return codes


@dataclass(slots=True)
class Seen:
    """The codes met so far in a file, and what their rows said."""

    codes: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    contents: Hashes = field(default_factory=lambda: np.empty(0, dtype=np.uint64))

    def sort_out(
        self, frame: gpd.GeoDataFrame
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Tell which rows repeat an earlier one and which contradict an earlier one.

        Parameters
        ----------
        frame
            Good rows of a layer, n of them, after all those given before.

        Returns
        -------
        repeats, conflicts
            Two flags for every row: the same code with the same values and geometry as its first
            row, and the same code with others. The first row of a code is neither. Codes and
            contents are compared by 64-bit hashes: a million rows mix up two codes once in 30
            million files.
        """
        codes, contents = _hash_codes(frame), _hash_rows(frame)
        every = np.concatenate([self.codes, codes])
        said = np.concatenate([self.contents, contents])
        _, first, which = np.unique(every, return_index=True, return_inverse=True)
        origin = first[which]
        again = (origin != np.arange(len(every)))[len(self.codes) :]
        same = (said == said[origin])[len(self.codes) :]
        fresh = ~again
        self.codes = np.concatenate([self.codes, codes[fresh]])
        self.contents = np.concatenate([self.contents, contents[fresh]])
        return again & same, again & ~same


def _hash_codes(frame: gpd.GeoDataFrame) -> Hashes:
    return pd.util.hash_array(frame["code"].to_numpy(dtype=object))


def _hash_rows(frame: gpd.GeoDataFrame) -> Hashes:
    attributes = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    said = pd.util.hash_pandas_object(attributes, index=False).to_numpy()
    wkb = shapely.to_wkb(frame.geometry.to_numpy())
    outlines = pd.util.hash_array(np.array([w or b"" for w in wkb], dtype=object))
    return np.asarray(said ^ (outlines * np.uint64(0x9E3779B97F4A7C15)))
