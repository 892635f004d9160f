"""What somebody asks for, taken apart: words, a number, a house with its entrance."""

import re
from dataclasses import dataclass

from gis_grid.locating.folding import fold, spaced

_HOUSE = re.compile(
    r"(?P<base>.*[^0-9])(?P<number>[0-9]{1,6})号(?:(?P<unit>[0-9]{1,3})单元(?P<room>.*))?"
)
_LAST_NUMBER = re.compile(r"(?P<before>.*?[^0-9]|)(?P<number>[0-9]{1,20})(?P<after>[^0-9]*)")
_FILLING = re.compile("^[第号根个盏只座的号码]+|[第号根个盏只座的号码]+$")
_CELL = re.compile("0?[0-9a-f]{15}")
LONGEST_CODE = 200


@dataclass(frozen=True, slots=True)
class House:
    """A building by its number, and perhaps an entrance of it."""

    base: str
    """The street, compound or community, folded."""

    number: int
    unit: int | None
    room: str
    """What follows the entrance: a room that no layer holds; it is never dropped silently."""

    @property
    def address(self) -> str:
        """Return the folded address of the building."""
        return f"{self.base}{self.number}号"


@dataclass(frozen=True, slots=True)
class Question:
    """A text that somebody looks for."""

    text: str
    """As it was typed, without blanks around it."""

    whole: str
    """Folded."""

    words: tuple[str, ...]
    """Folded pieces between blanks and numbers, without filling words."""

    number: str | None
    """The last run of digits; None without one."""

    house: House | None

    @property
    def code(self) -> str | None:
        """Return the text as a code could be written; None when it is none."""
        code = self.text.replace(" ", "")
        return code if code and len(code) <= LONGEST_CODE and "\0" not in code else None

    @property
    def cell(self) -> str | None:
        """Return the text as the word of an H3 cell; None when it cannot be one."""
        word = self.text.lower()
        return word.lstrip("0") if _CELL.fullmatch(word) else None


def understand(text: str) -> Question:
    """Take a text apart.

    Examples
    --------
    >>> asked = understand("翠松巷 第30号灯杆")
    >>> asked.words, asked.number, asked.house
    (('翠松巷', '灯杆'), '30', None)
    >>> understand("德平苑三栋二单元501").house
    House(base='德平苑', number=3, unit=2, room='501')
    >>> understand("灯杆0307").words, understand("8C3020A906495FF").cell
    (('灯杆',), '8c3020a906495ff')
    >>> understand("  ").code, understand("🏠").whole, understand("2号楼").house
    (None, '', None)
    """
    clean = text.strip()
    whole = fold(clean)
    parts = spaced(clean)
    found = _LAST_NUMBER.fullmatch(parts)
    loose = f"{found['before']} {found['after']}" if found else parts
    words = (_FILLING.sub("", word) for word in loose.split())
    return Question(
        text=clean,
        whole=whole,
        words=tuple(dict.fromkeys(word for word in words if word)),
        number=found["number"] if found else None,
        house=_house(whole),
    )


def _house(whole: str) -> House | None:
    found = _HOUSE.fullmatch(whole)
    if found is None:
        return None
    unit = found["unit"]
    return House(
        base=found["base"],
        number=int(found["number"]),
        unit=None if unit is None else int(unit),
        room=found["room"] or "",
    )
