"""Symbols of points, described once: the page, the legend and the paper draw the same parts.

A symbol is a style with a ``radius`` (px) and ``parts``, drawn one after the other. A part is a
``circle`` (times the radius), ``points`` (x, y in radii, y downwards) or a ``sector`` (times the
radius, turned to each feature's own direction), with ``fill``, ``line``, ``width`` and ``dash``.
"""

import math
from collections.abc import Mapping

Part = Mapping[str, object]
Symbol = Mapping[str, object]

WHITE = "#FFFFFF"
_CASING = "rgba(255,255,255,.85)"


def disc(colour: str, *, radius: float) -> Symbol:
    """Return a filled circle with a white casing."""
    return _cased({"circle": 1}, {"circle": 1, "fill": colour}, radius=radius)


def ring(colour: str, *, radius: float, dashed: bool = False) -> Symbol:
    """Return a white circle with a coloured line; dashed for what is not known."""
    line = {"circle": 1, "fill": WHITE, "line": colour, "width": 2}
    return _cased({"circle": 1.3}, line | ({"dash": [2, 2]} if dashed else {}), radius=radius)


def half(colour: str, *, radius: float) -> Symbol:
    """Return a circle whose right half is filled."""
    turns = [math.pi * (step / 16 - 0.5) for step in range(17)]
    right = [round(x, 3) for turn in turns for x in (math.cos(turn), math.sin(turn))]
    return _cased(
        {"circle": 1.3},
        {"circle": 1, "fill": WHITE, "line": colour, "width": 1.6},
        {"points": right, "fill": colour},
        radius=radius,
    )


def square(colour: str, *, radius: float) -> Symbol:
    """Return a filled square."""
    return _polygon([-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9], colour, radius)


def triangle(colour: str, *, radius: float) -> Symbol:
    """Return a filled triangle that points up."""
    return _polygon([0, -1.15, 1.1, 0.85, -1.1, 0.85], colour, radius)


def diamond(colour: str, *, radius: float) -> Symbol:
    """Return a filled square on its corner."""
    return _polygon(_DIAMOND, colour, radius)


def alert(colour: str, *, radius: float) -> Symbol:
    """Return a diamond with an exclamation mark."""
    plain = diamond(colour, radius=radius)
    bar = {"points": [-0.16, -0.7, 0.16, -0.7, 0.1, 0.16, -0.1, 0.16], "fill": WHITE}
    dot = {"points": [-0.14, 0.36, 0.14, 0.36, 0.14, 0.64, -0.14, 0.64], "fill": WHITE}
    return {**plain, "parts": [*_parts(plain), bar, dot]}


def looking(symbol: Symbol, colour: str, *, length: float) -> Symbol:
    """Return a symbol with a sector under it that shows where each feature looks, not how far."""
    sector = {"sector": length, "fill": colour, "opacity": 0.28, "line": colour, "width": 0.7}
    return {**symbol, "parts": [sector, *_parts(symbol)]}


def around(symbol: Symbol, colour: str, *, length: float) -> Symbol:
    """Return a symbol with a disc under it: it looks all round."""
    disc_ = {"circle": length, "fill": colour, "opacity": 0.28, "line": colour, "width": 0.7}
    return {**symbol, "parts": [disc_, *_parts(symbol)]}


def roughly(symbol: Symbol) -> Symbol:
    """Return a looking symbol whose sector has a dashed line: its bearing is told, not surveyed."""
    sector, *rest = _parts(symbol)
    return {**symbol, "parts": [{**sector, "opacity": 0.14, "dash": [2, 2]}, *rest]}


_DIAMOND = [0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0]


def _polygon(points: list[float], colour: str, radius: float) -> Symbol:
    return _cased({"points": points}, {"points": points, "fill": colour}, radius=radius)


def _cased(outline: Part, *parts: Part, radius: float) -> Symbol:
    casing = {**outline, "line": _CASING, "width": 2.5}
    return {"radius": radius, "parts": [casing, *parts]}


def _parts(symbol: Symbol) -> list[Part]:
    parts = symbol["parts"]
    assert isinstance(parts, list)  # noqa: S101 - for the type checker: every symbol has a list
    return parts
