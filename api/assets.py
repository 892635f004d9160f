"""The built console in memory: a few files, packed once, with the names that vite gave them."""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import Request, Response

from gis_grid.errors import NotFoundError, StorageError

STATIC = Path(__file__).parent / "static"
HASHED = "assets/"
"""Names below it hold a hash of the content, so a browser may keep them for ever."""

_PACKED = frozenset({".css", ".html", ".js", ".json", ".svg", ".txt"})
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file of the console."""

    media_type: str
    content: bytes
    gzipped: bytes | None
    tag: str


@cache
def built(folder: Path = STATIC) -> Mapping[str, Asset]:
    """Return every file of the console by its path below `folder`; nothing when it is not built."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): _read(file) for file in files}


def page(name: str) -> Asset:
    """Return a page of the console.

    Raises
    ------
    StorageError
        The console was not built; the message names the command that does.
    """
    found = built().get(f"{name}.html")
    if found is None:
        message = "the console was not built; run: python scripts/web.py (or make demo)"
        raise StorageError(message)
    return found


def asset(path: str) -> Asset:
    """Return a file of the console.

    Raises
    ------
    NotFoundError
        There is none.
    """
    found = built().get(path)
    if found is None:
        message = f"the console has no file {path!r}"
        raise NotFoundError(message)
    return found


def answer(request: Request, asset: Asset, headers: Mapping[str, str]) -> Response:
    """Send a file, packed if that is accepted; nothing when the browser has it already."""
    sent = {**headers, "ETag": asset.tag, "Vary": "Accept-Encoding"}
    sent["X-Content-Type-Options"] = "nosniff"
    if request.headers.get("if-none-match") == asset.tag:
        return Response(status_code=304, headers=sent)
    if asset.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        sent["Content-Encoding"] = "gzip"
        return Response(asset.gzipped, headers=sent, media_type=asset.media_type)
    return Response(asset.content, headers=sent, media_type=asset.media_type)


def _read(file: Path) -> Asset:
    content = file.read_bytes()
    return Asset(
        media_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        content=content,
        gzipped=gzip.compress(content, 9, mtime=0) if file.suffix in _PACKED else None,
        tag=f'"{hashlib.sha256(content).hexdigest()[:24]}"',
    )
