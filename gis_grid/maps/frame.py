"""The HTML around a map: head, panel and legend. All text is escaped: data never becomes HTML."""

from html import escape

from gis_grid.maps.drawing import Entry, Swatch
from gis_grid.maps.page import Legend, Page, Section
from gis_grid.maps.swatches import svg
from gis_grid.maps.words import Words

MARK = (
    '<svg class="gg-mark" viewBox="0 0 20 20" aria-hidden="true">'
    '<path fill="#2C4A9E" d="M1 1h8v8H1z"/><path fill="#A9CB9F" d="M11 1h8v5l-8 3z"/>'
    '<path fill="#FDE5AF" d="M1 11h5l3 8H1z"/><path fill="#5C95BE" d="M11 11h8v8h-8z"/></svg>'
)


def top(page: Page, say: Words) -> str:
    """Return the bar at the top."""
    return (
        f'<header class="gg-top">{MARK}<b>{escape(say("brand"))}</b>'
        f'<span class="gg-city">{escape(page.city)}</span><span class="gg-grow"></span>'
        f'<span class="gg-live">{escape(page.drawn)}</span>'
        f'<span class="gg-badge">{escape(page.badge)}</span>'
        f'<button id="gg-full" type="button" aria-pressed="false">{escape(say("fullscreen"))}'
        f'</button><button id="gg-print" type="button">{escape(say("print"))}</button></header>'
    )


def panel(page: Page, say: Words) -> str:
    """Return the panel at the side: what the map is, what is on it, where that comes from."""
    figures = "".join(
        f"<div><span>{escape(word)}</span><b>{escape(number)}</b></div>"
        for word, number in page.figures
    )
    sections = "".join(_section(section, say) for section in page.sections)
    return (
        f'<aside class="gg-panel"><section><h1>{escape(page.title)}</h1>'
        f'<p class="gg-note">{escape(page.subtitle)}</p><div class="gg-figures">{figures}</div>'
        f'</section>{sections}<section class="gg-source"><p>{escape(page.source)}</p>'
        '<p><span id="gg-where" class="gg-mono">–</span>'
        f"　WGS-84　{escape(say('north'))}</p>"
        f'<button id="gg-home" type="button">{escape(say("home"))}</button></section></aside>'
    )


def _section(section: Section, say: Words) -> str:
    entries = "".join(_entry(entry, say) for entry in section.entries)
    notes = "".join(f'<p class="gg-note">{escape(note)}</p>' for note in section.notes)
    return (
        f"<section><h2>{escape(section.title)}<small>{escape(section.note)}</small></h2>"
        f"{entries}{notes}</section>"
    )


def _entry(entry: Entry, say: Words) -> str:
    checked = " checked" if entry.shown else ""
    classes = "" if entry.classes is None else " ".join(map(str, entry.classes))
    count = "" if entry.count is None else f"{entry.count:,}"
    return (
        "<label>"
        f'<input type="checkbox" data-layers="{escape(" ".join(entry.keys))}" '
        f'data-classes="{classes}" data-low="{entry.low:g}"{checked}>{svg(entry.swatch)}'
        f'<span data-later="{escape(say("later"))}">'
        f"{escape(entry.title)}<small>{escape(entry.subtitle)}</small></span>"
        f"<b>{count}</b></label>"
    )


def legend(found: Legend) -> str:
    """Return the card with the classes of a layer; swatches at the opacity of the map."""
    ramp = "".join(
        f'<i style="background:{escape(str(style["fill"]))};opacity:{style.get("opacity", 1):g}">'
        "</i>"
        for style in found.styles
    )
    bounds = "".join(f"<span>{escape(bound)}</span>" for bound in found.bounds)
    counts = "".join(f"<span>{count:,}</span>" for count in found.counts)
    below = f'<div class="gg-bounds gg-counts">{counts}</div>' if counts else ""
    others = "".join(_other(swatch, word) for swatch, word in found.others)
    return (
        f'<div class="gg-legend" data-legend="{escape(found.key)}"><div class="gg-row">'
        f"<b>{escape(found.title)}</b><span>{escape(found.unit)}</span></div>"
        f'<div class="gg-ramp">{ramp}</div><div class="gg-bounds">{bounds}</div>{below}'
        f"{others}<p>{escape(found.left_out)}</p></div>"
    )


def _other(swatch: Swatch, word: str) -> str:
    return f'<p class="gg-other">{svg(swatch)}{escape(word)}</p>'
