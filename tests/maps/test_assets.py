import pytest

from gis_grid.errors import GisGridError
from gis_grid.maps.assets import SCRIPTS, AssetError, element, inline, own, scripts


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://example.org/x.js"></script>',
        '<link rel="stylesheet" href="https://example.org/x.css"/>',
        '<img alt="" src="https://example.org/x.png">',
        "<iframe src=//example.org></iframe>",
        '<script defer src="/x.js"></script>',
    ],
)
def test_refuses_whatever_it_does_not_carry(html):
    with pytest.raises(AssetError):
        inline(html)


def test_an_unknown_asset_is_one_of_our_errors():
    assert issubclass(AssetError, GisGridError)


def test_leaflet_is_carried():
    page = inline(
        '<script src="https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js"></script>'
    )
    assert "L.Map" in page or "latLng" in page
    assert "sourceMappingURL" not in page


def test_styles_load_no_pictures():
    page = inline('<link rel="stylesheet" href="https://x/leaflet@1.9.3/dist/leaflet.css"/>')
    assert "url(" not in page


def test_text_cannot_end_a_script():
    assert element("script", "a</script><b>").count("</script>") == 1


@pytest.mark.parametrize("name", [*SCRIPTS, "page.css"])
def test_own_assets_fetch_nothing(name):
    assert "http" not in own(name)


def test_no_text_becomes_html_in_our_script():
    assert "innerHTML" not in scripts()
    assert "outerHTML" not in scripts()
