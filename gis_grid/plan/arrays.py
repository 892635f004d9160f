"""The arrays that a plan is made of, and who is told of progress."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
Texts = npt.NDArray[np.object_]

Progress = Callable[[str, int, int], None]
"""Told the name of a step, how much of it is done and of how much; to cancel, raise from it: no
function of this package leaves anything half changed."""

KINDS = ("street", "wall", "water")
"""What a border can run along besides nothing, in the order of `kinds_m` columns."""


def silent(_step: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def totals(label: Ints, values: Floats, count: int) -> Floats:
    """Sum rows by label, shape ``(count, k)`` for ``(n, k)`` values; labels below 0 are left out.

    Examples
    --------
    >>> totals(np.array([0, 2, 0, -1]), np.array([[1.0], [2.0], [3.0], [9.0]]), 3).tolist()
    [[4.0], [0.0], [2.0]]
    >>> totals(np.array([], int), np.empty((0, 2)), 1).tolist()
    [[0.0, 0.0]]
    """
    inside = label >= 0
    columns = [np.bincount(label[inside], values[inside, k], count) for k in range(values.shape[1])]
    return np.stack(columns, axis=1).astype(float) if columns else np.empty((count, 0))


def numbered(labels: npt.ArrayLike) -> tuple[Ints, Texts]:
    """Give numbers to labels in their sorted order; missing ones (None, NaN, "") get -1.

    Examples
    --------
    >>> number, names = numbered(["b", None, "a", "b", float("nan")])
    >>> number.tolist(), names.tolist()
    ([1, -1, 0, 1, -1], ['a', 'b'])
    """
    given = np.asarray(labels, object)
    present = ~np.asarray(pd.isna(given)) & (given != "")
    texts = np.array([str(one) for one in given[present]], object)
    names, inverse = np.unique(texts, return_inverse=True)
    number = np.full(len(given), -1, np.int64)
    number[present] = inverse
    return number, names
