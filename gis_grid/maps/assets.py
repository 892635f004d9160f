"""Scripts and styles that a page carries inside itself; nothing is ever fetched."""

import re
from importlib import resources
from pathlib import Path

from xstatic.pkg import leaflet

from gis_grid.errors import GisGridError

_LEAFLET = Path(leaflet.BASE_DIR)
_NOT_NEEDED = re.compile(r"jquery|bootstrap|awesome|glyphicons")
_SCRIPT = re.compile(r'<script src="([^"]+)"></script>')
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"\s*/?>')
_FETCHED = re.compile(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?(?!data:)""")
_URL = re.compile(r"url\((?!data:)[^)]*\)")
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S*")


class AssetError(GisGridError):
    """A page wants something that gis_grid does not carry."""


def inline(page: str) -> str:
    """Put the scripts and styles that folium links to into the page itself.

    Leaflet comes from the XStatic-Leaflet package; libraries that our pages do not use (jQuery,
    Bootstrap, icon fonts) are dropped.

    Parameters
    ----------
    page
        HTML as folium renders it.

    Returns
    -------
    str
        HTML that asks for nothing else.

    Raises
    ------
    AssetError
        The page links to anything unknown: better no page than one that calls out.

    Examples
    --------
    >>> inline('<script src="https://code.jquery.com/jquery-3.7.1.min.js"></script>ok')
    'ok'
    >>> inline('<script src="https://example.org/spy.js"></script>')
    Traceback (most recent call last):
    gis_grid.maps.assets.AssetError: no asset for https://example.org/spy.js; add it to \
gis_grid.maps.assets
    """
    page = _SCRIPT.sub(lambda found: _wrap("script", found[1]), page)
    page = _STYLE.sub(lambda found: _wrap("style", found[1]), page)
    left = _FETCHED.search(page)
    if left:
        message = f"the page still fetches something: {page[left.start() : left.start() + 100]}"
        raise AssetError(message)
    return page


def _wrap(tag: str, url: str) -> str:
    if _NOT_NEEDED.search(url):
        return ""
    found = re.search(r"/leaflet@[\d.]+/dist/(leaflet\.(?:js|css))$", url)
    if not found:
        message = f"no asset for {url}; add it to gis_grid.maps.assets"
        raise AssetError(message)
    text = (_LEAFLET / found[1]).read_text("utf-8")
    return element(tag, text)


def element(tag: str, text: str) -> str:
    r"""Return a script or style element that holds `text` and fetches nothing.

    Examples
    --------
    >>> element("style", "a{background:url(b.png)}")
    '<style>a{background:none}</style>'
    >>> element("script", "'</script>'")
    "<script>'<\\/script>'</script>"
    """
    if tag == "style":
        return f"<style>{_URL.sub('none', text)}</style>"
    text = _SOURCE_MAP.sub("", text)
    return f"<script>{text.replace('</script', '<' + chr(92) + '/script')}</script>"


SCRIPTS = (
    "space.js",
    "symbols.js",
    "clusters.js",
    "paint.js",
    "names.js",
    "picture.js",
    "cards.js",
    "controls.js",
    "printing.js",
    "start.js",
)
"""Our own scripts in the order in which they build on each other."""


def scripts() -> str:
    """Return all our own scripts as one text."""
    return "".join(own(name) for name in SCRIPTS)


def own(name: str) -> str:
    """Return the text of one of our own assets, such as ``page.css``."""
    return resources.files("gis_grid.maps").joinpath("static", name).read_text("utf-8")
