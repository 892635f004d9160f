"""12-digit area codes of the statistics bureau (统计用区划代码) with their vintage."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from gis_grid.errors import CodeError
from gis_grid.grid.digits import Codes, DigitTable, Mask, next_number, numbers_after, require_digits

WIDTH = 12

PROVINCES = frozenset(
    (
        *(11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46),
        *(50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82),
    )
)
"""The first two digits that GB/T 2260 gives out."""

LAST_KIND = 599
"""Townships and villages are numbered from 001; beyond this no kind is defined."""


class AreaLevel(StrEnum):
    """How deep a code goes; a grid's level is the word in its comment."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"  # city
    COUNTY = "county"  # district
    TOWNSHIP = "township"  # subdistrict
    VILLAGE = "village"  # community


class TownshipKind(StrEnum):
    """What digits 7 to 9 say."""

    SUBDISTRICT = "subdistrict"  # 街道 001-099
    TOWN = "town"  # 镇 100-199
    TOWNSHIP = "township"  # 乡 200-399
    LIKE = "like"  # 类似乡级单位 400-599, such as development zones


class VillageKind(StrEnum):
    """What digits 10 to 12 say."""

    COMMUNITY = "community"  # 居委会 001-199
    VILLAGE = "village"  # 村委会 200-399
    COMMUNITY_LIKE = "community_like"  # 类似居委会 400-499
    VILLAGE_LIKE = "village_like"  # 类似村委会 500-599


_PARTS = {
    AreaLevel.PROVINCE: 2,
    AreaLevel.PREFECTURE: 4,
    AreaLevel.COUNTY: 6,
    AreaLevel.TOWNSHIP: 9,
    AreaLevel.VILLAGE: 12,
}
"""Digits up to the end of each level's part."""

_TOWNSHIPS = {
    TownshipKind.SUBDISTRICT: (1, 99),
    TownshipKind.TOWN: (100, 199),
    TownshipKind.TOWNSHIP: (200, 399),
    TownshipKind.LIKE: (400, LAST_KIND),
}
_VILLAGES = {
    VillageKind.COMMUNITY: (1, 199),
    VillageKind.VILLAGE: (200, 399),
    VillageKind.COMMUNITY_LIKE: (400, 499),
    VillageKind.VILLAGE_LIKE: (500, LAST_KIND),
}

_IS_PROVINCE = np.isin(np.arange(100), list(PROVINCES))


