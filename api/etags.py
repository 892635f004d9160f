"""Tags of answers, by which a client asks whether it holds the newest one."""

from hashlib import blake2b

from fastapi import Request, Response

NOT_MODIFIED = 304


def etag_of(generation: int, *depends_on: object) -> str:
    """Return the tag of an answer: its generation, then a digest of all else that it depends on.

    It is a weak one: the same answer may be packed in several ways.

    Examples
    --------
    >>> etag_of(7), etag_of(7, "grids") == etag_of(7, "grids"), etag_of(7, 1) == etag_of(7, 2)
    ('W/"7-e4a6a0577479b2b4"', True, False)
    """
    digest = blake2b("\0".join(map(str, depends_on)).encode(), digest_size=8).hexdigest()
    return f'W/"{generation}-{digest}"'


def is_held(request: Request, tag: str) -> bool:
    """Say whether the client holds the answer with this tag already (RFC 9110, 13.1.2)."""
    named = request.headers.get("if-none-match")
    if named is None:
        return False
    words = [word.strip().removeprefix("W/") for word in named.split(",")]
    return "*" in words or tag.removeprefix("W/") in words


def unchanged(tag: str) -> Response:
    """Answer that the client holds the newest answer."""
    return Response(status_code=NOT_MODIFIED, headers=headers_of(tag))


def headers_of(tag: str) -> dict[str, str]:
    """Return what an answer with a tag says: keep it, but ask before it is shown again."""
    return {"ETag": tag, "Cache-Control": "private, no-cache"}
