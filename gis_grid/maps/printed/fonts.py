"""Fonts for paper: one that has every sign of the page, or a clear refusal; never empty boxes."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from matplotlib import font_manager

from gis_grid.errors import GisGridError

LATIN = "DejaVu Sans"
"""Comes with matplotlib."""

CHINESE = (
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "SimHei",
    "Heiti SC",
    "Noto Sans CJK JP",
)
"""Families with Chinese signs, the best first."""

PACKAGE = "pylopdf_fonts_zh_cn"
"""The package of the extra ``fonts``: Noto Sans SC under the SIL Open Font License."""

logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
# It warns once a text when a family has no bold face; that is how most Chinese fonts are.

GETA = "〓"
"""The printers' mark for a sign that the font lacks."""


class FontError(GisGridError):
    """No installed font has the signs that a page needs."""


@dataclass(frozen=True, slots=True)
class Faces:
    """Font families for a page, and which of its signs none of them has."""

    families: tuple[str, ...]
    lacking: frozenset[str]

    def safe(self, text: str) -> str:
        """Return a text on one line in which the mark stands for every sign without a glyph."""
        plain = "".join(" " if sign in "\r\n\t" else sign for sign in text)
        return "".join(
            GETA if sign in self.lacking else sign
            for sign in plain
            if sign.isprintable() or sign == "　"
        )


def faces_for(texts: Iterable[str], *, families: tuple[str, ...] | None = None) -> Faces:
    """Choose fonts for texts.

    Parameters
    ----------
    texts
        Everything that will be printed.
    families
        Chinese families that may be used, the best first; the installed ones when None.

    Returns
    -------
    Faces
        With a Chinese font a few signs may lack (rare characters, emoji).

    Raises
    ------
    FontError
        There is no Chinese font and `texts` need one.

    Examples
    --------
    >>> faces_for(["plain"], families=()).families
    ('DejaVu Sans',)
    >>> faces_for(["网格"], families=())
    Traceback (most recent call last):
    gis_grid.maps.printed.fonts.FontError: no installed font has 格网; install one \
(apt-get install fonts-wqy-zenhei) or: pip install "gis-grid[fonts]"
    """
    signs = {sign for text in texts for sign in text if sign.isprintable()}
    lacking = signs - _signs_of(LATIN)
    chosen = next(iter(installed() if families is None else families), None)
    if not lacking:
        held = (chosen, LATIN) if chosen else (LATIN,)
        return Faces(held, frozenset())
    if chosen is None:
        some = "".join(sorted(lacking)[:8])
        message = f"no installed font has {some}; install one (apt-get install fonts-wqy-zenhei) "
        message += 'or: pip install "gis-grid[fonts]"'
        raise FontError(message)
    return Faces((chosen, LATIN), frozenset(lacking - _signs_of(chosen)))


@lru_cache(maxsize=1)
def installed() -> tuple[str, ...]:
    """Return the Chinese families that this machine has, the best first."""
    carried = carried_font()
    if carried is not None:
        font_manager.fontManager.addfont(carried)
    held = set(font_manager.get_font_names())
    return tuple(name for name in CHINESE if name in held)


def carried_font() -> Path | None:
    """Return the font of the extra ``fonts``; None where it is not installed."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        return None
    return Path(found.origin).with_name("NotoSansSC-Regular.otf")


@lru_cache(maxsize=16)
def _signs_of(family: str) -> frozenset[str]:
    path = font_manager.findfont(family, fallback_to_default=False)
    return frozenset(map(chr, font_manager.get_font(path).get_charmap()))
