/** Where incidents are many: H3 cells with their count, on a canvas (never OpenLayers' WebGL heat). */

import VectorImageLayer from "ol/layer/VectorImage.js";
import VectorSource from "ol/source/Vector.js";
import type { Style } from "ol/style.js";
import type { Api, Feature, Query } from "../api.ts";
import { HEAT_OPACITY } from "../palette.ts";
import { drawable } from "./geojson.ts";
import { faded, filled, kept, type Scene } from "./style/paint.ts";

/** How incidents are drawn: counted in H3 cells, or as a kernel density. */
export type Surface = "cells" | "density";

export interface HeatTold {
  surface: Surface;
  /** Lower bound of each class: incidents in a cell, or per km². */
  breaks: number[];
  /** Of cells. */
  resolution?: number;
  hidden?: number;
  /** Of a density. */
  bandwidth_m?: number;
  total: number;
  doubted: number;
  since: string | null;
  until: string | null;
}

export interface HeatMap {
  layer: VectorImageLayer;
  /** What the cells mean; null until they have been asked for. */
  told(): HeatTold | null;
  /** Ask once for the last year, when it is shown for the first time and nobody asked otherwise. */
  load(): Promise<void>;
  /** Ask for some days or kinds of incidents; the last question counts. */
  ask(query: Query, surface?: Surface): Promise<void>;
  repaint(): void;
}

const PATHS: Record<Surface, string> = { cells: "/api/v1/heat", density: "/api/v1/density" };
const CLASSES = 7;

/** Colour of a class out of so many: few classes take colours from the whole ramp. */
export function heatColour(scene: Scene, at: number, classes: number): string {
  const { heat } = scene.colours;
  const place = classes < 2 ? 3 : Math.round((at * (CLASSES - 1)) / (classes - 1));
  return heat[Math.min(CLASSES - 1, Math.max(0, place))] ?? heat[0];
}

export function heatOpacity(scene: Scene): number {
  return scene.dark ? 0.95 : HEAT_OPACITY;
}

export function makeHeat(api: Api, scene: () => Scene, zIndex: number): HeatMap {
  const source = new VectorSource();
  let told: HeatTold | null = null;
  let asked: Promise<void> | null = null;
  let latest: Query = {};
  const painter = () => {
    const now = scene();
    const style: (at: string) => Style = kept((at) =>
      filled(faded(heatColour(now, Number(at), told?.breaks.length ?? CLASSES), heatOpacity(now))),
    );
    return (feature: { get(name: string): unknown }) => style(String(feature.get("heat_class")));
  };
  const layer = new VectorImageLayer({
    source,
    style: painter(),
    zIndex,
    imageRatio: 1.4,
    visible: false,
  });
  layer.set("name", "heat");
  const load = async (query: Query, surface: Surface) => {
    const answer = await api.get<HeatTold & { features: Feature[] }>(PATHS[surface], query);
    if (latest !== query) return; // something else was asked for meanwhile
    told = { ...answer, surface };
    source.clear(true);
    source.addFeatures(drawable(answer.features));
    layer.setStyle(painter());
  };
  const ask = (query: Query, surface: Surface = "cells") => {
    latest = query;
    asked = load(query, surface).catch((error: unknown) => {
      asked = null; // the next switch asks again
      throw error;
    });
    return asked;
  };
  return {
    layer,
    told: () => told,
    load: () => asked ?? ask({}),
    ask,
    repaint: () => layer.setStyle(painter()),
  };
}
