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
        Those with a name that contains the word, or the word that it is spoken for, or that the
        word itself contains.

    Examples
    --------
    >>> names = {"0118": ("路灯", "Street light"), "0117": ("立杆", "Pole"), "0103": ("雨水井盖",)}
    >>> categories_of("灯杆", names), categories_of("井盖", names), categories_of("pole", names)
    (('0118',), ('0103',), ('0117',))
    >>> categories_of("路灯杆子", names), categories_of("", names), categories_of("凉亭", names)
    (('0118',), (), ())
    """
    asked = fold(word)
    meant = fold(SPOKEN.get(asked, asked))
    if not meant:
        return ()
    return tuple(
        key
        for key, known in names.items()
        if any(meant in name or (len(name) > 1 and name in meant) for name in map(fold, known))
    )
