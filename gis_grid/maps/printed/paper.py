"""Sheets of paper, and the pixel in which everything on them is measured."""

from enum import StrEnum

MM_A_INCH = 25.4
PX_A_INCH = 120.0
"""Pixels of a page on paper: an A4 sheet is as wide as a usual screen, 1,403 px."""

POINTS_A_PX = 72.0 / PX_A_INCH


class Paper(StrEnum):
    """Sizes of a sheet, lying."""

    A5 = "A5"
    A4 = "A4"
    A3 = "A3"
    A2 = "A2"
    A1 = "A1"

    @property
    def size_mm(self) -> tuple[int, int]:
        """Width and height in millimetres.

        Examples
        --------
        >>> Paper.A4.size_mm
        (297, 210)
        """
        return _SIZES_MM[self.value]

    @property
    def size_px(self) -> tuple[float, float]:
        """Width and height in pixels of the page."""
        width_mm, height_mm = self.size_mm
        return width_mm / MM_A_INCH * PX_A_INCH, height_mm / MM_A_INCH * PX_A_INCH


_SIZES_MM = {
    "A5": (210, 148),
    "A4": (297, 210),
    "A3": (420, 297),
    "A2": (594, 420),
    "A1": (841, 594),
}
