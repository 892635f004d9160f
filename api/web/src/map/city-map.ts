/** The map that every page shares: the city's own tiles, what is switched on, and the view. */

import { buffer } from "ol/extent.js";
import type { FeatureLike } from "ol/Feature.js";
import { defaults as interactions } from "ol/interaction/defaults.js";
import OlMap from "ol/Map.js";
import { fromLonLat, toLonLat, transformExtent } from "ol/proj.js";
import View from "ol/View.js";
import type { Address } from "../shell/address.ts";
import type { PageName } from "../shell/shell.ts";
import type { Theme } from "../shell/theme.ts";
import type { Catalogue } from "./catalogue.ts";
import type { City } from "./city.ts";
import { mountLabels } from "./labels/mount.ts";
import { AT_FIRST, BASE, ORDER, SWITCHES, type Switch, TILES } from "./layers.ts";
import * as base from "./style/base.ts";
import * as grids from "./style/grids.ts";
import { type Painter, type Scene, sceneOf } from "./style/paint.ts";
import * as things from "./style/things.ts";
import { type CityTiles, sourceOf, tilesOf } from "./tiles.ts";

export const MAX_ZOOM = 20;
const MIN_ZOOM = 7;
const FLY_MS = 240;

export type Bounds = [west: number, south: number, east: number, north: number];

export interface CityMap {
  /** OpenLayers' own map, for features that draw or measure. */
  readonly map: OlMap;
  readonly city: City;
  /** Which switches this service has tiles for. */
  readonly switches: readonly Switch[];
  isOn(name: Switch): boolean;
  show(name: Switch, on: boolean): void;
  /** Told when a switch, the theme or the fill of grids has changed. */
  onChange(listener: () => void): void;
  /** Centre of the view, WGS-84 degrees. */
  centre(): { lon: number; lat: number; zoom: number };
  /** Go to a point or a box; flies at most two screens far, else jumps. */
  go(to: { lon: number; lat: number; zoom?: number } | Bounds): void;
  /** The whole city again. */
  goHome(): void;
  /** Things at a pixel, the topmost first; the base map is left out. */
  thingsAt(pixel: number[]): { layer: string; feature: FeatureLike }[];
  /** Features of a tile layer that are drawn in the view. */
  inView(layer: string): FeatureLike[];
  /** Colour the ground grids; null takes the colours away. */
  fillGrids(colourOf: grids.Fills | null): void;
  /** Draw the tiles of another state of the data. */
  use(catalogue: Catalogue): void;
  /** Resolves when everything that the view needs has been drawn. */
  drawn(): Promise<void>;
  /** Write something under the name of each ground grid; null takes it away. */
  writeGrids(told: ((code: string) => string | null) | null): void;
  /** The names that are on the map now. */
  names(): string[];
}

interface Parts {
  element: HTMLElement;
  page: PageName;
  city: City;
  catalogue: Catalogue;
  address: Address;
  theme: Theme;
}

