"""Beside the map on a sheet: title, figures, legend, scale, north, and the foot."""

from collections.abc import Sequence

import numpy as np

from gis_grid.maps import palette
from gis_grid.maps.drawing import Entry, Swatch
from gis_grid.maps.page import Legend, Page
from gis_grid.maps.printed.brush import Brush, text_width
from gis_grid.maps.printed.paper import Paper
from gis_grid.maps.printed.points import draw_symbol
from gis_grid.maps.printed.view import View
from gis_grid.maps.words import Words

PANEL_PX = 288.0
NICE_M = (20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
WIDEST_BAR_PX = 150.0
_INK, _INK2, _INK3 = (palette.PAGE[key] for key in ("ink", "ink2", "ink3"))
_LINE = palette.PAGE["line"]


def draw_panel(
    brush: Brush, page: Page, place: tuple[float, float, float], view: View, say: Words
) -> None:
    """Draw the column at the right: place is its left, its top and its lowest line."""
    x, y, foot = place
    y += 18
    for line in wrapped(page.title, 20, PANEL_PX):
        brush.text(line, x, y, size=20, colour=_INK, weight=700)
        y += 26
    y = _paragraph(brush, f"{page.city}　{page.subtitle}", x, y, colour=_INK3)
    y = _figures(brush, page.figures, x, y + 8)
    if page.legend:
        y = _legend(brush, page.legend, x, y + 14)
    for section in page.sections:
        y = _section(brush, section.title, section.entries, section.notes, (x, y + 14, foot), say)
    scale = say("scale", n=view.denominator)
    _paragraph(brush, scale, x, min(y + 20, foot), colour=_INK2)


def _paragraph(brush: Brush, text: str, x: float, y: float, *, colour: str) -> float:
    for line in wrapped(text, 12, PANEL_PX):
        brush.text(line, x, y, size=12, colour=colour)
        y += 18
    return y


def _figures(brush: Brush, figures: Sequence[tuple[str, str]], x: float, y: float) -> float:
    each = PANEL_PX / 3
    for number, (word, value) in enumerate(figures):
        left, top = x + number % 3 * each, y + number // 3 * 46
        brush.text(word, left, top + 8, size=12, colour=_INK2)
        size = 18.0 if text_width(value, 18) < each - 8 else 13.0
        brush.text(value, left, top + 30, size=size, colour=_INK, weight=700)
    return y + -(-len(figures) // 3) * 46


def _rule(brush: Brush, x: float, y: float) -> None:
    brush.line([x, x + PANEL_PX], [y, y], line=_LINE, width=1)


def _legend(brush: Brush, legend: Legend, x: float, y: float) -> float:
    _rule(brush, x, y - 10)
    brush.text(legend.title, x, y + 10, size=13, colour=_INK, weight=700)
    brush.text(legend.unit, x + PANEL_PX, y + 10, size=12, colour=_INK3, align="right")
    each = PANEL_PX / max(len(legend.styles), 1)
    for number, style in enumerate(legend.styles):
        opacity = float(str(style.get("opacity", 1)))
        brush.box(x + number * each, y + 18, each, 12, fill=str(style["fill"]), opacity=opacity)
    y += 44
    for row, colour in ((legend.bounds, _INK2), ([f"{n:,}" for n in legend.counts], _INK3)):
        for number, word in enumerate(row):
            brush.text(word, x + number * each, y, size=12, colour=colour)
        y += 17 if row else 0
    for swatch, word in legend.others:
        draw_swatch(brush, swatch, x, y - 4)
        brush.text(word, x + 28, y, size=12, colour=_INK2)
        y += 18
    return _paragraph(brush, legend.left_out, x, y, colour=_INK3)


def _section(
    brush: Brush,
    title: str,
    entries: Sequence[Entry],
    notes: Sequence[str],
    place: tuple[float, float, float],
    say: Words,
) -> float:
    """Draw the entries that are switched on; where the column ends, say how many are left out."""
    x, y, foot = place
    shown = [entry for entry in entries if entry.shown]
    if not shown or y > foot - 60:
        return y
    _rule(brush, x, y - 10)
    brush.text(title, x, y + 10, size=13, colour=_INK, weight=700)
    y += 32
    for number, entry in enumerate(shown):
        if y > foot - 40:
            brush.text(say("more", n=len(shown) - number), x, y, size=12, colour=_INK3)
            return y + 20
        draw_swatch(brush, entry.swatch, x, y - 4)
        brush.text(entry.title, x + 30, y, size=13, colour=_INK)
        if entry.count is not None:
            right = x + PANEL_PX
            brush.text(f"{entry.count:,}", right, y, size=12, colour=_INK2, align="right")
        y += 22
    for note in notes:
        y = _paragraph(brush, note, x, y - 2, colour=_INK3) + 2
    return y


def draw_swatch(brush: Brush, swatch: Swatch, x: float, y: float) -> None:
    """Draw a swatch of 22 by 14 px whose left edge is `x` and whose middle is `y`."""
    style = swatch.styles[0]
    if swatch.kind == "point":
        draw_symbol(brush, style, x + 11, y)
    elif swatch.kind == "line":
        dash: object = style.get("dash", ())
        marks = tuple(dash) if isinstance(dash, list | tuple) else ()
        width = float(str(style.get("width", 1)))
        brush.line([x + 1, x + 21], [y, y], line=str(style["line"]), width=width, dash=marks)
    elif swatch.kind == "area":
        paint = {key: style[key] for key in ("fill", "line", "opacity", "hatch") if key in style}
        brush.box(x + 2, y - 6, 18, 12, **paint)
    else:
        each = 18 / len(swatch.styles)
        for number, one in enumerate(swatch.styles):
            brush.box(x + 2 + number * each, y - 5, each, 10, fill=str(one["fill"]))


def draw_scale(brush: Brush, view: View, say: Words) -> None:
    """Draw a bar of a round number of metres, and where north is, onto the map."""
    x, y = view.x + 14, view.y + view.height - 14
    metres = max((m for m in NICE_M if m * view.px_per_metre <= WIDEST_BAR_PX), default=NICE_M[0])
    long = metres * view.px_per_metre
    word = f"{metres:,} m" if metres < 1000 else f"{metres // 1000} km"  # noqa: PLR2004
    brush.box(x - 6, y - 24, long + 60, 32, fill="#FFFFFF", opacity=0.8)
    brush.line([x, x, x + long, x + long], [y - 6, y, y, y - 6], line=_INK2, width=1.5)
    brush.text(word, x + 4, y - 6, size=12, colour=_INK2)
    north_x, north_y = view.x + view.width - 24, view.y + 20
    arrow = np.array([[0, -12], [6, 8], [0, 4], [-6, 8]], float)
    brush.polygon(arrow + np.array([north_x, north_y]), fill=_INK2)
    letter = say("north_letter")
    brush.text(letter, north_x, north_y + 24, size=12, colour=_INK2, align="center", halo="#FFFFFF")


def draw_foot(brush: Brush, notes: Sequence[str], paper: Paper) -> None:
    """Write source, generation and date under the map."""
    width, height = paper.size_px
    right = width - 38
    text = "　".join(note for note in notes[1:] if note)
    brush.text(text, right, height - 38, size=12, colour=_INK3, align="right")
    room = right - 38 - text_width(text, 12) - 24
    line = next(iter(wrapped(notes[0], 12, room)), "")
    brush.text(line, 38, height - 38, size=12, colour=_INK3)


def wrapped(text: str, size: float, room: float) -> list[str]:
    """Return a text as lines of at most `room` px; it breaks at spaces and around Chinese signs.

    Examples
    --------
    >>> wrapped("每格 案件数", 10, 40), wrapped("", 10, 40)
    (['每格 案', '件数'], [])
    """
    lines, line = [], ""
    for word in _words(text):
        if line and text_width((line + word).rstrip(), size) > room:
            lines.append(line.rstrip())
            line = ""
        line += word if line else word.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _words(text: str) -> list[str]:
    """Split where a line may break: after spaces, and around every Chinese sign."""
    found, word = [], ""
    for sign in text:
        if ord(sign) > 0x2E7F:  # noqa: PLR2004 - Chinese signs and their punctuation
            found += [word, sign] if word else [sign]
            word = ""
        else:
            word += sign
            if sign == " ":
                found.append(word)
                word = ""
    return [*found, word] if word else found
