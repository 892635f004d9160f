/* The list of layers, the coordinates under the cursor, the way back, the full screen. */
"use strict";
(function (gg) {
  /* Each checkbox names a layer or several, or some of its classes; what the zoom hides is said beside it. */
  function toggle(box, data) {
    const keys = box.dataset.layers.split(" ");
    const classes = box.dataset.classes ? box.dataset.classes.split(" ").map(Number) : null;
    for (const layer of data.layers.filter((one) => keys.includes(one.key))) {
      if (!classes) layer.shown = box.checked;
      else for (const kind of classes) box.checked ? layer.hidden.delete(kind) : layer.hidden.add(kind);
    }
    const legend = classes ? null : document.querySelector('[data-legend="' + keys[0] + '"]');
    if (legend) legend.hidden = !box.checked;
  }

  function hint(boxes, map) {
    for (const box of boxes) {
      const isLater = box.checked && map.getZoom() < Number(box.dataset.low);
      box.closest("label").classList.toggle("gg-later", isLater);
    }
  }

  function fullScreen() {
    const button = document.getElementById("gg-full");
    button.hidden = !document.fullscreenEnabled;
    button.addEventListener("click", function () {
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen();
    });
    document.addEventListener("fullscreenchange", function () {
      button.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
    });
  }

  gg.control = function (map, data, picture) {
    const boxes = document.querySelectorAll("input[data-layers]");
    for (const box of boxes) {
      if (!box.checked) toggle(box, data);
      box.addEventListener("change", function () {
        toggle(box, data);
        picture.redraw();
        hint(boxes, map);
      });
    }
    map.on("zoomend", () => hint(boxes, map));
    hint(boxes, map);
    const where = document.getElementById("gg-where");
    map.on("mousemove", function (event) {
      where.textContent = event.latlng.lng.toFixed(5) + ", " + event.latlng.lat.toFixed(5);
    });
    document.getElementById("gg-home").addEventListener("click", () => gg.home(map, data));
    fullScreen();
  };

  gg.home = (map, data) => map.fitBounds(data.bounds, { animate: false, padding: [16, 16] });
})((window.gisGrid = window.gisGrid || {}));
