"""20-digit device codes of GB/T 28181."""

from dataclasses import dataclass

import pandas as pd

from gis_grid.grid.digits import Codes, DigitTable, Mask, require_digits

WIDTH = 20
CAMERA_TYPES = ("131", "132")
"""Digits 11 to 13 of a camera and of a network camera."""


@dataclass(frozen=True, slots=True)
class CameraCode:
    """The code of a device on a GB/T 28181 platform.

    Attributes
    ----------
    digits
        The 20 digits: centre 8, industry 2, type 3, network 1, serial number 6.

    Raises
    ------
    CodeError
        Not 20 digits. The parts are not checked against a table: platforms in use have parts of
        their own; `named` tells which are known.

    Notes
    -----
    GB/T 28181 appendix D. Directories of a platform have types 215 and 216 and are no devices.

    Examples
    --------
    >>> code = CameraCode("32058200081320000001")
    >>> code.centre, code.industry, code.type, code.network, code.serial
    ('32058200', '08', '132', '0', '000001')
    >>> code.is_camera, CameraCode("32058200082150000001").is_camera
    (True, False)
    >>> CameraCode("")
    Traceback (most recent call last):
    gis_grid.errors.CodeError: camera code '' must have 20 digits, it has 0 characters
    """

    digits: str

    def __post_init__(self) -> None:
        """Refuse anything but 20 digits."""
        require_digits(self.digits, [WIDTH], "camera code")

    @staticmethod
    def valid_mask(codes: Codes) -> Mask:
        """Return which of `codes` have 20 digits, as a bool array of shape ``(n,)``.

        A missing value is not valid.
        """
        return DigitTable(codes, WIDTH).well_formed

    @property
    def centre(self) -> str:
        """Return digits 1 to 8: county 6, grass-roots unit 2."""
        return self.digits[:8]

    @property
    def industry(self) -> str:
        """Return digits 9 and 10."""
        return self.digits[8:10]

    @property
    def type(self) -> str:
        """Return digits 11 to 13."""
        return self.digits[10:13]

    @property
    def network(self) -> str:
        """Return digit 14."""
        return self.digits[13]

    @property
    def serial(self) -> str:
        """Return digits 15 to 20."""
        return self.digits[14:]

    @property
    def is_camera(self) -> bool:
        """Return whether its type is a camera (131) or network camera (132)."""
        return self.type in CAMERA_TYPES

    def named(self, parts: pd.DataFrame) -> dict[str, str | None]:
        """Return the Chinese names of industry, type and network.

        Parameters
        ----------
        parts
            `gis_grid.standards.tables.gb28181_parts`, perhaps with a city's own rows.

        Returns
        -------
        dict
            Keys ``industry``, ``type``, ``network``; None where the table has no such code.

        Examples
        --------
        >>> from gis_grid.standards.tables import gb28181_parts
        >>> CameraCode("32058200081329000001").named(gb28181_parts())
        {'industry': '城市管理', 'type': '网络摄像机', 'network': '预留'}
        >>> CameraCode("32058200991320000001").named(gb28181_parts())["industry"] is None
        True
        """
        names = dict(
            zip(zip(parts["part"], parts["code"], strict=True), parts["name_zh"], strict=True)
        )
        given = {"industry": self.industry, "type": self.type, "network": self.network}
        return {part: names.get((part, code)) for part, code in given.items()}

    def __str__(self) -> str:
        """Return the 20 digits."""
        return self.digits
