"""What is said of a grid without its polygon, and the way from it up to the top."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GridName:
    """What a route says of a grid."""

    name: str | None
    level: str
    parent_code: str | None


def chain_of(names: Mapping[str, GridName], code: str | None) -> list[str]:
    """Return the codes from a grid up to the top of its city.

    Examples
    --------
    >>> up = GridName(name=None, level="city", parent_code=None)
    >>> names = {"1": up, "11": GridName(name=None, level="district", parent_code="1")}
    >>> chain_of(names, "11"), chain_of(names, "12"), chain_of(names, None)
    (['11', '1'], [], [])
    """
    chain: list[str] = []
    while code is not None and code in names and code not in chain:
        chain.append(code)
        code = names[code].parent_code
    return chain
