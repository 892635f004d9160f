/** The map as a picture of a given size: drawn anew at that size, then put back. */

import type OlMap from "ol/Map.js";

/** Pixels of the picture for each pixel of the map, so that names are as large as on the screen. */
export const SCALE = 2;

export async function pictureOf(
  map: OlMap,
  width: number,
  height: number,
): Promise<HTMLCanvasElement> {
  const element = viewportOf(map);
  const view = map.getView();
  const before = { size: map.getSize() ?? [1, 1], resolution: view.getResolution() ?? 1 };
  const ratio: unknown = Reflect.get(map, "pixelRatio_");
  const target = [Math.round(width / SCALE), Math.round(height / SCALE)];
  const [wide = 1, high = 1] = target;
  const grow = Math.max((before.size[0] ?? 1) / wide, (before.size[1] ?? 1) / high);
  element.classList.add("drawing");
  try {
    Reflect.set(map, "pixelRatio_", SCALE); // OpenLayers takes it only when a map is made
    const drawn = rest(map);
    map.setSize(target);
    view.setResolution(before.resolution * grow);
    map.render();
    await drawn;
    return merged(map, width, height);
  } finally {
    Reflect.set(map, "pixelRatio_", ratio);
    map.setSize(before.size);
    view.setResolution(before.resolution);
    map.updateSize();
    element.classList.remove("drawing");
  }
}

function viewportOf(map: OlMap): HTMLElement {
  const viewport = map.getViewport();
  if (!viewport) throw new Error("the map is not on the page");
  return viewport;
}

/** Two frames at rest: the names come in the second one. */
function rest(map: OlMap): Promise<void> {
  return new Promise((done) => {
    map.once("rendercomplete", () => {
      map.once("rendercomplete", () => done());
      map.render();
    });
  });
}

/** Put the canvases of the layers on each other, as OpenLayers shows them. */
function merged(map: OlMap, width: number, height: number): HTMLCanvasElement {
  const picture = document.createElement("canvas");
  picture.width = width;
  picture.height = height;
  const pen = picture.getContext("2d");
  if (!pen) throw new Error("this browser has no canvas");
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--m-land");
  pen.fillRect(0, 0, width, height);
  for (const canvas of viewportOf(map).querySelectorAll<HTMLCanvasElement>(".ol-layers canvas")) {
    if (!canvas.width) continue;
    const layer = canvas.parentElement;
    pen.globalAlpha = Number(canvas.style.opacity || layer?.style.opacity || 1);
    pen.setTransform(placed(canvas));
    pen.drawImage(canvas, 0, 0);
  }
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.globalAlpha = 1;
  return picture;
}

function placed(canvas: HTMLCanvasElement): DOMMatrix {
  const given = canvas.style.transform;
  const own = given
    ? new DOMMatrix(given)
    : new DOMMatrix([
        Number.parseFloat(canvas.style.width) / canvas.width || 1 / SCALE,
        0,
        0,
        Number.parseFloat(canvas.style.height) / canvas.height || 1 / SCALE,
        0,
        0,
      ]);
  return new DOMMatrix([SCALE, 0, 0, SCALE, 0, 0]).multiply(own);
}
