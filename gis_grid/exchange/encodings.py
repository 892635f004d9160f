"""Which encoding a text file is in: stated by a mark, or found by decoding all of it."""

import codecs
import gzip
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

from charset_normalizer import from_bytes

from gis_grid.errors import FileError

_CHUNK_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 16
_TRIED = ("utf-8", "gb18030")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_bytes(path: Path) -> IO[bytes] | gzip.GzipFile:
    """Open a file for reading, unpacked when its name ends in ``.gz``."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")
    return path.open("rb")


def detect_encoding(path: Path) -> str:
    """Say in which encoding a text file is written.

    A byte-order mark decides; else the whole file is UTF-8 when it decodes as UTF-8, and GB 18030
    (which contains GBK and GB 2312) when it decodes as that and reads like Chinese; else
    charset-normalizer is asked about the first 64 KiB.

    Parameters
    ----------
    path
        A text file, or a gzip of one.

    Returns
    -------
    str
        A codec name of Python. An empty file is ``utf-8``.

    Raises
    ------
    FileError
        No encoding fits: the file is binary or damaged.
    """
    with closing(open_bytes(path)) as stream:
        head = stream.read(_SAMPLE_BYTES)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        message = f"{path} is not a text file: it contains zero bytes"
        raise FileError(message)
    for encoding in _TRIED:
        if _decodes(path, encoding):
            return encoding if encoding == "utf-8" else _confirm(head, encoding)
    best = from_bytes(head).best()
    if best is not None and _decodes(path, best.encoding):
        return best.encoding
    message = f"{path} is in no known encoding; give it with --encoding"
    raise FileError(message)


def require_encoding(path: Path, encoding: str) -> str:
    """Return `encoding` when all of the file decodes with it.

    Raises
    ------
    FileError
        There is no such encoding, or the file is not written in it.
    """
    try:
        codecs.lookup(encoding)
    except LookupError:
        message = f"there is no encoding {encoding!r}; try utf-8 or gbk"
        raise FileError(message) from None
    if not _decodes(path, encoding):
        message = f"{path} is not written in {encoding}; leave out --encoding to have it detected"
        raise FileError(message)
    return encoding


def _chunks(path: Path) -> Iterator[bytes]:
    with closing(open_bytes(path)) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            yield chunk


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _confirm(head: bytes, encoding: str) -> str:
    """Keep GB 18030 unless its sample has no common Chinese character: Latin-1 decodes too."""
    text = head.decode(encoding, errors="ignore")
    wide = [character for character in text if ord(character) > 127]  # noqa: PLR2004 - not ASCII
    chinese = sum(_is_common(character) for character in wide)
    if wide and chinese < len(wide) / 2:
        best = from_bytes(head).best()
        return best.encoding if best is not None else encoding
    return encoding


def _is_common(character: str) -> bool:
    try:
        lead = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return lead < 0xD8  # noqa: PLR2004 - the 3,755 first-level characters and the symbols