export function makeCityMap(parts: Parts): CityMap {
  const { city, address, theme, page } = parts;
  const [west, south, east, north] = city.bounds ?? [73.5, 18, 135.1, 53.6];
  const shrink = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const extent = transformExtent([west, south, east, north], "EPSG:4326", "EPSG:3857");
  const view = new View({
    center: [
      (extent[0] ?? 0) / 2 + (extent[2] ?? 0) / 2,
      (extent[1] ?? 0) / 2 + (extent[3] ?? 0) / 2,
    ],
    zoom: 12,
    minZoom: city.bounds ? MIN_ZOOM : 3,
    maxZoom: MAX_ZOOM,
    enableRotation: false,
  });
  const map = new OlMap({
    target: parts.element,
    view,
    controls: [],
    interactions: interactions({ altShiftDragRotate: false, pinchRotate: false }),
    pixelRatio: Math.min(2, Math.max(1, devicePixelRatio)),
  });
  const levels: grids.Levels = { all: city.levels.map((one) => one.key), ground: city.ground };
  const listeners: (() => void)[] = [];
  const layers = new Map<string, CityTiles>();
  let known = parts.catalogue;
  let fill: grids.Fills | null = null;
  let value: ((code: string) => string | null) | null = null;
  let on = new Set(switched(address.get("on"), page));

  const tell = () => {
    for (const listener of listeners) listener();
  };
  const painter = (name: string): Painter =>
    paint(name, sceneOf(theme.get(), shrink), levels, fill);
  const isVisible = (name: string) => {
    const of = name === "grid_fill" ? "grids" : name;
    return BASE.includes(of) || SWITCHES.some((one) => on.has(one) && TILES[one].includes(of));
  };
  const refresh = () => {
    for (const [name, layer] of layers) {
      layer.setVisible(isVisible(name) && (name !== "grid_fill" || fill !== null));
    }
  };
  const repaint = () => {
    for (const [name, layer] of layers) layer.setStyle(painter(name));
    tell();
  };
  for (const name of ORDER) {
    const tiles = known.layers.find((one) => one.name === (name === "grid_fill" ? "grids" : name));
    if (!tiles) continue;
    const shared = name === "grids" ? layers.get("grid_fill")?.getSource() : null;
    const layer = tilesOf(shared ?? sourceOf(tiles), painter(name), ORDER.indexOf(name));
    layer.set("name", name);
    layers.set(name, layer);
    map.addLayer(layer);
  }
  const featuresOf = (name: string): FeatureLike[] => {
    const layer = layers.get(name);
    if (!layer?.isVisible(view)) return [];
    return layer.getFeaturesInExtent(
      buffer(view.calculateExtent(), 96 * (view.getResolution() ?? 1)),
    );
  };
  const labels = mountLabels(
    {
      map,
      levels,
      scene: () => sceneOf(theme.get(), shrink),
      features: featuresOf,
      values: (code) => value?.(code) ?? null,
    },
    ORDER.length,
  );
  for (const layer of layers.values()) layer.getSource()?.on("tileloadend", labels.stale);
  labels.onRest(() => {
    document.documentElement.dataset.drawn = "";
  });
  map.on("movestart", () => delete document.documentElement.dataset.drawn);
  listeners.push(labels.stale);
  refresh();
  theme.on(repaint);

  const home = () =>
    view.fit(extent, { padding: [24, 24, 24, 24], size: map.getSize() ?? [800, 600] });
  const fromAddress = () => {
    const given = parsedView(address.get("at"));
    if (!given) return false;
    view.setCenter(fromLonLat([given.lon, given.lat]));
    view.setZoom(given.zoom);
    return true;
  };
  if (!fromAddress()) home();
  const centre = () => {
    const [lon = 0, lat = 0] = toLonLat(view.getCenter() ?? [0, 0]);
    return { lon, lat, zoom: view.getZoom() ?? 0 };
  };
  map.on("moveend", () => {
    const { lon, lat, zoom } = centre();
    address.set("at", `${lon.toFixed(6)},${lat.toFixed(6)},${zoom.toFixed(2)}`);
  });
  address.onChange(() => {
    on = new Set(switched(address.get("on"), page));
    refresh();
    fromAddress();
    tell();
  });

  return {
    map,
    city,
    get switches() {
      return SWITCHES.filter(
        (one) =>
          one === "heat" || TILES[one].some((name) => known.layers.some((l) => l.name === name)),
      );
    },
    isOn: (name) => on.has(name),
    show(name, shown) {
      if (shown) on.add(name);
      else on.delete(name);
      const same = on.size === AT_FIRST[page].length && AT_FIRST[page].every((one) => on.has(one));
      address.set("on", same ? null : SWITCHES.filter((one) => on.has(one)).join(",") || "none");
      refresh();
      tell();
    },
    onChange: (listener) => listeners.push(listener),
    centre,
    go: (to) => go(map, to),
    goHome: home,
    thingsAt: (pixel) => thingsAt(map, layers, pixel),
    inView: featuresOf,
    writeGrids(told) {
      value = told;
      labels.stale();
    },
    names: () => labels.layer.shown.map((one) => one.glyphs.map((glyph) => glyph.text).join("")),
    fillGrids(colourOf) {
      fill = colourOf;
      refresh();
      layers.get("grid_fill")?.setStyle(painter("grid_fill"));
      layers.get("buildings")?.setStyle(painter("buildings"));
      tell();
    },
    use(catalogue) {
      known = catalogue;
      for (const [name, layer] of layers) {
        const of = name === "grid_fill" ? "grids" : name;
        const tiles = known.layers.find((one) => one.name === of);
        const address = tiles?.url;
        if (address && layer.getSource()?.getUrls()?.[0] !== address)
          layer.getSource()?.setUrl(address);
      }
      tell();
    },
    drawn: () => new Promise((resolve) => map.once("rendercomplete", () => resolve())),
  };
}

