"""Archives that would unpack to more than any honest file: refused before anything is unpacked."""

import zipfile
from pathlib import Path

from gis_grid.errors import FileError

PACKED = frozenset({".zip", ".xlsx"})
"""Endings of files that are zip archives."""

MOST_BYTES = 8 * 2**30
"""An archive may hold so much: a city's largest layer takes less than one GiB."""

MOST_TIMES = 200
"""So many times the archive's own size; sheets of numbers reach 20."""

SMALL_BYTES = 64 * 2**20
"""Below it no ratio is too large."""

MOST_FILES = 10_000


def require_honest(path: Path) -> None:
    """Raise when a zip archive or a workbook holds far more than it looks.

    The sizes are those that its directory states; a reader gets no more than these.

    Raises
    ------
    FileError
        It would unpack to more than 8 GiB, to 200 times its size, or to 10,000 files and more.
    """
    if path.suffix.lower() not in PACKED or not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    size = sum(member.file_size for member in members)
    times = size / max(1, path.stat().st_size)
    if (
        len(members) > MOST_FILES
        or size > MOST_BYTES
        or (size > SMALL_BYTES and times > MOST_TIMES)
    ):
        message = (
            f"{path} would unpack to {size / 2**20:,.0f} MiB in {len(members):,} files, "
            f"{times:,.0f} times its size; unpack it yourself if you trust it"
        )
        raise FileError(message)
