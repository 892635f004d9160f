/* Symbols of points, part by part as gis_grid.maps.symbols describes them. */
"use strict";
(function (gg) {
  /* Symbols grow a little with the map. */
  gg.symbolRadius = (style, zoom) => style.radius * Math.max(0.6, Math.min(1.4, 0.6 + 0.3 * (zoom - 14.5)));

  function circle(ctx, x, y, r) {
    ctx.moveTo(x + r, y);
    ctx.arc(x, y, r, 0, 2 * Math.PI);
  }

  function polygon(ctx, x, y, r, points) {
    for (let i = 0; i < points.length; i += 2) {
      if (i === 0) ctx.moveTo(x + points[0] * r, y + points[1] * r);
      else ctx.lineTo(x + points[i] * r, y + points[i + 1] * r);
    }
    ctx.closePath();
  }

  /* Where a feature looks; nothing where nobody knows. */
  function sector(ctx, x, y, r, feature) {
    if (feature.turn === null || feature.turn === undefined) return;
    const middle = (feature.turn - 90) * (Math.PI / 180);
    const half = Math.min(feature.spread || 60, 360) * (Math.PI / 360);
    ctx.moveTo(x, y);
    ctx.arc(x, y, r, middle - half, middle + half);
    ctx.closePath();
  }

  function drawPart(ctx, part, r, places) {
    ctx.beginPath();
    for (const [x, y, feature] of places) {
      if (part.circle) circle(ctx, x, y, part.circle * r);
      else if (part.points) polygon(ctx, x, y, r, part.points);
      else sector(ctx, x, y, part.sector * r, feature);
    }
    ctx.globalAlpha = part.opacity || 1;
    ctx.fillStyle = part.fill || "transparent";
    if (part.fill) ctx.fill();
    ctx.globalAlpha = 1;
    if (part.line) gg.stroke(ctx, part.line, part.width, part.dash);
  }

  gg.drawSymbols = function (ctx, view, style, features) {
    const places = [];
    for (const f of features) {
      if (gg.meets(f.box, view.box)) {
        places.push([f.box[0] * view.scale - view.left, f.box[1] * view.scale - view.top, f]);
      }
    }
    const r = gg.symbolRadius(style, view.zoom);
    if (places.length) for (const part of style.parts) drawPart(ctx, part, r, places);
  };
})((window.gisGrid = window.gisGrid || {}));