function paint(
  name: string,
  scene: Scene,
  levels: grids.Levels,
  fill: grids.Fills | null,
): Painter {
  switch (name) {
    case "landcover":
      return base.landcover(scene);
    case "streets":
      return base.streets(scene);
    case "buildings":
      return base.buildings(scene, fill !== null);
    case "walls":
      return base.walls(scene);
    case "grid_fill":
      return grids.fills(levels, fill ?? (() => null));
    case "grids":
      return grids.borders(scene, levels);
    case "facilities":
      return things.facilities(scene);
    case "cameras":
      return things.cameras(scene);
    case "views":
      return things.views(scene);
    case "places":
      return things.places(scene);
    case "incidents":
      return things.incidents(scene, Date.now);
    default:
      return () => undefined;
  }
}

function switched(text: string | null, page: PageName): Switch[] {
  if (text === null) return [...AT_FIRST[page]];
  const wanted = text.split(",");
  return SWITCHES.filter((one) => wanted.includes(one));
}

function parsedView(text: string | null): { lon: number; lat: number; zoom: number } | null {
  const [lon, lat, zoom] = (text ?? "").split(",").map(Number);
  if (lon === undefined || lat === undefined || zoom === undefined) return null;
  const fine = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 30;
  return fine ? { lon, lat, zoom } : null;
}

function go(map: OlMap, to: Parameters<CityMap["go"]>[0]): void {
  const view = map.getView();
  const size = map.getSize() ?? [800, 600];
  if (Array.isArray(to)) {
    const extent = transformExtent(to, "EPSG:4326", "EPSG:3857");
    view.fit(extent, { padding: [48, 48, 48, 48], maxZoom: 17, size });
    return;
  }
  const centre = fromLonLat([to.lon, to.lat]);
  const [x = 0, y = 0] = view.getCenter() ?? [];
  const screens =
    Math.hypot((centre[0] ?? 0) - x, (centre[1] ?? 0) - y) / (view.getResolution() ?? 1);
  const zoom = to.zoom ?? view.getZoom() ?? 16;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const far = screens > 2 * Math.max(...size) || Math.abs(zoom - (view.getZoom() ?? zoom)) > 2;
  view.cancelAnimations();
  if (calm || far) {
    view.setCenter(centre);
    view.setZoom(zoom);
  } else view.animate({ center: centre, zoom, duration: FLY_MS });
}

const NOT_THINGS = new Set(["landcover", "grid_fill", "walls"]);

function thingsAt(
  map: OlMap,
  layers: Map<string, CityTiles>,
  pixel: number[],
): { layer: string; feature: FeatureLike }[] {
  const found: { layer: string; feature: FeatureLike }[] = [];
  const named = new Map([...layers].map(([name, layer]) => [layer, name]));
  map.forEachFeatureAtPixel(
    pixel,
    (feature, layer) => {
      const name = named.get(layer as CityTiles);
      if (name && !NOT_THINGS.has(name)) found.push({ layer: name, feature });
    },
    { hitTolerance: 4 },
  );
  return found;
}
