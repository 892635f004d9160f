"""What TypeScript and Python share is written once: colours, datum, words."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest

from gis_grid.geo.datum import from_wgs84
from gis_grid.maps import palette
from tests.console.served import ROOT

WEB = ROOT / "api" / "web"
SOURCE = WEB / "src"

CSS_NAMES = {
    "building": "bld",
    "building-line": "bldline",
    "arterial": "st1",
    "arterial-casing": "st1c",
    "secondary": "st2",
    "secondary-casing": "st2c",
    "local": "st3",
    "local-casing": "st3c",
    "lane": "st4",
    "lane-casing": "st4c",
    "water-label": "wlabel",
}
STATE_NAMES = {
    "waiting": "new",
    "filed": "wait",
    "dispatched": "work",
    "handled": "check",
    "overdue": "over",
    "closed": "done",
}
NOT_IN_CSS = {"border", "grid-line", "border-casing"}


def node(*arguments):
    script = [sys.executable, str(ROOT / "scripts" / "web.py"), "node", *arguments]
    done = subprocess.run(script, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_generated_files_are_fresh():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import palette as written  # noqa: PLC0415
    finally:
        sys.path.pop(0)
    assert (SOURCE / "palette.ts").read_text(encoding="utf-8") == written.colours()
    assert (SOURCE / "map" / "mainland.ts").read_text(encoding="utf-8") == written.mainland()


def tokens(theme):
    text = (SOURCE / "look.css").read_text(encoding="utf-8")
    block = {"light": r":root\{(.*?)\n\}", "dark": r"\[data-theme=dark\]\{(.*?)\n\}"}[theme]
    found = re.search(block, text, re.DOTALL)
    return dict(re.findall(r"--([\w-]+):(#[0-9A-Fa-f]{6})", found[1]))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_style_sheet_has_the_same_colours(name):
    css, theme = tokens(name), palette.THEMES[name]
    assert css.items() >= dict(theme.page).items()
    for key, colour in theme.map.items():
        if key not in NOT_IN_CSS:
            assert css[f"m-{CSS_NAMES.get(key, key)}"] == colour
    for ramp, letter in (
        (theme.heat, "h"),
        (theme.balance, "d"),
        (theme.neighbours, "n"),
        (theme.camera, "c"),
    ):
        assert [css[f"{letter}{n}"] for n in range(1, len(ramp) + 1)] == list(ramp)
    assert [css[f"b{minutes}"] for minutes in (5, 10, 15)] == list(theme.circle)
    for state, colour in theme.states.items():
        assert css[f"i-{STATE_NAMES[state]}"] == colour


@pytest.mark.parametrize("theme", palette.THEMES.values(), ids=list(palette.THEMES))
def test_names_on_the_map_can_be_read(theme):
    assert palette.contrast(theme.map["label"], theme.map["halo"]) >= palette.LEAST_TEXT
    assert palette.contrast(theme.map["water-label"], theme.map["water"]) >= palette.LEAST_TEXT
    for text in ("ink", "ink2", "ink3", "accent", "danger", "warn", "ok"):
        assert palette.contrast(theme.page[text], theme.page["surface"]) >= palette.LEAST_TEXT


def test_gcj02_is_computed_as_python_does():
    rng = np.random.default_rng(11)
    lon = np.concatenate([rng.uniform(70, 140, 400), [123.02, 114.17, 121.5, 113.55, 2.35]])
    lat = np.concatenate([rng.uniform(5, 56, 400), [41.12, 22.3, 25.04, 22.2, 48.85]])
    east, north = from_wgs84(lon=lon, lat=lat, datum="gcj02")
    code = (
        f"import {{ toGcj02 }} from {json.dumps((SOURCE / 'map' / 'datum.ts').as_uri())};"
        f"const at = {json.dumps(np.column_stack([lon, lat]).tolist())};"
        "console.log(JSON.stringify(at.map(([lon, lat]) => toGcj02(lon, lat))));"
    )
    told = np.array(json.loads(node("--input-type=module", "-e", code)))
    np.testing.assert_allclose(told, np.column_stack([east, north]), atol=1e-9)
    assert (abs(told[:, 0] - lon) > 1e-4).sum() > 50


def test_both_languages_have_the_same_words():
    code = (
        f"import {{ zh }} from {json.dumps((SOURCE / 'i18n' / 'zh.ts').as_uri())};"
        f"import {{ en }} from {json.dumps((SOURCE / 'i18n' / 'en.ts').as_uri())};"
        "const keys = (one, at = '') => Object.entries(one).flatMap(([k, v]) =>"
        " typeof v === 'object' ? keys(v, at + k + '.') : [[at + k, typeof v]]);"
        "console.log(JSON.stringify([keys(zh), keys(en)]));"
    )
    zh, en = json.loads(node("--input-type=module", "-e", code))
    assert sorted(zh) == sorted(en)
    assert len(zh) > 100


def test_no_text_becomes_html_and_no_script_is_kept_here():
    for file in SOURCE.rglob("*.ts"):
        text = file.read_text(encoding="utf-8")
        for word in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "layer/Heatmap",
        ):
            assert word not in text, f"{file.name}: {word}"
        if file.name != "mainland.ts":
            assert text.count("\n") <= 400, file.name
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "api"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    assert not [name for name in tracked if name.startswith("api/static/")]
    sizes = [(ROOT / name).stat().st_size for name in tracked if name and (ROOT / name).is_file()]
    assert max(sizes) <= 500_000


def test_the_lock_file_names_no_host():
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    packages = [one for name, one in lock["packages"].items() if name]
    assert all("resolved" not in one for one in packages)
    assert all("integrity" in one for one in packages)
