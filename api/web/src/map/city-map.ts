/** The map that every page shares: the city's own tiles, what is switched on, and the view. */

import { buffer } from "ol/extent.js";
import type { FeatureLike } from "ol/Feature.js";
import OlMap from "ol/Map.js";
import { fromLonLat } from "ol/proj.js";
import type { Api, Query } from "../api.ts";
import type { Address } from "../shell/address.ts";
import type { PageName } from "../shell/shell.ts";
import type { Theme } from "../shell/theme.ts";
import { type Balance, makeBalance, signed } from "./balance.ts";
import type { Catalogue } from "./catalogue.ts";
import type { City } from "./city.ts";
import { type HeatTold, makeHeat, type Surface } from "./heat.ts";
import { type Hit, hitsAt } from "./hit.ts";
import type { View } from "./labels/gather.ts";
import type { AtPoint } from "./labels/layout.ts";
import { mountLabels } from "./labels/mount.ts";
import { AT_FIRST, BASE, ORDER, SWITCHES, type Switch, TILES } from "./layers.ts";
import { waysToMove } from "./moves.ts";
import { painterOf, tilesFor } from "./painters.ts";
import { type Scene, sceneOf } from "./style/paint.ts";
import { type CityTiles, sourceOf, tilesOf } from "./tiles.ts";
import {
  type Bounds,
  centreOf,
  fit,
  go,
  makeView,
  type Place,
  parsed,
  shrinkOf,
  written,
} from "./view.ts";

export interface CityMap {
  /** OpenLayers' own map, for features that draw or measure. */
  readonly map: OlMap;
  readonly city: City;
  /** Which switches this service has tiles for. */
  readonly switches: readonly Switch[];
  isOn(name: Switch): boolean;
  show(name: Switch, on: boolean): void;
  /** Told when a switch, the theme or what colours the grids has changed. */
  onChange(listener: () => void): void;
  /** Centre of the view, WGS-84 degrees. */
  centre(): Required<Place>;
  /** Go to a place or a box; flies at most two screens far, else jumps. */
  go(to: Place | Bounds): void;
  /** The whole city again. */
  goHome(): void;
  /** Things at a pixel: signs first, areas, then the ground grid; the base map is left out. */
  thingsAt(pixel: number[]): Hit[];
  /** Features of a tile layer in the view, as the tiles hold them: cut at the borders of tiles. */
  inView(layer: string): FeatureLike[];
  /** Colour the ground grids by how far they are from a mean of households; null takes it away. */
  showBalance(mean: number | null): void;
  balanceMean(): number | null;
  /** Let a plan stand for the current ground grids; null takes it away. */
  usePlan(plan: PlanLook | null): void;
  /** The names have to be laid out again. */
  rename(): void;
  /** What the cells of the heat mean; null until they are there. */
  heat(): HeatTold | null;
  /** Show the heat of some days or kinds of incidents instead of the last year. */
  showHeat(query: Query, surface?: Surface): Promise<void>;
  scene(): Scene;
  /** Draw the tiles of another state of the data. */
  use(catalogue: Catalogue): void;
  /** Told whenever the view is at rest with everything drawn and named. */
  onRest(listener: () => void): void;
  /** The names that are on the map now. */
  names(): string[];
}

interface Parts {
  element: HTMLElement;
  api: Api;
  page: PageName;
  city: City;
  catalogue: Catalogue;
  address: Address;
  theme: Theme;
}

/** A plan on the map: its grids have the names, the current ones are dashed lines below them. */
export interface PlanLook {
  /** Names and values of the grids of the plan; what does not fit is dropped. */
  names: (view: View) => AtPoint[];
  /** Whether the plan stands for a current grid. */
  holds: (code: string) => boolean;
}

/** Pixels around the view in which names are already laid out. */
const AROUND_PX = 96;
const HOME_PX = 24;
/** All tiles of a view are asked for at once: a browser and a service have queues of their own. */
const TILES_AT_ONCE = 96;
/** Layers whose look depends on whether grids are coloured. */
const COLOURED: readonly string[] = ["grid_fill", "buildings"];

