"""Functions that numba compiles once and keeps on the disk, until any source beside them changes.

Numba itself looks only at the file of the function that is called: a function that it inlined from
another file would stay the old one after an update.
"""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba as nb
from numba.core import config
from numba.core.caching import InTreeCacheLocator, UserProvidedCacheLocator, UserWideCacheLocator

Compiled = TypeVar("Compiled", bound=Callable[..., Any])


@cache
def stamp_of(folder: Path) -> bytes:
    """Return a digest of all Python sources in a folder, their names included."""
    digest = sha256()
    for path in sorted(folder.glob("*.py")):
        source = path.read_bytes()
        digest.update(f"{path.name}\0{len(source)}\0".encode() + source)
    return digest.digest()


class _OfFolder:
    """Makes a locator of numba's say that a source is as old as its folder and the one above."""

    _py_file: str

    def get_source_stamp(self) -> bytes:
        folder = Path(self._py_file).parent
        return stamp_of(folder) + stamp_of(folder.parent)


class Named(_OfFolder, UserProvidedCacheLocator):
    """Keeps what was compiled where ``NUMBA_CACHE_DIR`` says."""


class Beside(_OfFolder, InTreeCacheLocator):
    """Keeps what was compiled beside the sources."""


class AtHome(_OfFolder, UserWideCacheLocator):
    """Keeps what was compiled in the user's cache, when the sources' folder is read-only."""


LOCATORS = ",".join(f"{one.__module__}.{one.__name__}" for one in (Named, Beside, AtHome))


def kernel(function: Compiled) -> Compiled:
    """Compile a function when it is first called; it is free of the GIL and kept on the disk.

    Everything compiled that it calls has to lie in the same folder or the one above it.

    Examples
    --------
    >>> from gis_grid.router.distance import metres_per_degree
    >>> [round(metres) for metres in metres_per_degree(0.0)]
    [111319, 110574]
    """
    settings: Any = config  # its stubs do not know the setting
    before = settings.CACHE_LOCATOR_CLASSES
    settings.CACHE_LOCATOR_CLASSES = LOCATORS  # numba reads it while it decorates
    try:
        compiled: Any = nb.njit(cache=True, nogil=True, error_model="numpy")(function)
    finally:
        settings.CACHE_LOCATOR_CLASSES = before
    return cast("Compiled", compiled)
