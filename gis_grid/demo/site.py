"""What is known of the city when things are put on it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from gis_grid.demo.coding import Codes
from gis_grid.demo.ground import Ground
from gis_grid.demo.hierarchy import Hierarchy
from gis_grid.demo.kinds import Floats, Ints, Texts, Use
from gis_grid.demo.lines import totals
from gis_grid.demo.names import Names
from gis_grid.demo.planar import THIN, roundness
from gis_grid.demo.walk import Walk

_LEAST_PARK_M2 = 8e3


@dataclass(frozen=True, slots=True)
class Site:
    """The finished ground with its houses, ways, names and codes."""

    ground: Ground
    hierarchy: Hierarchy
    houses: pd.DataFrame
    walk: Walk
    names: Names
    codes: Codes
    tree: shapely.STRtree
    """Over the blocks in metres."""

    def block_of(self, xy_m: Floats) -> Ints:
        """Return the block that holds each point, the first of several; -1 outside the city."""
        hit, block = self.tree.query(shapely.points(xy_m), predicate="intersects")
        order = np.lexsort((block, hit))
        found = np.full(len(xy_m), -1)
        found[hit[order][::-1]] = block[order][::-1]
        return found

    @property
    def house_xy(self) -> Floats:
        """Return the middle of each house in metres."""
        return self.houses[["x", "y"]].to_numpy()

    @property
    def house_block(self) -> Ints:
        """Return the block of each house."""
        return self.houses["block"].to_numpy()

    @property
    def parcel_area_m2(self) -> Floats:
        """Return the area of each parcel."""
        return totals(self.ground.parcel, shapely.area(self.ground.blocks))

    def parks(self) -> tuple[Ints, Floats]:
        """Return one block of each park that is more than a strip, and the area of the park."""
        ground = self.ground
        fit = (ground.use == Use.GREEN) & (roundness(ground.blocks) > THIN)
        block = np.flatnonzero(fit & (self.parcel_area_m2[ground.parcel] > _LEAST_PARK_M2))
        first = np.unique(ground.parcel[block], return_index=True)[1]
        return block[first], self.parcel_area_m2[ground.parcel[block[first]]]

    def park_names(self, block: Ints) -> Texts:
        """Name parks after their community."""
        community = self.names.community[self.hierarchy.community[block]]
        return np.array([name.removesuffix("社区") + "公园" for name in community], object)
