"""A page on one sheet of paper: map, title, legend, scale, north, source, generation, date."""

import io
import threading
from collections.abc import Iterator
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure

from gis_grid.maps import palette
from gis_grid.maps.page import Page
from gis_grid.maps.printed.brush import Brush
from gis_grid.maps.printed.fonts import GETA, faces_for
from gis_grid.maps.printed.labels import draw_names
from gis_grid.maps.printed.layers import draw_layers
from gis_grid.maps.printed.margin import PANEL_PX, draw_foot, draw_panel, draw_scale
from gis_grid.maps.printed.paper import MM_A_INCH, Paper
from gis_grid.maps.printed.view import fitted
from gis_grid.maps.words import Words

PNG_PX_A_INCH = 200
MARGIN = 38.0
FOOT = 24.0
_LOCK = threading.Lock()
"""matplotlib keeps settings and font caches for the whole process: one sheet at a time."""


def printed(page: Page, how: Literal["png", "pdf"], *, paper: Paper = Paper.A4) -> bytes:
    """Return a page as a PNG (200 px an inch) or a PDF of one sheet, without a browser.

    The same page gives the same bytes.

    Parameters
    ----------
    page
        What to draw; layers that are switched off at first are left out.
    how
        ``png`` or ``pdf``; the text of a PDF can be searched.
    paper
        Size of the sheet, lying.

    Raises
    ------
    FontError
        No installed font has the signs of the page.
    """
    faces = faces_for(_texts(page))
    rc: dict[Any, Any] = {
        "pdf.fonttype": 42,
        "lines.scale_dashes": False,
        "font.family": list(faces.families),
    }
    rc |= {"hatch.linewidth": 0.5, "path.simplify": False}
    with _LOCK, mpl.rc_context(rc):
        figure = _figure(paper)
        brush = Brush(figure.axes[0], faces)
        _draw(brush, page, paper, with_mark=bool(faces.lacking))
        file = io.BytesIO()
        if how == "png":
            FigureCanvasAgg(figure)
            about: dict[str, Any] = {"Software": None}
        else:
            FigureCanvasPdf(figure)
            about = {"Title": page.title, "Creator": "gis-grid", "CreationDate": None}
        figure.savefig(file, format=how, metadata=about)
    return file.getvalue()


def _figure(paper: Paper) -> Figure:
    width_mm, height_mm = paper.size_mm
    figure = Figure(
        figsize=(width_mm / MM_A_INCH, height_mm / MM_A_INCH), dpi=PNG_PX_A_INCH, facecolor="white"
    )
    axes = figure.add_axes((0, 0, 1, 1))
    width, height = paper.size_px
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    return figure


def _draw(brush: Brush, page: Page, paper: Paper, *, with_mark: bool) -> None:
    width, height = paper.size_px
    frame = (MARGIN, MARGIN, width - 2 * MARGIN - PANEL_PX - 16, height - 2 * MARGIN - FOOT)
    view = fitted(page.drawing.bounds, frame)
    say = Words(page.lang)
    brush.frame(*frame)
    boxes = draw_layers(brush, view, page.drawing)
    draw_names(brush, view, page.drawing, boxes)
    draw_scale(brush, view, say)
    brush.clip = None
    brush.box(*frame, line=palette.PAGE["line2"])
    draw_panel(brush, page, (width - MARGIN - PANEL_PX, MARGIN, height - MARGIN - FOOT), view, say)
    notes = [page.source, page.badge, page.drawn]
    draw_foot(brush, [*notes, *([say("missing_glyphs")] if with_mark else [])], paper)


def _texts(page: Page) -> Iterator[str]:
    """Yield everything that may be written."""
    yield from (page.city, page.title, page.subtitle, page.badge, page.drawn, page.source, GETA)
    for word, number in page.figures:
        yield from (word, number)
    for section in page.sections:
        yield from (section.title, section.note, *section.notes)
        for entry in section.entries:
            yield from (entry.title, entry.subtitle)
    if page.legend:
        legend = page.legend
        yield from (legend.title, legend.unit, legend.left_out, *legend.bounds)
        yield from (word for _, word in legend.others)
    for group in page.drawing.names:
        yield from group.texts
        yield from group.notes or ()
