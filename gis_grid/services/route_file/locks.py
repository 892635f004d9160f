"""A lock on a folder that goes with its process, however that ends, on every system."""

import os
import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

KEEPS_OPEN_FILES = sys.platform == "win32"
"""Whether a file cannot be removed while it is locked, nor a folder be synchronised."""

LOCK = "lock"
"""The file in the folder that is locked."""


def lock_folder(folder: Path) -> IO[bytes]:
    """Lock a folder until the file that is returned is closed, or the process ends.

    Raises
    ------
    BlockingIOError
        Somebody else holds it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name:
    ...     held = lock_folder(Path(name))
    ...     try:
    ...         lock_folder(Path(name))
    ...     except BlockingIOError:
    ...         print("held")
    ...     held.close()
    ...     lock_folder(Path(name)).close()
    held
    """
    file = (folder / LOCK).open("ab")
    try:
        _lock(file)
    except OSError as error:
        file.close()
        raise BlockingIOError(*error.args) from error
    return file


if sys.platform == "win32":

    def _lock(file: IO[bytes]) -> None:
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
