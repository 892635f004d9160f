"""Write what the console shares with Python: colours, and where GCJ-02 applies.

``python scripts/palette.py`` writes both files; a test holds them to their sources.
"""

import json
from importlib.resources import files
from pathlib import Path

from gis_grid.maps import palette

SOURCE = Path(__file__).resolve().parents[1] / "api" / "web" / "src"
HEAD = "// Written by scripts/palette.py; change {}, then run it.\n\n"


def colours() -> str:
    """Return ``palette.ts``: every colour of both themes."""
    themes = {name: _theme(theme) for name, theme in palette.THEMES.items()}
    text = json.dumps(themes, indent=2, ensure_ascii=False)
    opacity = f"export const HEAT_OPACITY = {palette.HEAT_OPACITY};\n"
    head = HEAD.format("gis_grid/maps/palette.py")
    return f"{head}export const THEMES = {text} as const;\n\n{opacity}"


def mainland() -> str:
    """Return ``mainland.ts``: rings of lon and lat in which GCJ-02 is applied.

    Each ring is one list of steps in 0.0001 of a degree, lon and lat by turns, from 0, 0.
    """
    text = files("gis_grid.geo").joinpath("mainland.geojson").read_text(encoding="utf-8")
    shape = json.loads(text)["geometry"]
    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    steps = json.dumps([[_steps(ring) for ring in part] for part in parts], separators=(",", ":"))
    kind = "readonly (readonly (readonly number[])[])[]"
    return f"{HEAD.format('gis_grid/geo/mainland.geojson')}export const STEPS: {kind} = {steps};\n"


def _steps(ring: list[list[float]]) -> list[int]:
    """Return a ring as steps from corner to corner; its corners have four decimals at most."""
    corners = [[round(10_000 * one) for one in corner] for corner in ring]
    if ring != [[one / 10_000 for one in corner] for corner in corners]:
        message = "mainland.geojson has a corner with more than four decimals"
        raise ValueError(message)
    pairs = zip([[0, 0], *corners], corners, strict=False)
    return [
        after - before for one, other in pairs for before, after in zip(one, other, strict=True)
    ]


def _theme(theme: palette.Theme) -> dict[str, object]:
    return {
        "page": dict(theme.page),
        "map": dict(theme.map),
        "heat": theme.heat,
        "balance": theme.balance,
        "neighbours": theme.neighbours,
        "states": dict(theme.states),
        "camera": theme.camera,
        "circle": theme.circle,
    }


def main() -> None:
    """Write both files."""
    (SOURCE / "palette.ts").write_text(colours(), encoding="utf-8")
    (SOURCE / "map" / "mainland.ts").write_text(mainland(), encoding="utf-8")


if __name__ == "__main__":
    main()
