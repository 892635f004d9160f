"""The words of the made-up city: kinds of lines, land uses, sizes and their measures."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Geoms = NDArray[np.object_]
Texts = NDArray[np.object_]


class Kind(IntEnum):
    """Kind of a line of the planar graph, strongest first; people walk on all up to PATH."""

    ARTERIAL = 0
    SECONDARY = 1
    LOCAL = 2
    LANE = 3
    PATH = 4
    WALL = 5
    BANK = 6
    CUT = 7


HALF_M: Floats = np.array([17.0, 11.0, 6.0, 2.5, 1.5, 0.2, 3.0, 0.0])
"""Metres from the centre line to the outer side of the footway, by kind."""

SETBACK_M: Floats = np.array([33.0, 27.0, 9.0, 3.6, 5.0, 3.5, 9.0, 6.0])
"""Metres from the centre line to housing, by kind; shops stand between."""

FOOTWAY_M = 3.5
"""Width of a footway: the kerb lies that far inside HALF_M."""


class Use(IntEnum):
    """What a block is used for."""

    WATER = 0
    GREEN = 1
    FIELD = 2
    VILLAGE = 3
    OLD = 4
    SLAB = 5
    TOWER = 6
    SCHOOL = 7
    HOSPITAL = 8
    COMMERCE = 9
    OFFICE = 10
    FACTORY = 11
    SHOP = 12


HOUSING = (Use.OLD, Use.SLAB, Use.TOWER)
"""Uses that live behind compound walls."""

DWELLINGS = (Use.VILLAGE, *HOUSING)
"""Uses that people live in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """How big a city is; counts are targets, those of grids and incidents are met exactly."""

    half_m: float
    """Half the width of the city."""

    districts: int
    subdistricts: int
    communities: int
    grids: int
    facilities: int
    cameras: int
    officers: int
    """Persons who share the posts of 网格员."""

    incidents: int
    river_half_m: float
    block_m2: float
    """Size that blocks of housing aim at."""

    crowd: float
    """Share of the homes of a house that are lived in."""


SPECS: Mapping[str, Spec] = MappingProxyType(
    {
        "small": Spec(
            half_m=1760,
            districts=2,
            subdistricts=8,
            communities=46,
            grids=400,
            facilities=5_000,
            cameras=120,
            officers=60,
            incidents=20_000,
            river_half_m=42,
            block_m2=13_500,
            crowd=0.85,
        ),
        "medium": Spec(
            half_m=4700,
            districts=4,
            subdistricts=26,
            communities=300,
            grids=3_200,
            facilities=24_000,
            cameras=650,
            officers=450,
            incidents=200_000,
            river_half_m=70,
            block_m2=15_500,
            crowd=0.85,
        ),
        "large": Spec(
            half_m=10_700,
            districts=8,
            subdistricts=92,
            communities=1_080,
            grids=12_900,
            facilities=64_000,
            cameras=2_600,
            officers=1_815,
            incidents=1_000_000,
            river_half_m=120,
            block_m2=17_000,
            crowd=0.85,
        ),
    }
)
"""The three cities; ``large`` carries the largest figures that real cities have published."""
