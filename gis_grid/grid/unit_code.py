"""15-digit codes of unit grids (单元网格): community and sequence number."""

from collections.abc import Iterable
from dataclasses import dataclass

from gis_grid.errors import CodeError
from gis_grid.grid.area_code import AreaCode, AreaLevel, begins_with_area
from gis_grid.grid.digits import Codes, DigitTable, Mask, next_number, numbers_after, require_digits

WIDTH = 15
LAST = 999
"""Unit grids of a community are numbered 001 to 999."""


@dataclass(frozen=True, slots=True)
class UnitCode:
    """The code of a unit grid: 12 digits of its community, then 001 to 999.

    The number runs from west to east and from north to south within the community; see
    `gis_grid.grid.sequence.number_units`.

    Attributes
    ----------
    community
        12-digit area code of the community or village.
    number
        Sequence number, 1 to 999.

    Raises
    ------
    CodeError
        `community` is no valid code of a community or village, or `number` is out of range.

    Notes
    -----
    GB/T 30428.1; the same digits number management grids, sets of 1 to 5 unit grids.

    Examples
    --------
    >>> code = UnitCode.parse("320582107234001")
    >>> code.community, code.number, str(code)
    ('320582107234', 1, '320582107234001')
    >>> UnitCode.parse("320582107234000")
    Traceback (most recent call last):
    gis_grid.errors.CodeError: unit code '320582107234000' must end in 001 to 999
    """

    community: str
    number: int

    def __post_init__(self) -> None:
        """Refuse a number or a community that could not be."""
        area = AreaCode(self.community)
        if area.level is not AreaLevel.VILLAGE:
            message = f"unit code in {area}: not the code of a community or village"
            raise CodeError(message)
        if not 1 <= self.number <= LAST:
            message = f"unit code '{area}{self.number:03d}' must end in 001 to {LAST}"
            raise CodeError(message)

    @classmethod
    def parse(cls, text: str) -> "UnitCode":
        """Return the code that the 15 digits of `text` write.

        Raises
        ------
        CodeError
            Not 15 digits, or no possible code.
        """
        require_digits(text, [WIDTH], "unit code")
        return cls(text[:12], int(text[12:]))

    @staticmethod
    def valid_mask(codes: Codes) -> Mask:
        """Return which of `codes` `parse` accepts, as a bool array of shape ``(n,)``.

        A missing value is not valid.
        """
        table = DigitTable(codes, WIDTH)
        village, number = table.number(9, 12), table.number(12, WIDTH)
        return begins_with_area(table) & (village > 0) & (number > 0)

    @property
    def parent(self) -> AreaCode:
        """Return the code of its community."""
        return AreaCode(self.community)

    @classmethod
    def next_free(cls, community: str, taken: Iterable[str]) -> "UnitCode":
        """Return the code for one more unit grid of `community`.

        Parameters
        ----------
        community
            12-digit code.
        taken
            Unit codes in use or retired, in any community.

        Raises
        ------
        CodeError
            All 999 are taken, or `community` is no community.
        """
        used = numbers_after(community, taken, width=WIDTH)
        number = next_number(used, low=1, high=LAST, what=f"community {community}")
        return cls(community, number)

    def __str__(self) -> str:
        """Return the 15 digits."""
        return f"{self.community}{self.number:03d}"
