/* Where things are: degrees to the unit square of Web Mercator and back; packed shapes to features. */
"use strict";
(function (gg) {
  const RAD = Math.PI / 180;
  gg.TILE = 256; // Leaflet's world is 256 px wide at zoom 0
  gg.pxPerMetre = (scale, lat) => scale / (40075016.7 * Math.cos(lat * RAD));

  gg.world = function (lon, lat) {
    const y = Math.log(Math.tan(lat * RAD) + 1 / Math.cos(lat * RAD)) / Math.PI;
    return [(lon + 180) / 360, (1 - y) / 2];
  };

  gg.lonLat = function (x, y) {
    return [x * 360 - 180, Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) / RAD];
  };

  gg.meets = (a, b) => a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];

  /* A ring is a list of differences in units of `step` degrees; the first pair starts at the origin. */
  function unpackRing(ring, data) {
    const out = new Float64Array(ring.length);
    let lon = 0;
    let lat = 0;
    for (let i = 0; i < ring.length; i += 2) {
      lon += ring[i];
      lat += ring[i + 1];
      const at = gg.world(data.origin[0] + lon * data.step, data.origin[1] + lat * data.step);
      out[i] = at[0];
      out[i + 1] = at[1];
    }
    return out;
  }

  function boxOf(parts) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (const part of parts) {
      for (let i = 0; i < part.length; i += 2) {
        box[0] = Math.min(box[0], part[i]);
        box[1] = Math.min(box[1], part[i + 1]);
        box[2] = Math.max(box[2], part[i]);
        box[3] = Math.max(box[3], part[i + 1]);
      }
    }
    return box;
  }

  function read(layer, data) {
    return layer.shapes.map(function (rings, index) {
      const parts = rings.map((ring) => unpackRing(ring, data));
      const kind = layer.classes ? layer.classes[index] : 0;
      const feature = { parts, box: boxOf(parts), kind, index, layer };
      if (layer.turns) Object.assign(feature, { turn: layer.turns[index], spread: layer.spreads[index] });
      return feature;
    });
  }

  /* A layer may draw the features of another one a second time, in another style. */
  function unpack(layer, data) {
    layer.features = layer.shares ? data.layers.find((one) => one.key === layer.shares).features : read(layer, data);
    const kind = (f, index) => (layer.classes ? layer.classes[index] : f.kind);
    layer.byKind = layer.styles.map((_, wanted) => layer.features.filter((f, i) => kind(f, i) === wanted));
    layer.hidden = new Set();
    layer.shapes = null;
  }

  gg.read = function (data) {
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
  };

  gg.drawn = (layer, zoom) => layer.shown && zoom >= layer.low && zoom < layer.high;

  /* What a column says of a feature: itself, or a word of the column's table. */
  gg.facts = function (feature) {
    return feature.layer.columns.map(function (column) {
      const value = column.rows[feature.index];
      return column.words && value !== null ? column.words[value] : value;
    });
  };
})((window.gisGrid = window.gisGrid || {}));
