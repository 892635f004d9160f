"""What a grid's work is: minutes a year by a formula whose factors a city sets for itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from gis_grid.errors import InputError
from gis_grid.plan.arrays import Floats
from gis_grid.plan.blocks import Blocks

WALK_M_A_MINUTE = 80.0
"""Walking speed of Chinese practice, 4.8 km/h (research/planning.md C.1, C.4)."""

ROUNDS_A_YEAR = 2 * 250
"""Patrols of every street: two a working day."""

MINUTES: Mapping[str, float] = MappingProxyType(
    {
        "handling_minutes_a_year": 1.0,
        "households": 4 * 10.0,
        "facilities": 4 * 0.5,
        "patrol_m": ROUNDS_A_YEAR / WALK_M_A_MINUTE,
    }
)
"""Minutes a year for one of each weight: incidents as they took, a household four visits of ten
minutes, a facility four glances of half a minute, a metre of street its patrols. The factors are
assumptions to be replaced by a city's own time sheets."""


@dataclass(frozen=True, slots=True)
class Formula:
    """Work as a sum of weights times factors."""

    factors: Mapping[str, float] = field(default_factory=lambda: MINUTES)

    def __post_init__(self) -> None:
        """Refuse what is no factor.

        Raises
        ------
        InputError
            A factor is negative or not a number.
        """
        for name, factor in self.factors.items():
            if not (np.isfinite(factor) and factor >= 0):
                message = f"the factor of {name} is {factor}; it must be a number of 0 or more"
                raise InputError(message)

    def row(self, blocks: Blocks, *, strict: bool = False) -> Floats:
        """Return a factor for each weight of the blocks; weights that are not named count nothing.

        Parameters
        ----------
        blocks
            The atoms.
        strict
            Whether every factor must have its weight.

        Raises
        ------
        InputError
            The blocks have no weight that the formula names, or (strictly) lack one of them.

        Examples
        --------
        >>> import geopandas as gpd, shapely
        >>> from gis_grid.plan.blocks import blocks_of
        >>> square = gpd.GeoSeries([shapely.box(0, 0, 1, 1)], crs="EPSG:4549")
        >>> blocks = blocks_of(square, weights={"households": [3], "persons": [8]})
        >>> Formula({"households": 40.0}).row(blocks).tolist()
        [40.0, 0.0]
        """
        absent = [name for name in self.factors if name not in blocks.names]
        if len(absent) == len(self.factors) or (strict and absent):
            message = f"blocks have no weight {' or '.join(absent)}; "
            message += f"they have {', '.join(blocks.names) or 'none'}"
            raise InputError(message)
        return np.array([float(self.factors.get(name, 0.0)) for name in blocks.names])
