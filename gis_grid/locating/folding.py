"""One spelling for what people type and what the layers hold, and the pieces it is found by."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 64
"""Characters of a text that are looked at; the rest of a longer one is not searched."""

MOST_PIECES = 16
SHORTEST = 2

TURNED = "<"
"""Begins a piece that is a number written backwards, so that its last digits come first."""

EDITION = 1
"""Grows whenever `fold` or the pieces change: stored pieces of another edition are made again."""

_NUMERALS = "〇零一二三四五六七八九十百千两"
_COUNTERS = "号|栋|幢|座|楼|单元|层|室|门|弄|组|期"
_NUMERAL = re.compile(f"(?<=第)[{_NUMERALS}]{{1,9}}|[{_NUMERALS}]{{1,9}}(?= ?(?:{_COUNTERS}))")
_HOUSE = re.compile("([0-9]) ?(?:号 ?楼|栋|幢|座)")
_HASH = re.compile("(?<=[0-9]) ?# ?楼?")
_DISTRICT_END = frozenset("省市区县旗镇乡道村")


def fold(text: str) -> str:
    """Return `text` in the one spelling that texts are compared in.

    Width, case, blanks and punctuation do not count. Chinese numerals after 第 or before a counter
    are digits; 栋, 幢, 座 and 号楼 after a number are 号.

    Examples
    --------
    >>> fold("望溪路 十二号"), fold("德平苑３栋二单元"), fold("Lamp #A-07"), fold("五一路")
    ('望溪路12号', '德平苑3号2单元', 'lampa07', '五一路')
    >>> fold(""), fold("🏠 ，。"), len(fold("长" * 10_000))
    ('', '', 64)
    """
    return spaced(text).replace(" ", "")


@lru_cache(maxsize=16_384)
def spaced(text: str) -> str:
    """Return `text` folded, with one blank wherever blanks or punctuation were.

    Examples
    --------
    >>> spaced(" 路灯　０３０７ "), spaced("翠松巷-0030")
    ('路灯 0307', '翠松巷 0030')
    """
    text = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    text = _HASH.sub("号楼", unicodedata.normalize("NFKC", text)[:LONGEST])
    text = " ".join("".join(one if one.isalnum() else " " for one in text).split())
    text = _NUMERAL.sub(lambda found: _digits(found[0]), text)
    return _HOUSE.sub(r"\1号", text)[:LONGEST]


def _digits(numeral: str) -> str:
    import cn2an  # noqa: PLC0415 - it reads dictionaries; most texts need none

    try:
        return str(cn2an.cn2an(numeral.replace("〇", "零"), "smart"))
    except ValueError:
        return numeral


def pieces(text: str) -> tuple[str, ...]:
    """Return what a name is found by: its folded ends, from every place where a word may begin.

    Whoever types the middle of a name types the beginning of one of them. A word begins at every
    Chinese character, and where a run of letters or of digits begins.

    Examples
    --------
    >>> pieces("长柏花园"), pieces("Oak Street 12"), pieces("井"), pieces("")
    (('长柏花园', '柏花园', '花园'), ('oakstreet12', 'street12', '12'), (), ())
    """
    words = spaced(text)
    whole = words.replace(" ", "")
    found = dict.fromkeys(whole[start:] for start in _starts(words))
    return tuple(piece for piece in found if len(piece) >= SHORTEST)[:MOST_PIECES]


def _starts(words: str) -> Iterator[int]:
    """Yield where words begin, counted without the blanks."""
    at, before = 0, " "
    for one in words:
        if one == " ":
            before = one
            continue
        if _sort(one) == "other" or _sort(one) != _sort(before):
            yield at
        at, before = at + 1, one


def _sort(one: str) -> str:
    if one.isdigit():
        return "digit"
    return "letter" if one.isascii() and one.isalpha() else "blank" if one == " " else "other"


def address_pieces(text: str) -> tuple[str, ...]:
    """Return what an address is found by: all of it, and what follows each district in it.

    Examples
    --------
    >>> address_pieces("河东区瑞泉路2号楼"), address_pieces("云澜区清秋社区1号"), address_pieces("")
    (('河东区瑞泉路2号', '瑞泉路2号'), ('云澜区清秋社区1号', '清秋社区1号'), ())
    """
    whole = fold(text)
    starts = [0, *(at + 1 for at, one in enumerate(whole) if one in _DISTRICT_END)]
    found = dict.fromkeys(whole[start:] for start in starts)
    return tuple(piece for piece in found if len(piece) > SHORTEST and not piece[0].isdigit())[
        :MOST_PIECES
    ]


def turned(text: str) -> str | None:
    """Return the last run of digits of `text` backwards, behind `TURNED`; None without one.

    Whoever knows only the last digits types, turned, the beginning of it.

    Examples
    --------
    >>> turned("翠松巷-0030"), turned("2199020118001024"), turned("无号")
    ('<0300', '<4201008110209912', None)
    """
    runs = re.findall("[0-9]+", spaced(text))
    return TURNED + runs[-1][::-1] if runs else None
