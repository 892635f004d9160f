/* Many points from afar: one disc with their number for each square of the screen. */
"use strict";
(function (gg) {
  const SIDE = 64; // px at a whole zoom

  /* Points of one square; the disc stands in their middle. Kept until the zoom or what is shown changes. */
  gg.clusters = function (layer, zoom) {
    const level = Math.floor(zoom);
    const key = level + "|" + Array.from(layer.hidden).sort().join(",");
    if (layer.clustered && layer.clustered.key === key) return layer.clustered.found;
    const scale = (gg.TILE * Math.pow(2, level)) / SIDE;
    const squares = new Map();
    for (const f of layer.features) {
      if (layer.hidden.has(f.kind) || !f.parts.length) continue;
      const square = Math.floor(f.box[0] * scale) * 16777216 + Math.floor(f.box[1] * scale);
      const held = squares.get(square) || { x: 0, y: 0, members: [] };
      held.x += f.box[0];
      held.y += f.box[1];
      held.members.push(f);
      squares.set(square, held);
    }
    const found = Array.from(squares.values(), function (held) {
      const n = held.members.length;
      return { x: held.x / n, y: held.y / n, n, first: held.members[0], layer };
    });
    layer.clustered = { key, found };
    return found;
  };

  gg.clusterRadius = (n) => 9 + 3.2 * Math.log10(n);

  gg.drawClusters = function (ctx, view, layer) {
    const all = gg.clusters(layer, view.zoom);
    layer.styles.forEach(function (style, kind) {
      gg.drawSymbols(ctx, view, style, all.filter((c) => c.n === 1 && c.first.kind === kind).map((c) => c.first));
    });
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    for (const cluster of all) {
      const x = cluster.x * view.scale - view.left;
      const y = cluster.y * view.scale - view.top;
      if (cluster.n === 1 || x < -30 || y < -30 || x > view.width + 30 || y > view.height + 30) continue;
      ctx.beginPath();
      ctx.arc(x, y, gg.clusterRadius(cluster.n), 0, 2 * Math.PI);
      gg.stroke(ctx, "rgba(255,255,255,.85)", 4);
      ctx.fillStyle = layer.clusterColour;
      ctx.fill();
      ctx.fillStyle = "#FFFFFF";
      ctx.font = "700 11px " + gg.font;
      ctx.fillText(cluster.n.toLocaleString("en"), x, y + 0.5);
    }
  };

  gg.pickCluster = function (layer, zoom, x, y) {
    const scale = gg.TILE * Math.pow(2, zoom);
    const far = (c) => Math.hypot(c.x - x, c.y - y) * scale;
    return gg.clusters(layer, zoom).find((c) => c.n > 1 && far(c) <= gg.clusterRadius(c.n)) || null;
  };
})((window.gisGrid = window.gisGrid || {}));
