/* Draws a city from compact data on one canvas over Leaflet. Data enters the page as text, never as HTML. */
"use strict";
window.gisGrid = (function () {
  const RAD = Math.PI / 180;
  const TILE = 256; // Leaflet's world is 256 px wide at zoom 0
  const reach = 7; // px around the cursor in which a point counts as hit

  function world(lon, lat) {
    const y = Math.log(Math.tan(lat * RAD) + 1 / Math.cos(lat * RAD)) / Math.PI;
    return [(lon + 180) / 360, (1 - y) / 2];
  }

  function lonLat(x, y) {
    return [x * 360 - 180, Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) / RAD];
  }

  /* A ring is a list of differences in units of `step` degrees; the first pair starts at the origin. */
  function unpackRing(ring, data) {
    const out = new Float64Array(ring.length);
    let lon = 0;
    let lat = 0;
    for (let i = 0; i < ring.length; i += 2) {
      lon += ring[i];
      lat += ring[i + 1];
      const at = world(data.origin[0] + lon * data.step, data.origin[1] + lat * data.step);
      out[i] = at[0];
      out[i + 1] = at[1];
    }
    return out;
  }

  /* A layer may draw the features of another one a second time, in another style. */
  function unpack(layer, data) {
    layer.features = layer.shares ? data.layers.find((one) => one.key === layer.shares).features : read(layer, data);
    const kind = (f, index) => (layer.classes ? layer.classes[index] : f.kind);
    layer.byKind = layer.styles.map((_, wanted) => layer.features.filter((f, i) => kind(f, i) === wanted));
    layer.shapes = null;
  }

  function read(layer, data) {
    return layer.shapes.map(function (rings, index) {
      const parts = rings.map((ring) => unpackRing(ring, data));
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      for (const part of parts) {
        for (let i = 0; i < part.length; i += 2) {
          box[0] = Math.min(box[0], part[i]);
          box[1] = Math.min(box[1], part[i + 1]);
          box[2] = Math.max(box[2], part[i]);
          box[3] = Math.max(box[3], part[i + 1]);
        }
      }
      const kind = layer.classes ? layer.classes[index] : 0;
      return { parts, box, kind, index, layer };
    });
  }

  /* What a column says of a feature: itself, or a word of the column's table. */
  function facts(feature) {
    return feature.layer.columns.map(function (column) {
      const value = column.rows[feature.index];
      return column.words && value !== null ? column.words[value] : value;
    });
  }

  function meets(a, b) {
    return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
  }

  function trace(ctx, view, part, closed) {
    for (let i = 0; i < part.length; i += 2) {
      const x = part[i] * view.scale - view.left;
      const y = part[i + 1] * view.scale - view.top;
      if (i === 0) ctx.moveTo(x, y);
      else ctx.lineTo(x, y);
    }
    if (closed) ctx.closePath();
  }

  /* A width is in px, or in metres on the ground with a smallest number of px. */
  function width(style, view) {
    if (!style.metres) return style.width || 1;
    return Math.max(style.least || 1, Math.min(style.most || 40, style.metres * view.pxPerMetre));
  }

  function path(ctx, view, features, closed) {
    ctx.beginPath();
    for (const f of features) {
      if (!meets(f.box, view.box)) continue;
      for (const part of f.parts) trace(ctx, view, part, closed);
    }
  }

  function stroke(ctx, colour, px, dash, alpha) {
    ctx.globalAlpha = alpha === undefined ? 1 : alpha;
    ctx.strokeStyle = colour;
    ctx.lineWidth = px;
    ctx.setLineDash(dash || []);
    ctx.stroke();
    ctx.globalAlpha = 1;
  }

  function drawAreas(ctx, view, layer) {
    layer.styles.forEach(function (style, kind) {
      path(ctx, view, layer.byKind[kind], true);
      if (style.fill) {
        const far = style.fadeAt === undefined || view.zoom < style.fadeAt;
        ctx.globalAlpha = far ? style.opacity || 1 : style.faded;
        ctx.fillStyle = style.fill;
        ctx.fill("evenodd");
        ctx.globalAlpha = 1;
      }
      if (style.casing) stroke(ctx, style.casing, style.casingWidth, [], style.casingOpacity);
      if (style.line && !(view.zoom < style.lineFrom)) {
        stroke(ctx, style.line, width(style, view), style.dash, style.lineOpacity);
      }
    });
  }

  function drawLines(ctx, view, layer) {
    const from = (style) => view.zoom >= (style.from || 0);
    layer.styles.forEach(function (style, kind) {
      if (!style.casing || !from(style)) return;
      path(ctx, view, layer.byKind[kind], false);
      stroke(ctx, style.casing, width(style, view) + 2, []);
    });
    layer.styles.forEach(function (style, kind) {
      if (!from(style)) return;
      path(ctx, view, layer.byKind[kind], false);
      stroke(ctx, style.line, width(style, view), style.dash, style.lineOpacity);
    });
  }

  function drawPoints(ctx, view, layer) {
    layer.styles.forEach(function (style, kind) {
      const r = style.radius * Math.max(0.6, Math.min(1.4, 0.6 + 0.3 * (view.zoom - 14.5)));
      ctx.beginPath();
      for (const f of layer.byKind[kind]) {
        if (!meets(f.box, view.box)) continue;
        const x = f.box[0] * view.scale - view.left;
        const y = f.box[1] * view.scale - view.top;
        if (style.shape === "square") ctx.rect(x - r, y - r, 2 * r, 2 * r);
        else if (style.shape === "diamond") {
          ctx.moveTo(x, y - r * 1.25);
          ctx.lineTo(x + r * 1.25, y);
          ctx.lineTo(x, y + r * 1.25);
          ctx.lineTo(x - r * 1.25, y);
          ctx.closePath();
        } else {
          ctx.moveTo(x + r, y);
          ctx.arc(x, y, r, 0, 2 * Math.PI);
        }
      }
      if (style.casing) stroke(ctx, style.casing, style.width + 2.5, []);
      ctx.fillStyle = style.fill;
      ctx.fill();
      if (style.line) stroke(ctx, style.line, style.width, style.dash);
    });
  }

  const DRAW = { area: drawAreas, line: drawLines, point: drawPoints };

  function drawn(layer, zoom) {
    return layer.shown && zoom >= layer.low && zoom < layer.high;
  }

  /* Text that keeps clear of other text; what does not fit is dropped. */
  function place(taken, box) {
    if (taken.some((other) => meets(other, box))) return false;
    taken.push(box);
    return true;
  }

  /* Large symbols claim their place before any name does. */
  function keepClear(taken, view, layer) {
    layer.styles.forEach(function (style, kind) {
      if (style.radius < 3 || view.zoom < 15.5) return;
      for (const f of layer.byKind[kind]) {
        if (!meets(f.box, view.box)) continue;
        const x = f.box[0] * view.scale - view.left;
        const y = f.box[1] * view.scale - view.top;
        taken.push([x - style.radius, y - style.radius, x + style.radius, y + style.radius]);
      }
    });
  }

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

  function drawNames(ctx, view, names, taken, style) {
    for (const name of names) {
      const x = name.at[0] * view.scale - view.left;
      const y = name.at[1] * view.scale - view.top;
      ctx.font = (style.weight || 400) + " " + style.size + "px " + style.font;
      const half = ctx.measureText(name.text).width / 2 + 4;
      if (name.room * view.scale < half * style.tight) continue;
      if (!place(taken, [x - half, y - style.size * 0.8, x + half, y + style.size * 0.8])) continue;
      write(ctx, name.text, x, y, style);
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
      if (boxes.some((box) => taken.some((other) => meets(other, box)))) continue;
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

  const Picture = L.Renderer.extend({
    options: { padding: 0.15 },
    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._container.className = "gg-canvas";
    },
    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      const size = this._bounds.getSize();
      L.DomUtil.setPosition(this._container, this._bounds.min);
      this._container.width = size.x * ratio;
      this._container.height = size.y * ratio;
      this._container.style.width = size.x + "px";
      this._container.style.height = size.y + "px";
      const ctx = this._container.getContext("2d");
      ctx.scale(ratio, ratio);
      ctx.lineJoin = "round";
      ctx.lineCap = "round";
      this._draw(ctx, this._view(size));
    },
    _view: function (size) {
      const zoom = this._map.getZoom();
      const corner = this._map.getPixelOrigin().add(this._bounds.min);
      const scale = TILE * Math.pow(2, zoom);
      const lat = this._map.getCenter().lat;
      return {
        zoom, scale, left: corner.x, top: corner.y, width: size.x, height: size.y,
        box: [corner.x / scale, corner.y / scale, (corner.x + size.x) / scale, (corner.y + size.y) / scale],
        pxPerMetre: scale / (40075016.7 * Math.cos(lat * RAD)),
      };
    },
    _draw: function (ctx, view) {
      const taken = [];
      for (const layer of this.data.layers) {
        if (drawn(layer, view.zoom)) DRAW[layer.kind](ctx, view, layer);
        if (drawn(layer, view.zoom) && layer.kind === "point") keepClear(taken, view, layer);
      }
      for (const group of this.data.names) {
        if (view.zoom < group.low || view.zoom >= group.high) continue;
        if (group.layer && !this.data.layers.find((one) => one.key === group.layer).shown) continue;
        if (group.along) drawStreetNames(ctx, view, group.items, taken, group.style);
        else drawNames(ctx, view, group.items, taken, group.style);
      }
    },
    redraw: function () {
      if (this._map) this._update();
    },
  });

  function holds(feature, x, y) {
    let inside = false;
    for (const part of feature.parts) {
      for (let i = 0, j = part.length - 2; i < part.length; j = i, i += 2) {
        const [ay, by] = [part[i + 1], part[j + 1]];
        if (ay > y !== by > y && x < ((part[j] - part[i]) * (y - ay)) / (by - ay) + part[i]) inside = !inside;
      }
    }
    return inside;
  }

  function pick(map, data, latlng) {
    const zoom = map.getZoom();
    const [x, y] = world(latlng.lng, latlng.lat);
    const near = reach / (TILE * Math.pow(2, zoom));
    for (const layer of data.layers.slice().reverse().sort((a, b) => b.rank - a.rank)) {
      if (!layer.fields || !drawn(layer, zoom)) continue;
      if (layer.kind === "point") {
        const far = (f) => Math.hypot(f.box[0] - x, f.box[1] - y);
        const close = layer.features.filter((f) => far(f) <= near).sort((a, b) => far(a) - far(b));
        if (close.length) return close[0];
      } else {
        const found = layer.features.find((f) => meets(f.box, [x, y, x, y]) && holds(f, x, y));
        if (found) return found;
      }
    }
    return null;
  }

  function element(tag, kind, text) {
    const made = document.createElement(tag);
    if (kind) made.className = kind;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function card(feature) {
    const box = element("div", "gg-card");
    box.append(element("div", "gg-kind", feature.layer.title));
    const table = element("table");
    const values = facts(feature);
    feature.layer.fields.forEach(function (field, i) {
      const value = values[i];
      if (value === null || value === undefined || value === "") return;
      const row = element("tr");
      row.append(element("th", "", field), element("td", typeof value === "number" ? "num" : "", String(value)));
      table.append(row);
    });
    box.append(table);
    return box;
  }

  function rings(feature) {
    return feature.parts.map(function (part) {
      const out = [];
      for (let i = 0; i < part.length; i += 2) out.push(lonLat(part[i], part[i + 1]).reverse());
      return out;
    });
  }

  /* The selected feature: a white casing and an ink line, drawn by Leaflet itself. */
  function outline(map, feature, ink) {
    const group = L.layerGroup();
    if (feature.layer.kind === "point") {
      const at = rings(feature)[0][0];
      for (const [color, weight] of [["#fff", 5], [ink, 2]]) {
        L.circleMarker(at, { radius: 9, color, weight, fill: false, interactive: false }).addTo(group);
      }
    } else {
      for (const [color, weight] of [["#fff", 6], [ink, 2.4]]) {
        L.polygon(rings(feature), { color, weight, fill: false, interactive: false }).addTo(group);
      }
    }
    return group.addTo(map);
  }

  function listen(map, data) {
    const tip = element("div", "gg-tip");
    tip.setAttribute("role", "status");
    tip.hidden = true;
    map.getContainer().append(tip);
    let waiting = 0;
    let chosen = null;
    map.on("mousemove", function (event) {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(function () {
        const found = pick(map, data, event.latlng);
        tip.hidden = !found;
        if (!found) return;
        const says = facts(found).slice(0, 2).filter((v) => v !== null && v !== "");
        tip.textContent = found.layer.title + "　" + says.join("　");
        const left = event.containerPoint.x > map.getSize().x - 240;
        tip.style.transform = left ? "translateX(-100%)" : "";
        tip.style.left = event.containerPoint.x + (left ? -14 : 14) + "px";
        tip.style.top = event.containerPoint.y + 14 + "px";
      });
    });
    map.on("mouseout movestart zoomstart", function () {
      cancelAnimationFrame(waiting);
      tip.hidden = true;
    });
    map.on("click", function (event) {
      const found = pick(map, data, event.latlng);
      if (!found) return;
      if (chosen) chosen.remove();
      chosen = outline(map, found, data.ink);
      tip.hidden = true;
      const popup = L.popup({ maxWidth: 320, minWidth: 200, autoPanPadding: [16, 16] });
      popup.setLatLng(event.latlng).setContent(card(found)).openOn(map);
      const mine = chosen;
      popup.on("remove", () => mine.remove());
    });
  }

  /* Each checkbox names a layer or several; what the zoom hides is said beside it. */
  function controls(map, data, picture) {
    const boxes = document.querySelectorAll("input[data-layers]");
    const hint = function () {
      for (const box of boxes) {
        const low = Number(box.dataset.low);
        box.closest("label").classList.toggle("gg-later", box.checked && map.getZoom() < low);
      }
    };
    for (const box of boxes) {
      box.addEventListener("change", function () {
        const keys = box.dataset.layers.split(" ");
        for (const layer of data.layers) if (keys.includes(layer.key)) layer.shown = box.checked;
        const legend = document.querySelector('[data-legend="' + keys[0] + '"]');
        if (legend) legend.hidden = !box.checked;
        picture.redraw();
        hint();
      });
    }
    map.on("zoomend", hint);
    hint();
    const where = document.getElementById("gg-where");
    map.on("mousemove", function (event) {
      where.textContent = event.latlng.lng.toFixed(5) + ", " + event.latlng.lat.toFixed(5);
    });
    document.getElementById("gg-home").addEventListener("click", () => map.fitBounds(data.bounds, { padding: [16, 16] }));
  }

  function start(map, id) {
    const data = JSON.parse(document.getElementById(id).textContent);
    for (const layer of data.layers) if (!layer.shares) unpack(layer, data);
    for (const layer of data.layers) if (layer.shares) unpack(layer, data);
    for (const group of data.names) {
      for (const item of group.items) {
        if (group.along) item.line = unpackRing(item.line, data);
        else {
          item.at = unpackRing(item.at, data);
          item.room *= data.step / 360;
        }
      }
    }
    map.fitBounds(data.bounds, { animate: false, padding: [16, 16] });
    const picture = new Picture();
    picture.data = data;
    picture.addTo(map);
    listen(map, data);
    controls(map, data, picture);
    document.documentElement.dataset.drawn = String(data.layers.reduce((n, one) => n + one.features.length, 0));
    return picture;
  }

  return { start, pick };
})();
