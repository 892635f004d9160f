/* What is under the cursor, its tip, its card and its outline. Data enters the page as text, never as HTML. */
"use strict";
(function (gg) {
  const REACH = 7; // px around the cursor in which a point counts as hit

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

  function nearest(layer, x, y, near) {
    const far = (f) => Math.hypot(f.box[0] - x, f.box[1] - y);
    const close = layer.features.filter((f) => !layer.hidden.has(f.kind) && far(f) <= near);
    return close.sort((a, b) => far(a) - far(b))[0] || null;
  }

  /* The feature at a place, or a cluster of them; what lies in several layers is of the highest rank. */
  gg.pick = function (map, data, latlng) {
    const zoom = map.getZoom();
    const [x, y] = gg.world(latlng.lng, latlng.lat);
    const near = REACH / (gg.TILE * Math.pow(2, zoom));
    for (const layer of data.layers.slice().reverse().sort((a, b) => b.rank - a.rank)) {
      if (!layer.fields || !gg.drawn(layer, zoom)) continue;
      let found = null;
      if (layer.kind !== "point") {
        found = layer.features.find((f) => gg.meets(f.box, [x, y, x, y]) && holds(f, x, y));
      } else {
        if (zoom < (layer.cluster || 0)) found = gg.pickCluster(layer, zoom, x, y);
        found = found || nearest(layer, x, y, near);
      }
      if (found) return found;
    }
    return null;
  };

  gg.element = function (tag, kind, text) {
    const made = document.createElement(tag);
    if (kind) made.className = kind;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  function card(feature) {
    const box = gg.element("div", "gg-card");
    box.append(gg.element("div", "gg-kind", feature.layer.title));
    const table = gg.element("table");
    const values = gg.facts(feature);
    feature.layer.fields.forEach(function (field, i) {
      const value = values[i];
      if (value === null || value === undefined || value === "") return;
      const said = typeof value === "number" ? value.toLocaleString("en") : String(value);
      const row = gg.element("tr");
      row.append(gg.element("th", "", field), gg.element("td", typeof value === "number" ? "num" : "", said));
      table.append(row);
    });
    box.append(table);
    return box;
  }

  function rings(feature) {
    return feature.parts.map(function (part) {
      const out = [];
      for (let i = 0; i < part.length; i += 2) out.push(gg.lonLat(part[i], part[i + 1]).reverse());
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

  /* Show the card of a feature at a place, and its outline as long as the card is open. */
  gg.show = function (map, data, feature, latlng) {
    map.closePopup();
    const mine = outline(map, feature, data.ink);
    const popup = L.popup({ maxWidth: 320, minWidth: 200, autoPanPadding: [16, 16] });
    popup.on("remove", () => mine.remove());
    popup.setLatLng(latlng).setContent(card(feature)).openOn(map);
  };

  function says(found) {
    if (found.n) return found.layer.title + "　" + found.n.toLocaleString("en");
    const first = gg.facts(found).slice(0, 2).filter((v) => v !== null && v !== "");
    return found.layer.title + "　" + first.join("　");
  }

  function place(tip, map, event) {
    const left = event.containerPoint.x > map.getSize().x - 240;
    tip.style.transform = left ? "translateX(-100%)" : "";
    tip.style.left = event.containerPoint.x + (left ? -14 : 14) + "px";
    tip.style.top = event.containerPoint.y + 14 + "px";
  }

  gg.listen = function (map, data) {
    const tip = gg.element("div", "gg-tip");
    tip.setAttribute("role", "status");
    tip.hidden = true;
    map.getContainer().append(tip);
    let waiting = 0;
    map.on("mousemove", function (event) {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(function () {
        const found = gg.pick(map, data, event.latlng);
        tip.hidden = !found;
        if (!found) return;
        tip.textContent = says(found);
        place(tip, map, event);
      });
    });
    map.on("mouseout movestart zoomstart", function () {
      cancelAnimationFrame(waiting);
      tip.hidden = true;
    });
    map.on("click", function (event) {
      const found = gg.pick(map, data, event.latlng);
      tip.hidden = true;
      if (!found) return;
      if (found.n) map.setView(gg.lonLat(found.x, found.y).reverse(), Math.min(map.getZoom() + 2, 20));
      else gg.show(map, data, found, event.latlng);
    });
  };
})((window.gisGrid = window.gisGrid || {}));
