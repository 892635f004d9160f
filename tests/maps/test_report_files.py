"""Every kind of report, opened from a file in a real browser that may ask for nothing."""

import io

import pypdf
import pytest

from gis_grid.maps.offline import render
from gis_grid.maps.reports.kinds import KINDS
from gis_grid.maps.words import LANGS
from tests import browser, drawn
from tests.maps.material import grids, material

pytestmark = pytest.mark.browser

PIXELS = """() => {
  const canvas = document.querySelector('.gg-canvas');
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255)
    seen.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
  return seen.size;
}"""
AT = """([lon, lat]) => {
  const at = map_city.latLngToContainerPoint([lat, lon]);
  const box = map_city.getContainer().getBoundingClientRect();
  return [at.x + box.x, at.y + box.y];
}"""
VALUE = {"grids": {"value": "households"}, "facilities": {"by": "state"}}


@pytest.fixture(scope="module", params=[(), ("--disable-3d-apis",)], ids=["3d", "no-3d"])
def chromium(request):
    with browser.opened(*request.param) as found:
        yield found


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a report from a file: every request is refused, every complaint is kept."""
    pages, asked, complaints = [], [], []

    def open_(html, size=(1280, 800)):
        path = tmp_path / "report.html"
        path.write_text(html, encoding="utf-8")
        page = chromium.new_page(viewport={"width": size[0], "height": size[1]})
        page.route("http*://**", lambda route: route.abort())
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text) if said.type in {"error", "warning"} else None
            ),
        )
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-drawn]", timeout=60_000)
        pages.append(page)
        return page

    yield open_
    assert complaints == []
    assert {url.split(":", 1)[0] for url in asked} <= {"file", "data"}
    for page in pages:
        page.close()


def report(kind, lang="zh", **options):
    found = KINDS[kind]
    return render(found.page(material(), found.options_of({"lang": lang, **options})))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("kind", KINDS)
def test_opens_offline(opened, kind, lang):
    page = opened(report(kind, lang, **VALUE.get(kind, {})))
    assert page.evaluate(PIXELS) > 10
    assert page.get_attribute("html", "lang") == ("zh-CN" if lang == "zh" else "en")
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith("m")
    assert page.locator(".gg-badge").is_visible()
    assert page.locator("#gg-full").is_visible()
    assert page.locator(".gg-panel h1").inner_text() != ""
    resources = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    assert [name for name in resources if not name.startswith("data:")] == []


def test_a_hostile_name_stays_text_in_its_card_and_tip(opened):
    page = opened(report("grids", value="households"))
    at = page.evaluate(AT, list(drawn.middle("A")))
    page.mouse.move(*at)
    tip = page.locator(".gg-tip")
    tip.wait_for(state="visible")
    assert drawn.HOSTILE in tip.inner_text()
    page.mouse.click(*at)
    card = page.locator(".gg-card")
    card.wait_for(state="visible")
    assert drawn.HOSTILE in card.inner_text()
    assert card.locator("img").count() == 0


def test_a_class_can_be_switched_off(opened):
    page = opened(report("incidents"))
    before = page.screenshot()
    box = page.locator("input[data-classes='5']")
    assert box.is_checked()
    box.uncheck()
    assert page.screenshot() != before
    box.check()
    page.mouse.move(5, 400)
    assert page.evaluate("document.querySelectorAll('.gg-panel svg').length") > 5


def test_a_cluster_tells_its_number_and_opens(opened):
    frame = (
        material().layer("facilities").iloc[[0] * 400].assign(code=[f"f{n}" for n in range(400)])
    )
    found = KINDS["facilities"]
    page = opened(render(found.page(material(frames={"facilities": frame}))))
    page.evaluate("map_city.setZoom(13, {animate: false})")
    page.mouse.move(*page.evaluate(AT, list(drawn.middle("A"))))
    tip = page.locator(".gg-tip")
    tip.wait_for(state="visible")
    assert tip.inner_text().endswith("400")
    page.mouse.click(*page.evaluate(AT, list(drawn.middle("A"))))
    page.wait_for_function("map_city.getZoom() === 15")


def test_paper_has_legend_and_no_controls(opened, chromium):
    page = opened(report("grids", value="households"))
    wide = page.evaluate("document.querySelector('.gg-canvas').width")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert not page.locator(".leaflet-control-zoom").is_visible()
    assert not page.locator("#gg-print").is_visible()
    assert page.locator(".gg-legend").is_visible()
    assert page.locator(".gg-badge").is_visible()
    assert page.evaluate("document.querySelector('.gg-canvas').width") > 1.5 * wide * 0.6
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".leaflet-control-zoom").is_visible()
    assert page.evaluate("document.querySelector('.gg-canvas').width") == wide


def test_one_sheet_of_paper(opened):
    page = opened(report("heat", "en"))
    file = page.pdf(prefer_css_page_size=True, print_background=True)
    sheets = pypdf.PdfReader(io.BytesIO(file)).pages
    assert len(sheets) == 1
    assert "Incidents per hexagon" in " ".join(sheets[0].extract_text().split())


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_fits_its_window(opened, size):
    page = opened(report("cameras", "en"), size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.locator(".folium-map").bounding_box()["height"] > 250


def test_missing_values_are_hatched(opened):
    kind = KINDS["grids"]
    few = grids([1, None, 2, None, 3, 4, 5, 6, 7])
    page = opened(
        render(kind.page(material(frames={"grids": few}), kind.options_of({"value": "households"})))
    )
    assert "无数据，2 个" in page.locator(".gg-other").inner_text()