export function makeCityMap(parts: Parts): CityMap {
  const { city, address, theme, page } = parts;
  const view = makeView(city.bounds);
  const map = new OlMap({
    target: parts.element,
    view,
    controls: [],
    maxTilesLoading: TILES_AT_ONCE,
    interactions: waysToMove(),
    pixelRatio: Math.min(2, Math.max(1, devicePixelRatio)),
  });
  const shrink = shrinkOf(city.bounds);
  const tiling = city.levels.filter((one) => one.tiles).map((one) => one.key);
  const levels = { all: tiling, ground: city.ground };
  const listeners: (() => void)[] = [];
  const layers = new Map<string, CityTiles>();
  const stack = makeStack(parts.catalogue);
  let on = new Set(switched(address.get("on"), page));
  let balance: Balance | null = null;
  let plan: PlanLook | null = null;

  const tell = () => {
    for (const listener of listeners) listener();
  };
  const scene = () => sceneOf(theme.get(), shrink);
  const painter = (name: string) =>
    painterOf(name, {
      scene: scene(),
      levels,
      balance,
      quiet: on.has("heat"),
      planned: plan?.holds ?? null,
    });
  const heat = makeHeat(parts.api, scene, ORDER.indexOf("heat"));
  map.addLayer(heat.layer);
  for (const name of ORDER) {
    const source = stack.source(tilesFor(name));
    if (!source) continue;
    const layer = tilesOf(source, painter(name), ORDER.indexOf(name));
    layer.set("name", name);
    layers.set(name, layer);
    map.addLayer(layer);
  }
  const features = (name: string): FeatureLike[] => {
    const layer = layers.get(name);
    if (!layer?.isVisible(view)) return [];
    const extent = view.calculateExtent(map.getSize() ?? [0, 0]);
    return layer.getFeaturesInExtent(buffer(extent, AROUND_PX * (view.getResolution() ?? 1)));
  };
  const value = (grid: FeatureLike) => {
    const share = balance?.deviation(grid) ?? null;
    return share === null ? null : signed(share);
  };
  const labels = mountLabels(
    {
      map,
      levels,
      scene,
      features,
      value,
      isValued: () => balance !== null,
      quiet: () => on.has("heat"),
      planned: (view) => plan?.names(view) ?? null,
    },
    ORDER.length,
  );
  stack.onTile(labels.stale);
  listeners.push(labels.stale);
  markRest(map, labels.onRest);

  const isVisible = (name: string) => {
    if (name === "streets_over") return on.has("heat");
    if (name === "grid_fill" && !balance) return false;
    const of = tilesFor(name);
    return BASE.includes(of) || SWITCHES.some((one) => on.has(one) && TILES[one].includes(of));
  };
  const refresh = () => {
    for (const [name, layer] of layers) layer.setVisible(isVisible(name));
    heat.layer.setVisible(on.has("heat"));
    const waits = page === "overview" && !heat.told(); // that page says which days
    if (on.has("heat") && !heat.told() && !waits) heat.load().then(tell, tell);
  };
  const restyle = (names: Iterable<string>) => {
    for (const name of names) layers.get(name)?.setStyle(painter(name));
    tell();
  };
  const repaint = () => {
    heat.repaint();
    restyle(layers.keys());
  };
  const fromAddress = () => {
    const given = parsed(address.get("at"));
    if (given) {
      view.setCenter(fromLonLat([given.lon, given.lat]));
      view.setZoom(given.zoom);
    }
    return given !== null;
  };
  refresh();
  theme.on(repaint);
  if (!fromAddress()) fit(map, city.bounds, HOME_PX);
  map.on("moveend", () => address.set("at", written(centreOf(view))));
  address.onChange(() => {
    on = new Set(switched(address.get("on"), page));
    refresh();
    fromAddress();
    repaint();
  });

  return {
    map,
    city,
    switches: SWITCHES.filter(
      (one) => one === "heat" || TILES[one].some((name) => layers.has(name)),
    ),
    isOn: (name) => on.has(name),
    show(name, shown) {
      if (shown) on.add(name);
      else on.delete(name);
      address.set("on", writtenSwitches(on, page));
      refresh();
      if (name === "heat") repaint();
      else tell();
    },
    onChange: (listener) => listeners.push(listener),
    centre: () => centreOf(view),
    go: (to) => go(map, to),
    goHome: () => fit(map, city.bounds, HOME_PX),
    thingsAt: (pixel) => hitsAt(map, pixel, features("grids"), city.ground),
    inView: features,
    showBalance(mean) {
      if (mean === (balance?.mean ?? null)) return; // to draw all tiles again takes long
      balance = mean === null ? null : makeBalance(mean);
      refresh();
      restyle(COLOURED);
    },
    balanceMean: () => balance?.mean ?? null,
    usePlan(given) {
      plan = given;
      repaint();
    },
    rename: labels.stale,
    heat: heat.told,
    showHeat: (query, surface) => heat.ask(query, surface).finally(tell),
    scene,
    use(catalogue) {
      if (stack.use(catalogue)) tell();
    },
    onRest: labels.onRest,
    names: () => labels.layer.shown.map((one) => one.glyphs.map((glyph) => glyph.text).join("")),
  };
}

/** The sources of tiles: one for each layer of the service, however often it is drawn. */
function makeStack(first: Catalogue) {
  const sources = new Map(first.layers.map((layer) => [layer.name, sourceOf(layer)]));
  return {
    source: (name: string) => sources.get(name),
    onTile(listener: () => void) {
      for (const source of sources.values()) source.on("tileloadend", listener);
    },
    use(catalogue: Catalogue): boolean {
      let changed = false;
      for (const { name, url } of catalogue.layers) {
        const source = sources.get(name);
        if (!source || source.getUrls()?.[0] === url) continue;
        source.setUrl(url);
        changed = true;
      }
      return changed;
    },
  };
}

/** `data-drawn` is there while the map is at rest and complete: printing and tests wait for it. */
function markRest(map: OlMap, onRest: (listener: () => void) => void): void {
  const { dataset } = document.documentElement;
  onRest(() => {
    dataset.drawn = "";
  });
  map.on("movestart", () => {
    delete dataset.drawn;
  });
}

function switched(text: string | null, page: PageName): Switch[] {
  if (text === null) return [...AT_FIRST[page]];
  const wanted = text.split(",");
  return SWITCHES.filter((one) => wanted.includes(one));
}

/** What is on, for the address; nothing when it is what the page shows at first. */
function writtenSwitches(on: ReadonlySet<Switch>, page: PageName): string | null {
  const first = AT_FIRST[page];
  if (on.size === first.length && first.every((one) => on.has(one))) return null;
  return SWITCHES.filter((one) => on.has(one)).join(",") || "none";
}
