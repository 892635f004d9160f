"""Codes of everything in the hierarchy, from the city down to entrances."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from gis_grid.demo.hierarchy import Hierarchy, number_in_parent
from gis_grid.demo.kinds import Ints, Texts

AREA_CODE = "219900000000"
"""2199xx is the code of no prefecture."""

AREA_CODE_YEAR = 2025
_COUNTY = 219901


@dataclass(frozen=True, slots=True)
class Codes:
    """Area codes of 12 digits, five-level codes of 22, and unit-grid codes of 15."""

    district: Texts
    subdistrict: Texts
    community: Texts
    compound: Texts
    grid: Texts
    unit: Texts
    grid_number: Ints
    """Number of each ground grid in its compound, or in its community outside compounds."""


def make_codes(hierarchy: Hierarchy) -> Codes:
    """Write the codes of every region; its number counts inside its parent."""
    district = np.array(
        [str(_COUNTY + k) for k in range(int(hierarchy.district.max()) + 1)], object
    )
    subdistrict = district[hierarchy.subdistrict_parent] + digits(
        number_in_parent(hierarchy.subdistrict_parent), 3
    )
    community = subdistrict[hierarchy.community_parent] + digits(
        number_in_parent(hierarchy.community_parent), 3
    )
    number = number_in_parent(hierarchy.compound_parent)
    compound = community[hierarchy.compound_parent] + digits(number, 3)
    outside = community[hierarchy.grid_community] + "000"
    within = hierarchy.grid_compound
    above = np.where(within >= 0, np.append(compound, "")[within], outside)
    grid_number = running(above)
    unit = digits(number_in_parent(hierarchy.grid_community), 3)
    return Codes(
        np.asarray(district + "000000", object),
        subdistrict + "000",
        community,
        compound + "0000000",
        above + digits(grid_number, 2) + "00000",
        community[hierarchy.grid_community] + unit,
        grid_number,
    )


def digits(number: Ints, width: int) -> Texts:
    """Write numbers with leading zeros.

    >>> digits(np.array([7, 123]), 3).tolist()
    ['007', '123']
    """
    return np.array([f"{n:0{width}d}" for n in number.tolist()], object)


def running(prefix: Texts) -> Ints:
    """Count from 1 inside equal prefixes, in the order given.

    >>> running(np.array(["a", "b", "a"], object)).tolist()
    [1, 1, 2]
    """
    text = pd.Series(prefix, dtype=object)
    return np.asarray(text.groupby(text, sort=False).cumcount() + 1, np.int64)


def numbered(prefix: Texts, width: int) -> Texts:
    """Append a running number to equal prefixes."""
    return np.asarray(prefix + digits(running(prefix), width), object)