@dataclass(frozen=True, slots=True)
class AreaCode:
    """A 12-digit area code: province 2, prefecture 2, county 2, township 3, village 3 digits.

    A code of a higher level is padded with zeros. Codes are issued anew every year, so the same
    digits may mean another place in another `year`.

    Attributes
    ----------
    digits
        The 12 digits.
    year
        Vintage of the list that it is from; None when unknown.

    Raises
    ------
    CodeError
        Not 12 digits; no such province; a part follows an empty one (a township directly
        under a prefecture is allowed: 东莞, 中山, 儋州 have no counties); a township or village
        number beyond 599.

    Notes
    -----
    国统字〔2009〕91号, 统计用区划代码和城乡划分代码编制规则.

    Examples
    --------
    >>> code = AreaCode.parse("210102001002", year=2024)
    >>> code.level.value, code.village_kind.value, str(code.parent)
    ('village', 'community', '210102001000')
    >>> AreaCode.parse("21").parent is None
    True
    >>> AreaCode.parse("210102000002")
    Traceback (most recent call last):
    gis_grid.errors.CodeError: area code '210102000002' names a village of no township
    """

    digits: str
    year: int | None = None

    def __post_init__(self) -> None:
        """Refuse digits that no list could hold."""
        require_digits(self.digits, [WIDTH], "area code")
        flaw = self._flaw()
        if flaw:
            message = f"area code {self.digits!r} {flaw}"
            raise CodeError(message)

    @classmethod
    def parse(cls, text: str, *, year: int | None = None) -> "AreaCode":
        """Return the code that `text` writes: 12 digits, or 2, 4, 6 or 9 for a higher level.

        Raises
        ------
        CodeError
            The text has another length or other characters, or names no possible area.
        """
        require_digits(text, list(_PARTS.values()), "area code")
        return cls(text.ljust(WIDTH, "0"), year)

    @staticmethod
    def valid_mask(codes: Codes) -> Mask:
        """Return which of `codes` are full 12-digit codes that `AreaCode` accepts.

        Parameters
        ----------
        codes
            Texts, shape ``(n,)``; a missing value is not valid.

        Returns
        -------
        bool array, shape ``(n,)``
        """
        return begins_with_area(DigitTable(codes, WIDTH))

    @property
    def level(self) -> AreaLevel:
        """Return how deep the code goes."""
        significant = self.digits.rstrip("0")
        return next(level for level, end in _PARTS.items() if len(significant) <= end)

    @property
    def parent(self) -> "AreaCode | None":
        """Return the code of the area around it in the same vintage; None for a province.

        A township of a prefecture without counties has the prefecture as its parent.
        """
        if self.level is AreaLevel.PROVINCE:
            return None
        ends = list(_PARTS.values())
        above = ends[ends.index(_PARTS[self.level]) - 1]
        return replace(self, digits=self.digits[:above].ljust(WIDTH, "0"))

    @property
    def township_kind(self) -> TownshipKind | None:
        """Return what its digits 7 to 9 say; None above the township."""
        number = self._part(6, 9)
        ranges = _TOWNSHIPS.items()
        return next((kind for kind, (low, high) in ranges if low <= number <= high), None)

    @property
    def village_kind(self) -> VillageKind | None:
        """Return what its digits 10 to 12 say; None above the village."""
        number = self._part(9, 12)
        ranges = _VILLAGES.items()
        return next((kind for kind, (low, high) in ranges if low <= number <= high), None)

    def next_free(
        self, taken: Iterable[str], *, kind: VillageKind = VillageKind.COMMUNITY
    ) -> "AreaCode":
        """Return the next code for a village of `kind` in this township.

        Parameters
        ----------
        taken
            Codes in use, in any township; retired ones too, so that they are not given again.
        kind
            Decides the range of numbers.

        Raises
        ------
        CodeError
            This is no township, or the range is full.
        """
        if self.level is not AreaLevel.TOWNSHIP:
            message = f"area code {self.digits!r} is no township; villages are numbered within one"
            raise CodeError(message)
        start = self.digits[:9]
        low, high = _VILLAGES[kind]
        used = numbers_after(start, taken, width=WIDTH)
        number = next_number(used, low=low, high=high, what=f"township {self.digits}")
        return replace(self, digits=f"{start}{number:03d}")

    def __str__(self) -> str:
        """Return the 12 digits."""
        return self.digits

    def _part(self, start: int, stop: int) -> int:
        return int(self.digits[start:stop])

    def _flaw(self) -> str:
        county, township, village = self._part(4, 6), self._part(6, 9), self._part(9, 12)
        if self._part(0, 2) not in PROVINCES:
            return f"begins with {self.digits[:2]}, which is no province"
        if self._part(2, 4) == 0 and (county or township or village):
            return "names a county or township of no prefecture"
        if township == 0 and village:
            return "names a village of no township"
        if max(township, village) > LAST_KIND:
            return f"has a township or village number beyond {LAST_KIND}"
        return ""


def begins_with_area(table: DigitTable, *, digits: int = WIDTH) -> Mask:
    """Return which codes are well formed and begin with an area code of `digits` digits (6, 12)."""
    none = np.zeros(len(table.well_formed), np.int64)
    prefecture, county = table.number(2, 4), table.number(4, 6)
    township = table.number(6, 9) if digits == WIDTH else none
    village = table.number(9, 12) if digits == WIDTH else none
    under_nothing = (prefecture == 0) & ((county > 0) | (township > 0) | (village > 0))
    beyond = (township > LAST_KIND) | (village > LAST_KIND)
    flawed = under_nothing | beyond | ((township == 0) & (village > 0))
    mask: Mask = table.well_formed & _IS_PROVINCE[table.number(0, 2)] & ~flawed
    return mask
