/* Paper: the map in the size that the sheet has for it, drawn finer. */
"use strict";
(function (gg) {
  const FINER = 3; // canvas pixels a CSS pixel

  gg.preparePrinting = function (map, picture) {
    const root = document.documentElement;
    let kept = null;
    const lay = function (bounds, ratio) {
      map.invalidateSize({ animate: false });
      map.fitBounds(bounds, { animate: false });
      picture.least = ratio;
      picture.redraw();
    };
    window.addEventListener("beforeprint", function () {
      kept = { centre: map.getCenter(), zoom: map.getZoom() };
      const bounds = map.getBounds();
      root.classList.add("gg-printing");
      lay(bounds, FINER);
    });
    window.addEventListener("afterprint", function () {
      root.classList.remove("gg-printing");
      if (!kept) return;
      picture.least = 1;
      map.invalidateSize({ animate: false });
      map.setView(kept.centre, kept.zoom, { animate: false });
      picture.redraw();
    });
    document.getElementById("gg-print").addEventListener("click", () => window.print());
  };
})((window.gisGrid = window.gisGrid || {}));
