"""Which of many candidates somebody meant: exact before beginning before within before similar."""

from collections.abc import Iterable, Sequence
from enum import IntEnum

from rapidfuzz import fuzz

from gis_grid.locating.folding import fold

SIMILAR_PERCENT = 60.0
"""Names less alike than this are not offered; one wrong character of three is 67."""

LEAST_SIMILAR = 3
"""Shorter texts are alike to anything."""


class Fit(IntEnum):
    """How well a candidate fits; smaller is better."""

    CODE = 0
    """Its code is the text."""

    WHOLE = 1
    """Its name, address or number is the text."""

    HOUSE = 2
    """It is the building or entrance that the text describes, or has the number but for zeros."""

    CODE_BEGINS = 3
    NAME_BEGINS = 4
    WITHIN = 5
    NUMBER_ENDS = 6
    """The number painted on it ends so."""

    CODE_ENDS = 7
    WORDS = 8
    """All words of the text occur in what is known of it."""

    SIMILAR = 9


def fit_of(asked: str, term: str, texts: Iterable[str | None], *, is_address: bool) -> Fit:
    """Say how a candidate fits that was found by a piece which begins with the folded text.

    Parameters
    ----------
    asked
        The folded text.
    term
        The piece.
    texts
        Names and numbers of the candidate as they are written; missing ones count for nothing.
    is_address
        Whether a piece that is the text is as good as the whole: a house without its district.

    Examples
    --------
    >>> fit_of("花园", "花园", ["长柏花园", None], is_address=False).name
    'WITHIN'
    >>> fit_of("长柏", "长柏花园", ["长柏花园"], is_address=False).name
    'NAME_BEGINS'
    >>> fit_of("瑞泉路2号", "瑞泉路2号", ["河东区瑞泉路2号楼"], is_address=True).name
    'WHOLE'
    """
    folded = [fold(text) for text in texts if text]
    if asked in folded or (is_address and term == asked):
        return Fit.WHOLE
    begins = is_address or any(text.startswith(asked) for text in folded)
    return Fit.NAME_BEGINS if begins else Fit.WITHIN


def likeness(asked: str, name: str | None) -> float:
    """Return how alike a folded text and a name are, from 0 to 100.

    Examples
    --------
    >>> likeness("望西路", "望溪路") > SIMILAR_PERCENT, likeness("望溪路", None)
    (True, 0.0)
    """
    return fuzz.ratio(asked, fold(name)) if name else 0.0


def starts_for(asked: str) -> Sequence[str]:
    """Return the beginnings of pieces among which a name with one wrong character is found.

    Examples
    --------
    >>> starts_for("望西路"), starts_for("望")
    (('望', '西', '路'), ())
    """
    if len(asked) < LEAST_SIMILAR:
        return ()
    return tuple(dict.fromkeys(one for one in asked[:4] if not one.isdigit()))


def says_all(words: Iterable[str], texts: Iterable[str | None]) -> bool:
    """Say whether every folded word occurs in one of some texts.

    Examples
    --------
    >>> says_all(["祥盛", "幼儿园"], ["祥盛社区幼儿园", None]), says_all(["a"], [None])
    (True, False)
    """
    folded = [fold(text) for text in texts if text]
    return all(any(word in text for text in folded) for word in words)
