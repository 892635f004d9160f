"""Fixed-width codes of 社区·小区·片区·楼栋·单元, 22 to 24 digits."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise

from gis_grid.errors import CodeError
from gis_grid.grid.area_code import AreaCode, AreaLevel, begins_with_area
from gis_grid.grid.digits import Codes, DigitTable, Mask, next_number, numbers_after, require_digits

LEVELS = ("community", "compound", "subarea", "building", "entrance")
BUILDING_WIDTHS = (3, 4, 5)
_AREA, _COMPOUND, _SUBAREA, _ENTRANCE = 12, 3, 2, 2
_FIXED = _AREA + _COMPOUND + _SUBAREA + _ENTRANCE
WIDTHS = tuple(_FIXED + width for width in BUILDING_WIDTHS)
"""Digits of a whole code; they tell how wide the building part is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiveLevelCode:
    """The code of a grid of the five-level scheme: 12 + 3 + 2 + 3 to 5 + 2 digits.

    A part that is zero is not divided: a building right in a compound has sub-area 00.
    The level of a code is that of its last part that is not zero.

    Attributes
    ----------
    community
        12-digit area code of the community or village.
    compound, subarea, building, entrance
        Numbers of 3, 2, `building_width` and 2 digits; 0 is not divided.
    building_width
        3 (default), 4 or 5 digits for the building; one city uses one width.

    Raises
    ------
    CodeError
        `community` is no valid code of a community or village, a number does not fit, or an
        entrance has no building.

    Notes
    -----
    No national standard codes these five levels as one chain. The widths are gis_grid's own; the
    zero for "not divided" follows CJ/T 349-2010, the 5-digit building DB6101/T 3185-2024.

    Examples
    --------
    >>> code = FiveLevelCode.parse("2101020010020030200702")
    >>> code.level, code.compound, code.subarea, code.building, code.entrance
    ('entrance', 3, 2, 7, 2)
    >>> str(code.parent), code.parent.parent.level
    ('2101020010020030200700', 'subarea')
    >>> FiveLevelCode.parse("2101020010020000000001")
    Traceback (most recent call last):
    gis_grid.errors.CodeError: five-level code '2101020010020000000001' has entrance 1 of no building
    """  # noqa: E501 - an error message is one line

    community: str
    compound: int = 0
    subarea: int = 0
    building: int = 0
    entrance: int = 0
    building_width: int = 3

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit and parts that hang in the air."""
        if self.building_width not in BUILDING_WIDTHS:
            message = f"building width {self.building_width} is none of 3, 4, 5 digits"
            raise CodeError(message)
        for level, width in self.widths.items():
            number = self.number(level)
            if not 0 <= number < 10**width:
                message = f"{level} number {number} of a five-level code must have {width} digits"
                raise CodeError(message)
        if AreaCode(self.community).level is not AreaLevel.VILLAGE:
            message = f"five-level code {str(self)!r} does not begin with a community or village"
            raise CodeError(message)
        if self.entrance and not self.building:
            message = f"five-level code {str(self)!r} has entrance {self.entrance} of no building"
            raise CodeError(message)

    @classmethod
    def parse(cls, text: str) -> "FiveLevelCode":
        """Return the code that `text` writes; its length tells how wide the building part is.

        Raises
        ------
        CodeError
            Not 22, 23 or 24 digits, or no possible code.
        """
        require_digits(text, WIDTHS, "five-level code")
        building_width = len(text) - _FIXED
        ends = accumulate([_AREA, _COMPOUND, _SUBAREA, building_width, _ENTRANCE])
        parts = [int(text[start:end]) for start, end in pairwise(ends)]
        compound, subarea, building, entrance = parts
        return cls(
            community=text[:_AREA],
            compound=compound,
            subarea=subarea,
            building=building,
            entrance=entrance,
            building_width=building_width,
        )

    @staticmethod
    def valid_mask(codes: Codes, *, building_width: int = 3) -> Mask:
        """Return which of `codes` `parse` accepts with this width of the building part.

        Parameters
        ----------
        codes
            Texts, shape ``(n,)``; a missing value is not valid.
        building_width
            3, 4 or 5 digits: a city's codes must agree in it.

        Returns
        -------
        bool array, shape ``(n,)``
        """
        width = _FIXED + building_width
        table = DigitTable(codes, width)
        building = table.number(_AREA + _COMPOUND + _SUBAREA, width - _ENTRANCE)
        entrance = table.number(width - _ENTRANCE, width)
        in_village = begins_with_area(table) & (table.number(9, _AREA) > 0)
        mask: Mask = in_village & ((entrance == 0) | (building > 0))
        return mask

    @property
    def widths(self) -> dict[str, int]:
        """Return the digits of each level below the community."""
        numbers = (_COMPOUND, _SUBAREA, self.building_width, _ENTRANCE)
        return dict(zip(LEVELS[1:], numbers, strict=True))

    @property
    def level(self) -> str:
        """Return the key of its level."""
        divided = [level for level in LEVELS[1:] if self.number(level)]
        return divided[-1] if divided else LEVELS[0]

    @property
    def parent(self) -> "FiveLevelCode | None":
        """Return the code of the grid that it is divided from; None for a community."""
        if self.level == LEVELS[0]:
            return None
        return self._with(self.level, 0)

    def number(self, level: str) -> int:
        """Return its number at `level`, one of `LEVELS` but the first; 0 is not divided."""
        numbers = (self.compound, self.subarea, self.building, self.entrance)
        return numbers[LEVELS.index(level) - 1]

    def child(self, level: str, number: int) -> "FiveLevelCode":
        """Return the code of part `number` of this grid at `level`, which may skip levels.

        Raises
        ------
        CodeError
            `level` does not lie below this code's level, or `number` is zero or does not fit.

        Examples
        --------
        >>> community = FiveLevelCode(community="210102001002")
        >>> str(community.child("subarea", 4))
        '2101020010020000400000'
        """
        if level not in LEVELS[LEVELS.index(self.level) + 1 :]:
            message = f"five-level code {str(self)!r} has no {level} below its {self.level}"
            raise CodeError(message)
        if number == 0:
            message = f"{level} number 0 means not divided; numbers start at 1"
            raise CodeError(message)
        return self._with(level, number)

    def next_free(self, level: str, taken: Iterable[str]) -> "FiveLevelCode":
        """Return the code for one more part of this grid at `level`.

        Parameters
        ----------
        level
            A level below this one.
        taken
            Codes in use or retired, anywhere; one that is taken further down is taken here.

        Raises
        ------
        CodeError
            `level` does not lie below, or all numbers are taken.
        """
        self.child(level, 1)
        width = len(str(self))
        end = width - sum(list(self.widths.values())[LEVELS.index(level) :])
        start = str(self)[: end - self.widths[level]]
        cut = (code[:end] for code in taken if len(code) == width)
        high = 10 ** self.widths[level] - 1
        used = numbers_after(start, cut, width=end)
        number = next_number(used, low=1, high=high, what=f"{self.level} {self}")
        return self.child(level, number)

    def __str__(self) -> str:
        """Return the digits, zeros for parts that are not divided."""
        parts = [f"{self.number(level):0{width}d}" for level, width in self.widths.items()]
        return self.community + "".join(parts)

    def _with(self, level: str, number: int) -> "FiveLevelCode":
        numbers = {name: self.number(name) for name in LEVELS[1:]} | {level: number}
        return FiveLevelCode(
            community=self.community, building_width=self.building_width, **numbers
        )
