/** Keep the names right: laid out anew whenever the view has come to rest or a tile has arrived. */

import type { FeatureLike } from "ol/Feature.js";
import type OlMap from "ol/Map.js";
import type { Levels } from "../style/grids.ts";
import { type Scene, text, zoomOf } from "../style/paint.ts";
import { areaNames, gridNames, placeNames, streetNames, type View } from "./gather.ts";
import { type LabelColours, LabelLayer } from "./label-layer.ts";
import type { AtPoint } from "./layout.ts";

/** Points whose place on the map no name may take, with half of their size in pixels. */
const TAKEN: readonly (readonly [layer: string, half: number])[] = [
  ["incidents", 11],
  ["cameras", 9],
  ["places", 7],
  ["facilities", 6],
];

export interface LabelParts {
  map: OlMap;
  levels: Levels;
  scene: () => Scene;
  /** Features of a layer that are drawn in the view; none when it is switched off. */
  features: (layer: string) => readonly FeatureLike[];
  /** What stands under the name of a ground grid, from its polygon. */
  value: (grid: FeatureLike) => string | null;
  /** Whether anything stands there at all. */
  isValued: () => boolean;
  /** Name wide grids only. */
  quiet: () => boolean;
  /** Names of the grids of a plan, which stand for the current ones; null without a plan. */
  planned: (view: View) => AtPoint[] | null;
}

export interface Labels {
  layer: LabelLayer;
  /** Lay out again when the next frame is complete. */
  stale: () => void;
  /** Told when the view is at rest with everything drawn and named. */
  onRest: (listener: () => void) => void;
}

export function mountLabels(parts: LabelParts, zIndex: number): Labels {
  const { map, scene } = parts;
  const layer = new LabelLayer(zIndex);
  const listeners: (() => void)[] = [];
  let last = "";
  let isStale = true;
  map.addLayer(layer);
  map.on("rendercomplete", () => {
    const view = map.getView();
    const now = [
      ...(view.getCenter() ?? []),
      view.getResolution(),
      ...(map.getSize() ?? []),
    ].join();
    if (isStale || now !== last) {
      isStale = false;
      last = now;
      lay(layer, parts);
      return; // the frame with the names comes next
    }
    for (const listener of listeners) listener();
  });
  return {
    layer,
    stale: () => {
      isStale = true;
      map.render();
    },
    onRest: (listener) => listeners.push(listener),
  };

  function lay(
    labels: LabelLayer,
    { features, levels, value, isValued, quiet, planned }: LabelParts,
  ): void {
    labels.lay((pixel, resolution) => {
      const { shrink } = scene();
      const view = { pixel, resolution, shrink, zoom: zoomOf(resolution) };
      const told = isValued() ? features("grids") : [];
      const values = new Map(told.map((one) => [text(one, "code"), value(one)]));
      const grids: AtPoint[] =
        planned(view) ?? gridNames(features("grid_labels"), view, levels, values, quiet());
      return {
        taken: TAKEN.flatMap(([name, half]) => features(name).map((one) => spot(one, pixel, half))),
        points: [...grids, ...placeNames(features("places"), view)],
        streets: streetNames(features("streets"), view),
        areas: areaNames(features("landcover"), view),
      };
    }, coloursOf(scene()));
  }
}

function spot(
  feature: FeatureLike,
  pixel: (x: number, y: number) => readonly [number, number],
  half: number,
): { x: number; y: number; half: number } {
  const [west = 0, south = 0, east = 0, north = 0] = feature.getGeometry()?.getExtent() ?? [];
  const [x, y] = pixel((west + east) / 2, (south + north) / 2);
  const count: unknown = feature.get("count");
  const many = typeof count === "number" && count > 1;
  return { x, y, half: many ? Math.min(8 + Math.log10(count) * 5, 24) + 2 : half };
}

function coloursOf({ colours }: Scene): LabelColours {
  const { page, map } = colours;
  const tones = { ink: page.ink, ink2: page.ink2, label: map.label, water: map["water-label"] };
  return { tones, halo: map.halo };
}
