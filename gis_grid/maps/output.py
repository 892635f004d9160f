"""A page in the format in which it leaves the house."""

from enum import StrEnum

from gis_grid.maps.page import Page
from gis_grid.maps.printed.paper import Paper


class Format(StrEnum):
    """Formats of a report."""

    HTML = "html"
    PNG = "png"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        """What HTTP calls it."""
        types = {"html": "text/html; charset=utf-8", "png": "image/png", "pdf": "application/pdf"}
        return types[self.value]


def rendered(page: Page, how: Format, *, paper: Paper = Paper.A4) -> bytes:
    """Return a page as a file of its own.

    HTML has every script and style inside it; PNG and PDF are drawn without a browser.

    Raises
    ------
    AssetError
        The HTML would link to something that gis_grid does not carry.
    FontError
        PNG and PDF: no installed font has the signs of the page.
    """
    if how is Format.HTML:
        from gis_grid.maps.offline import render  # noqa: PLC0415 - folium, for pages only

        return render(page).encode()
    from gis_grid.maps.printed.sheet import printed  # noqa: PLC0415 - matplotlib, for paper only

    return printed(page, "png" if how is Format.PNG else "pdf", paper=paper)
