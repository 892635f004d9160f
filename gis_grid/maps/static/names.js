/* Text on the map that keeps clear of other text; what does not fit is dropped. */
"use strict";
(function (gg) {
  function place(taken, box) {
    if (taken.some((other) => gg.meets(other, box))) return false;
    taken.push(box);
    return true;
  }

  /* Clusters and large symbols claim their place before any name does. */
  gg.keepClear = function (taken, view, layer) {
    const claim = function (place, r) {
      const x = place.x * view.scale - view.left;
      const y = place.y * view.scale - view.top;
      if (x < 0 || y < 0 || x > view.width || y > view.height) return;
      taken.push([x - r, y - r, x + r, y + r]);
    };
    if (view.zoom < (layer.cluster || 0)) {
      for (const c of gg.clusters(layer, view.zoom)) if (c.n > 1) claim(c, gg.clusterRadius(c.n));
      return;
    }
    layer.styles.forEach(function (style, kind) {
      if (style.radius < 3 || view.zoom < 15.5 || layer.hidden.has(kind)) return;
      for (const f of layer.byKind[kind]) claim({ x: f.box[0], y: f.box[1] }, style.radius);
    });
  };

  function write(ctx, text, x, y, style) {
    ctx.font = (style.weight || 400) + " " + style.size + "px " + style.font;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 4;
    ctx.strokeStyle = style.halo;
    ctx.fillStyle = style.colour;
    ctx.strokeText(text, x, y);
    ctx.fillText(text, x, y);
  }

  /* A name stands at its place, its note in a lighter line under it. */
  function drawName(ctx, name, x, y, style) {
    const lift = name.note ? style.size * 0.55 : 0;
    write(ctx, name.text, x, y - lift, style);
    if (name.note) write(ctx, name.note, x, y + style.size * 0.7, Object.assign({}, style, { weight: 400 }));
  }

  function drawNames(ctx, view, names, taken, style) {
    for (const name of names) {
      const x = name.at[0] * view.scale - view.left;
      const y = name.at[1] * view.scale - view.top;
      if (x < 0 || y < 0 || x > view.width || y > view.height || view.zoom < name.from) continue;
      ctx.font = (style.weight || 400) + " " + style.size + "px " + style.font;
      const half = Math.max(ctx.measureText(name.text).width, ctx.measureText(name.note || "").width) / 2 + 4;
      if (name.room * view.scale < half * style.tight) continue;
      const tall = style.size * (name.note ? 1.4 : 0.8);
      if (place(taken, [x - half, y - tall, x + half, y + tall])) drawName(ctx, name, x, y, style);
    }
  }

  /* The points at which the characters of a street name stand, or null when the street is too short. */
  function stations(view, line, count, gap) {
    const xy = [];
    for (let i = 0; i < line.length; i += 2) {
      xy.push([line[i] * view.scale - view.left, line[i + 1] * view.scale - view.top]);
    }
    const inside = (p) => p[0] > 10 && p[1] > 10 && p[0] < view.width - 10 && p[1] < view.height - 10;
    const marks = [];
    let next = gap / 2;
    let gone = 0;
    for (let i = 1; i < xy.length; i++) {
      const [a, b] = [xy[i - 1], xy[i]];
      const far = Math.hypot(b[0] - a[0], b[1] - a[1]);
      while (far > 0 && next <= gone + far) {
        const t = (next - gone) / far;
        const p = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), b[0] - a[0], b[1] - a[1]];
        if (inside(p)) marks.push(p);
        next += gap;
      }
      gone += far;
    }
    if (marks.length < count + 2) return null;
    const start = Math.floor((marks.length - count) / 2);
    const chosen = marks.slice(start, start + count);
    const [dx, dy] = [chosen[count - 1][0] - chosen[0][0], chosen[count - 1][1] - chosen[0][1]];
    const backwards = Math.abs(dx) >= Math.abs(dy) ? dx < 0 : dy < 0;
    return backwards ? chosen.reverse() : chosen;
  }

  function drawStreetNames(ctx, view, streets, taken, style) {
    for (const street of streets) {
      if (view.zoom < street.from) continue;
      const letters = Array.from(street.text);
      const marks = stations(view, street.line, letters.length, style.size * 2.1);
      if (!marks) continue;
      const r = style.size * 0.62;
      const boxes = marks.map((p) => [p[0] - r, p[1] - r, p[0] + r, p[1] + r]);
      if (boxes.some((box) => taken.some((other) => gg.meets(other, box)))) continue;
      taken.push(...boxes);
      letters.forEach(function (letter, i) {
        const [x, y, dx, dy] = marks[i];
        let turn = Math.atan2(dy, dx);
        if (turn > Math.PI / 2) turn -= Math.PI;
        if (turn < -Math.PI / 2) turn += Math.PI;
        ctx.save();
        ctx.translate(x, y);
        if (Math.abs(turn) < 0.9) ctx.rotate(turn);
        write(ctx, letter, 0, 0, style);
        ctx.restore();
      });
    }
  }

  gg.drawNames = function (ctx, view, group, taken) {
    if (group.along) drawStreetNames(ctx, view, group.items, taken, group.style);
    else drawNames(ctx, view, group.items, taken, group.style);
  };
})((window.gisGrid = window.gisGrid || {}));
