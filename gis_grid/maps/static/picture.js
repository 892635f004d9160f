/* The canvas over Leaflet on which everything is drawn. */
"use strict";
(function (gg) {
  gg.Picture = L.Renderer.extend({
    options: { padding: 0.15 },
    sharpness: 2, // most canvas pixels a CSS pixel; paper wants more
    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._container.className = "gg-canvas";
    },
    _update: function () {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const ratio = Math.max(this.least || 1, Math.min(window.devicePixelRatio || 1, this.sharpness));
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
      const scale = gg.TILE * Math.pow(2, zoom);
      return {
        zoom, scale, left: corner.x, top: corner.y, width: size.x, height: size.y,
        box: [corner.x / scale, corner.y / scale, (corner.x + size.x) / scale, (corner.y + size.y) / scale],
        pxPerMetre: gg.pxPerMetre(scale, this._map.getCenter().lat),
      };
    },
    _draw: function (ctx, view) {
      const taken = [];
      for (const layer of this.data.layers) {
        if (!gg.drawn(layer, view.zoom)) continue;
        gg.DRAW[layer.kind](ctx, view, layer);
        if (layer.kind === "point") gg.keepClear(taken, view, layer);
      }
      for (const group of this.data.names) {
        if (view.zoom < group.low || view.zoom >= group.high) continue;
        if (group.layer && !this.data.layers.find((one) => one.key === group.layer).shown) continue;
        gg.drawNames(ctx, view, group, taken);
      }
    },
    redraw: function () {
      if (this._map) this._update();
    },
  });
})((window.gisGrid = window.gisGrid || {}));
