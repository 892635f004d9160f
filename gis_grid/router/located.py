"""The answer of a router for many points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

OUTSIDE = -1
"""The row of a point that no grid owns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Who owns each point."""

    index: NDArray[np.int32]
    """Row of the grid in the frame that the router was built from; -1 outside."""

    code: NDArray[np.object_]
    """Code of the grid, text; None outside."""

    cell: NDArray[np.int64] | None = None
    """H3 cell of each point, 0 for none; None where it was not asked for."""
