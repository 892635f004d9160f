"""Special grids (专属网格) from a file."""

from pathlib import Path

from gis_grid.exchange.special_files import index_special, read_set, read_special
from gis_grid.router.special import SpecialIndex
from gis_grid.storage.special import GivenSpecial


def special_grids(path: Path | None) -> SpecialIndex | None:
    """Index the special grids of a file; None without one.

    Parameters
    ----------
    path
        As for `gis_grid.exchange.special_files.read_special`.

    Raises
    ------
    FileError, CrsError, GeometryError, InputError
        The file is no set of special grids; the message says why.
    """
    return None if path is None else index_special(read_special(path), str(path))


def given_special(path: Path | None) -> GivenSpecial | None:
    """Read the special grids of a file for lists, search and tiles; None without one.

    Raises
    ------
    FileError, CrsError, GeometryError, InputError
        The file is no set of special grids; the message says why.
    """
    return None if path is None else GivenSpecial(read_set(path))
