"""16-digit codes of facilities (部件) in the two dialects in use."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gis_grid.errors import CodeError
from gis_grid.grid.area_code import AreaCode, begins_with_area
from gis_grid.grid.digits import Codes, DigitTable, Mask, next_number, numbers_after, require_digits

WIDTH = 16
Dialect = Literal["2007", "draft"]
_MINOR_WIDTHS: dict[str, int] = {"2007": 2, "draft": 3}
_COUNTY, _MAJOR = 6, 2
_FIRST_LOCAL_MINOR = 80
_LOCAL_MAJOR = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class FacilityCode:
    """The code of a facility: county 6, major 2, minor 2 or 3, number 6 or 5 digits.

    The digits do not tell the dialect, so it is always given. ``2007`` has a 2-digit minor
    and a 6-digit number (CJ/T 214-2007, GB/T 30428.2-2013); ``draft`` has 3 and 5 (the revision
    for 城市运行管理服务平台).

    Attributes
    ----------
    dialect
        ``2007`` or ``draft``.
    county
        6-digit code of the county or district.
    category
        Major and minor class together, 4 or 5 digits: the code in the facility table.
    number
        Number within county and category, from 1.

    Raises
    ------
    CodeError
        Unknown dialect, no valid county, category of a wrong length or with major or minor 0,
        number out of range.

    Examples
    --------
    >>> code = FacilityCode.parse("3205820305007077", dialect="2007")
    >>> code.category, code.number
    ('0305', 7077)
    >>> FacilityCode.parse("3205820305007077", dialect="draft").category
    '03050'
    >>> FacilityCode.parse("3205820305000000", dialect="2007")
    Traceback (most recent call last):
    gis_grid.errors.CodeError: facility code '3205820305000000' has a zero as major, minor or number
    """

    dialect: Dialect
    county: str
    category: str
    number: int

    def __post_init__(self) -> None:
        """Refuse parts that could not be."""
        minor = _minor_width(self.dialect)
        require_digits(self.county, [_COUNTY], "county of a facility code")
        AreaCode.parse(self.county)
        require_digits(self.category, [_MAJOR + minor], f"{self.dialect} facility category")
        if self.number >= 10 ** _number_width(minor):
            message = f"facility number {self.number} has more than {_number_width(minor)} digits"
            raise CodeError(message)
        if min(int(self.category[:_MAJOR]), int(self.category[_MAJOR:]), self.number) < 1:
            message = f"facility code {str(self)!r} has a zero as major, minor or number"
            raise CodeError(message)

    @classmethod
    def parse(cls, text: str, *, dialect: Dialect) -> "FacilityCode":
        """Return the code that the 16 digits of `text` write in `dialect`.

        Raises
        ------
        CodeError
            Not 16 digits, unknown dialect, or no possible code.
        """
        require_digits(text, [WIDTH], "facility code")
        end = _COUNTY + _MAJOR + _minor_width(dialect)
        return cls(
            dialect=dialect,
            county=text[:_COUNTY],
            category=text[_COUNTY:end],
            number=int(text[end:]),
        )

    @staticmethod
    def valid_mask(codes: Codes, *, dialect: Dialect) -> Mask:
        """Return which of `codes` `parse` accepts in `dialect`, as a bool array ``(n,)``.

        A missing value is not valid.

        Raises
        ------
        CodeError
            Unknown dialect.
        """
        table = DigitTable(codes, WIDTH)
        minor_at, end = _COUNTY + _MAJOR, _COUNTY + _MAJOR + _minor_width(dialect)
        parts = ((_COUNTY, minor_at), (minor_at, end), (end, WIDTH))
        numbers = np.array([table.number(*part) for part in parts])
        mask: Mask = begins_with_area(table, digits=_COUNTY) & (numbers > 0).all(axis=0)
        return mask

    @property
    def major(self) -> str:
        """Return the 2 digits of its major class."""
        return self.category[:_MAJOR]

    @property
    def is_local(self) -> bool:
        """Return whether the class is a city's own: major 21, in the draft minor 080 and up."""
        if int(self.major) == _LOCAL_MAJOR:
            return True
        return self.dialect == "draft" and int(self.category[_MAJOR:]) >= _FIRST_LOCAL_MINOR

    @classmethod
    def next_free(
        cls, county: str, category: str, taken: Iterable[str], *, dialect: Dialect
    ) -> "FacilityCode":
        """Return the code for one more facility of `category` in `county`.

        Parameters
        ----------
        county, category
            As in the attributes.
        taken
            Codes of the same dialect in use or retired, of any county and category.
        dialect
            ``2007`` or ``draft``.

        Raises
        ------
        CodeError
            All numbers are taken, or a part is wrong.
        """
        high = 10 ** _number_width(_minor_width(dialect)) - 1
        used = numbers_after(county + category, taken, width=WIDTH)
        number = next_number(used, low=1, high=high, what=f"category {category} in {county}")
        return cls(dialect=dialect, county=county, category=category, number=number)

    def __str__(self) -> str:
        """Return the 16 digits."""
        width = _number_width(_minor_width(self.dialect))
        return f"{self.county}{self.category}{self.number:0{width}d}"


def _minor_width(dialect: str) -> int:
    if dialect not in _MINOR_WIDTHS:
        message = f"no facility dialect {dialect!r}; use {' or '.join(_MINOR_WIDTHS)}"
        raise CodeError(message)
    return _MINOR_WIDTHS[dialect]


def _number_width(minor_width: int) -> int:
    return WIDTH - _COUNTY - _MAJOR - minor_width
