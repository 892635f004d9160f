"""Which categories a spoken word means: the names of a table, and what people call them."""

from collections.abc import Mapping
from types import MappingProxyType

from gis_grid.locating.folding import fold

SPOKEN: Mapping[str, str] = MappingProxyType(
    {
        "灯杆": "路灯",
        "路灯杆": "路灯",
        "电杆": "立杆",
        "电线杆": "立杆",
        "杆子": "立杆",
        "窨井": "井盖",
        "下水井": "井盖",
        "马葫芦": "井盖",
        "垃圾桶": "垃圾箱",
        "果皮箱": "垃圾箱",
        "消火栓": "消防设施",
        "消防栓": "消防设施",
        "红绿灯": "交通信号灯",
        "路牌": "路名牌",
        "厕所": "公共厕所",
        "公厕": "公共厕所",
        "公交站": "公交站亭",
    }
)
"""What people say, and the word in the published tables that it stands for."""


_SHORTEST = 3
"""Letters of a word that means something by itself."""


def categories_of(word: str, names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the keys of the categories that a word means, in their order.

    Parameters
    ----------
    word
        Folded or not.
    names
        Every category with its names, of any language.

    Returns
    -------
    tuple of str
        Those with a name that contains the word, or what the word is spoken for.

    Examples
    --------
    >>> names = {"0118": ("路灯", "Street light"), "0117": ("立杆", "Pole"), "0103": ("雨水井盖",)}
    >>> categories_of("灯杆", names), categories_of("井盖", names), categories_of("pole", names)
    (('0118',), ('0103',), ('0117',))
    >>> categories_of("", names), categories_of("凉亭", names), categories_of("e", names)
    ((), (), ())
    """
    asked = fold(word)
    meant = fold(SPOKEN.get(asked, asked))
    if not meant or (meant.isascii() and len(meant) < _SHORTEST):
        return ()
    return tuple(key for key, known in names.items() if any(meant in fold(one) for one in known))


def kind_in(word: str, names: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], str]:
    """Return the categories that a word or the end of it means, and the rest of the word.

    Examples
    --------
    >>> names = {"0118": ("路灯",), "0117": ("立杆",)}
    >>> kind_in("画街灯杆", names), kind_in("路灯", names), kind_in("画街", names)
    ((('0118',), '画街'), (('0118',), ''), ((), '画街'))
    """
    asked = fold(word)
    if whole := categories_of(asked, names):
        return whole, ""
    known = {fold(one) for several in names.values() for one in several} | set(map(fold, SPOKEN))
    ends = [one for one in known if len(one) > 1 and asked.endswith(one)]
    if not ends:
        return (), asked
    kind = max(ends, key=lambda one: (len(one), one))
    return categories_of(kind, names), asked.removesuffix(kind)
