/* Where it begins: the data of the page, the picture, the listeners. */
"use strict";
(function (gg) {
  gg.start = function (map, id) {
    const data = JSON.parse(document.getElementById(id).textContent);
    gg.font = getComputedStyle(document.documentElement).getPropertyValue("--font");
    gg.read(data);
    gg.home(map, data);
    const picture = new gg.Picture();
    picture.data = data;
    gg.listen(map, data);
    gg.control(map, data, picture);
    gg.preparePrinting(map, picture);
    picture.addTo(map);
    document.documentElement.dataset.drawn = String(data.layers.reduce((n, one) => n + one.features.length, 0));
    return picture;
  };
})((window.gisGrid = window.gisGrid || {}));
