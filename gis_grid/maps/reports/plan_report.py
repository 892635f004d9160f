"""Report: a plan, its new borders over the old ones, how even the work is, and what moves."""

from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gis_grid.maps import palette
from gis_grid.maps.drawing import Entry, MapLayer, Names, Style, Swatch
from gis_grid.maps.page import Legend, Page, Section
from gis_grid.maps.reports.framing import Content, filled_ground, framed
from gis_grid.maps.reports.material import Material
from gis_grid.maps.reports.registry import Options, kind, option
from gis_grid.maps.words import Text, Words

FRAME = "plan"
"""The frame of a plan: rows of the roles ``new``, ``old`` and ``moved``, with what is known of the
plan in its attributes."""

COLUMNS = ("role", "code", "before", "work", "off", "households", "area_ha", "pieces")

LIMITS = (-0.20, -0.13, -0.05, 0.05, 0.13, 0.20)
"""Between the classes of the balance: shares of the mean."""

STYLES: tuple[Style, ...] = tuple(
    {"fill": colour, "opacity": 0.72} for colour in palette.LIGHT.balance
)
NEW: Style = {
    "line": palette.PAGE["accent"],
    "width": 1.8,
    "casing": "#FFFFFF",
    "casingWidth": 4,
    "casingOpacity": 0.8,
}
OLD: Style = {"line": palette.PAGE["ink2"], "width": 1.2, "dash": [5, 4]}
MOVED: Style = {"hatch": palette.PAGE["ink"], "line": palette.PAGE["ink"], "width": 0.8}
NAMED = 40
"""Grids in the table of the page; those farthest from the mean."""


@dataclass(frozen=True, kw_only=True)
class PlanOptions(Options):
    """Options of the report of a plan."""

    plan: int | None = option(
        None, "Number of the plan; the one changed last when left out.", low=1, high=2**53
    )


def empty_plan() -> gpd.GeoDataFrame:
    """Return the frame of no plan."""
    frame = pd.DataFrame(columns=[*COLUMNS, "geometry"])
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")


@kind(
    key="plan",
    title=Text("方案", "Plan"),
    about=Text(
        "一个方案：新旧边界、工作量均衡与变动", "A plan: new and old borders, balance, what moves"
    ),
    subject="plans",
    needs=("streets", "landcover", "grids", FRAME),
    options=PlanOptions,
)
def plan(material: Material, options: PlanOptions) -> Page:
    """Draw a plan over the grids that it began with."""
    say = options.say
    given = material.frames.get(FRAME)
    frame = empty_plan() if given is None else gpd.GeoDataFrame(given)
    about: dict[Any, Any] = dict(frame.attrs)
    new, old, moved = (frame[frame["role"] == role] for role in ("new", "old", "moved"))
    fill = _fill(new, say)
    over = (
        _lines("moved", "plan_moved", moved, MOVED, say),
        _lines("old", "plan_old", old, OLD, say),
    )
    content = Content(
        title=str(about.get("title") or say("plan_report")),
        subtitle=_subtitle(about, say),
        figures=_figures(about, new, say),
        sections=(_layers(new, old, moved, say), _table(new, say)),
        source=Text("方案库", "the register of plans"),
        ground=filled_ground(material, fill, say),
        points=(*over, _lines("new", "plan_new", new, NEW, say)),
        names=(_names(new),),
        legend=_legend(new, say),
    )
    page = framed(material, options, content)
    if new.empty:
        return page
    return replace(page, drawing=replace(page.drawing, bounds=_around(new)))


