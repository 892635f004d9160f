"""Every kind of code that gis_grid reads, and why one is refused."""

from collections.abc import Callable

from gis_grid.errors import CodeError
from gis_grid.grid.area_code import AreaCode
from gis_grid.grid.camera_code import CameraCode
from gis_grid.grid.digits import Codes
from gis_grid.grid.facility_code import FacilityCode
from gis_grid.grid.five_level_code import FiveLevelCode
from gis_grid.grid.unit_code import UnitCode

__all__ = ["AreaCode", "CameraCode", "FacilityCode", "FiveLevelCode", "UnitCode", "refusals"]


def refusals(codes: Codes, parse: Callable[[str], object]) -> dict[int, str]:
    """Return why codes are refused.

    Parameters
    ----------
    codes
        Texts, shape ``(n,)``. A missing value has no reason: whether a code is needed is
        another question.
    parse
        What reads one code, such as ``UnitCode.parse``. For many codes ask `valid_mask` first.

    Returns
    -------
    dict
        Position of each code that is refused, and the message. Empty when all are fine.

    Examples
    --------
    >>> refusals(["320582107234001", "32058210723400", None], UnitCode.parse)
    {1: "unit code '32058210723400' must have 15 digits, it has 14 characters"}
    """
    found: dict[int, str] = {}
    for position, code in enumerate(codes):
        try:
            if isinstance(code, str):
                parse(code)
        except CodeError as error:
            found[position] = str(error)
    return found
