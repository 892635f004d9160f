/* Areas, lines and points of a layer onto a canvas. */
"use strict";
(function (gg) {
  function trace(ctx, view, part, closed) {
    for (let i = 0; i < part.length; i += 2) {
      const x = part[i] * view.scale - view.left;
      const y = part[i + 1] * view.scale - view.top;
      if (i === 0) ctx.moveTo(x, y);
      else ctx.lineTo(x, y);
    }
    if (closed) ctx.closePath();
  }

  function path(ctx, view, features, closed) {
    ctx.beginPath();
    for (const f of features) {
      if (!gg.meets(f.box, view.box)) continue;
      for (const part of f.parts) trace(ctx, view, part, closed);
    }
  }

  /* A width is in px, or in metres on the ground with a smallest number of px. */
  function width(style, view) {
    if (!style.metres) return style.width || 1;
    return Math.max(style.least || 1, Math.min(style.most || 40, style.metres * view.pxPerMetre));
  }

  gg.stroke = function (ctx, colour, px, dash, alpha) {
    ctx.globalAlpha = alpha === undefined ? 1 : alpha;
    ctx.strokeStyle = colour;
    ctx.lineWidth = px;
    ctx.setLineDash(dash || []);
    ctx.stroke();
    ctx.globalAlpha = 1;
  };

  /* Slanted lines for areas of which nothing is known. */
  function hatch(ctx, colour) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const brush = tile.getContext("2d");
    brush.strokeStyle = colour;
    brush.lineWidth = 1.2;
    for (const at of [-8, 0, 8]) {
      brush.moveTo(at - 1, 9);
      brush.lineTo(at + 9, -1);
    }
    brush.stroke();
    return ctx.createPattern(tile, "repeat");
  }

  function fill(ctx, view, style) {
    const far = style.fadeAt === undefined || view.zoom < style.fadeAt;
    ctx.globalAlpha = far ? style.opacity || 1 : style.faded;
    ctx.fillStyle = style.hatch ? hatch(ctx, style.hatch) : style.fill;
    ctx.fill("evenodd");
    ctx.globalAlpha = 1;
  }

  function drawAreas(ctx, view, layer) {
    layer.styles.forEach(function (style, kind) {
      if (layer.hidden.has(kind)) return;
      path(ctx, view, layer.byKind[kind], true);
      if (style.fill || style.hatch) fill(ctx, view, style);
      if (style.casing) gg.stroke(ctx, style.casing, style.casingWidth, [], style.casingOpacity);
      if (style.line && !(view.zoom < style.lineFrom)) {
        gg.stroke(ctx, style.line, width(style, view), style.dash, style.lineOpacity);
      }
    });
  }

  function drawLines(ctx, view, layer) {
    const seen = (style, kind) => view.zoom >= (style.from || 0) && !layer.hidden.has(kind);
    layer.styles.forEach(function (style, kind) {
      if (!style.casing || !seen(style, kind)) return;
      path(ctx, view, layer.byKind[kind], false);
      gg.stroke(ctx, style.casing, width(style, view) + 2, []);
    });
    layer.styles.forEach(function (style, kind) {
      if (!seen(style, kind)) return;
      path(ctx, view, layer.byKind[kind], false);
      gg.stroke(ctx, style.line, width(style, view), style.dash, style.lineOpacity);
    });
  }

  function drawPoints(ctx, view, layer) {
    if (view.zoom < (layer.cluster || 0)) gg.drawClusters(ctx, view, layer);
    else {
      layer.styles.forEach(function (style, kind) {
        if (!layer.hidden.has(kind)) gg.drawSymbols(ctx, view, style, layer.byKind[kind]);
      });
    }
  }

  gg.DRAW = { area: drawAreas, line: drawLines, point: drawPoints };
})((window.gisGrid = window.gisGrid || {}));