def _around(new: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Return the box that is looked at: the plan with a margin, not the whole city."""
    west, south, east, north = (float(one) for one in new.total_bounds)
    margin = 0.06 * max(east - west, north - south)
    return west - margin, south - margin, east + margin, north + margin


def _class_of(new: gpd.GeoDataFrame) -> list[int]:
    off = new["off"].astype(float).fillna(0.0).to_numpy()
    classes: list[int] = np.searchsorted(LIMITS, off, side="right").tolist()
    return classes


def _fill(new: gpd.GeoDataFrame, say: Words) -> MapLayer:
    facts = {
        say("code"): new["code"].tolist(),
        say("plan_off"): [_signed(one) for one in new["off"]],
        say("households"): [_number(one, say) for one in new["households"]],
        say("plan_area"): [_number(one, say) for one in new["area_ha"]],
    }
    return MapLayer(
        key="fill",
        title=say("plan_balance"),
        kind="area",
        styles=STYLES,
        shapes=new.geometry,
        classes=_class_of(new),
        facts=facts,
        rank=1,
    )


def _lines(key: str, word: str, rows: gpd.GeoDataFrame, style: Style, say: Words) -> MapLayer:
    return MapLayer(
        key=f"plan-{key}", title=say(word), kind="area", styles=(style,), shapes=rows.geometry
    )


def _layers(
    new: gpd.GeoDataFrame, old: gpd.GeoDataFrame, moved: gpd.GeoDataFrame, say: Words
) -> Section:
    drawn = (("new", new, NEW, "line"), ("old", old, OLD, "line"), ("moved", moved, MOVED, "area"))
    entries = [
        Entry(
            keys=("fill",),
            title=say("plan_balance"),
            count=len(new),
            swatch=Swatch(kind="ramp", styles=STYLES),
        )
    ]
    for key, rows, style, how in drawn:
        swatch = Swatch(kind="line" if how == "line" else "area", styles=(style,))
        entries.append(
            Entry(keys=(f"plan-{key}",), title=say(f"plan_{key}"), count=len(rows), swatch=swatch)
        )
    return Section(title=say("plan_report"), entries=tuple(entries))


def _table(new: gpd.GeoDataFrame, say: Words) -> Section:
    """Return the grids farthest from the mean, one a line."""
    order = new["off"].astype(float).abs().sort_values(ascending=False, kind="stable").index
    lines = [
        say(
            "plan_line",
            code=row["code"],
            off=_signed(row["off"]),
            households=_number(row["households"], say),
            area=_number(row["area_ha"], say),
        )
        for _, row in new.loc[order[:NAMED]].iterrows()
    ]
    more = len(new) - NAMED
    note = say("more", n=more) if more > 0 else ""
    return Section(title=say("plan_table"), note=note, notes=tuple(lines))


def _legend(new: gpd.GeoDataFrame, say: Words) -> Legend:
    counts = np.bincount(np.array(_class_of(new), np.int64), minlength=len(STYLES))
    bounds = ["<−20%", *(_signed(limit) for limit in LIMITS)]
    return Legend(
        key="fill",
        title=say("plan_balance"),
        unit=say("plan_unit"),
        styles=STYLES,
        bounds=tuple(bounds),
        counts=tuple(int(one) for one in counts),
        others=(
            (Swatch(kind="line", styles=(NEW,)), say("plan_new")),
            (Swatch(kind="line", styles=(OLD,)), say("plan_old")),
            (Swatch(kind="area", styles=(MOVED,)), say("plan_moved")),
        ),
        left_out=say("lower_bounds"),
    )


def _figures(
    about: dict[Any, Any], new: gpd.GeoDataFrame, say: Words
) -> tuple[tuple[str, str], ...]:
    if new.empty:
        return ((say("plan_new"), "0"),)
    figures = [(say("plan_grids"), f"{about['grids_before']:,} → {len(new):,}")]
    figures.append((say("plan_cv"), f"{about['cv_before']:.3f} → {about['cv']:.3f}"))
    figures.append((say("plan_moved_share"), f"{about['moved_share']:.1%}"))
    figures.append((say("plan_worst"), _signed(about["worst"])))
    return tuple(figures)


def _subtitle(about: dict[Any, Any], say: Words) -> str:
    if not about:
        return say("plan_none")
    return say(
        "plan_subtitle",
        number=about["number"],
        step=about["step"],
        stage=say(f"stage_{about['stage']}"),
        generation=about["generation"],
    )


def _names(new: gpd.GeoDataFrame) -> Names:
    return Names(
        texts=[short_code(str(code)) for code in new["code"]],
        notes=[_signed(one) for one in new["off"]],
        shapes=new.geometry,
        size=12,
        weight=700,
        colour=palette.PAGE["ink"],
        halo="rgba(255,255,255,.85)",
        font=palette.FONT,
        tight=2,
        low=13,
        layer="fill",
    )


def short_code(code: str) -> str:
    """Return the end of a code that tells neighbours apart.

    Examples
    --------
    >>> short_code("2199010010060010200000"), short_code("A017"), short_code("000")
    ('0102', 'A017', '000')
    """
    return code.rstrip("0")[-4:] or code


def _number(value: Any, say: Words) -> str:  # noqa: ANN401 - a cell of a table
    return say("no_data") if pd.isna(value) else say.rounded(float(value))


def _signed(value: Any) -> str:  # noqa: ANN401 - a cell of a table
    """Return a deviation with its sign, as on the map.

    Examples
    --------
    >>> _signed(0.1234), _signed(-0.05), _signed(float("nan"))
    ('+12%', '−5%', '–')
    """
    return "–" if pd.isna(value) else f"{float(value):+.0%}".replace("-", "−")
