/** The grids of a plan on the map: fills by what is asked, borders, names with their values. */

import { buffer } from "ol/extent.js";
import Feature from "ol/Feature.js";
import { MultiPolygon } from "ol/geom.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { classOf } from "../../map/balance.ts";
import type { View } from "../../map/labels/gather.ts";
import { ORDER } from "../../map/layers.ts";
import { FILL_OPACITY } from "../../map/style/grids.ts";
import { faded, filled, kept, stroked } from "../../map/style/paint.ts";
import type { Shell } from "../../shell/shell.ts";
import { type Draft, WHOLE } from "../draft.ts";
import type { Grid } from "../told.ts";
import { type Work, workIn } from "../work.ts";
import { colour, neighboursOf } from "./colouring.ts";
import { namesOf } from "./grid-names.ts";
import { holds, type Point, shapeOf } from "./shapes.ts";

export type Fill = "work" | "neighbours";

export interface GridMap {
  fill(): Fill;
  setFill(fill: Fill): void;
  /** The grid of the plan at a place of the map. */
  at(point: Point): Grid | null;
  /** Grids whose box touches a box of the map. */
  near(extent: number[]): Grid[];
  /** How far the work of a grid is off the mean. */
  deviation(grid: Grid): number | null;
  readonly work: Work;
  onFill(listener: () => void): void;
}

const NAME = "fill";
/** Names are laid out a little beyond the view, so that they are there when it is moved. */
const AROUND_PX = 96;

export function mountGrids(shell: Shell, draft: Draft): GridMap {
  const { city, address, theme } = shell;
  const source = new VectorSource<Feature<MultiPolygon>>();
  const listeners: (() => void)[] = [];
  let work = workIn(draft);
  let colours = new Map<string, number>();
  let fill: Fill = address.get(NAME) === "neighbours" ? "neighbours" : "work";

  const fills = new VectorLayer({ source, zIndex: ORDER.indexOf("grid_fill") + 0.5 });
  const lines = new VectorLayer({ source, zIndex: ORDER.indexOf("grids") + 0.5 });
  lines.set("name", "plan_grids");
  const gridOf = (feature: { getId(): string | number | undefined }) =>
    draft.grids.get(String(feature.getId()));

  const paint = () => {
    const { colours: palette, dark } = city.scene();
    const style = kept((one) => filled(faded(one, FILL_OPACITY)));
    fills.setStyle((feature) => {
      const grid = gridOf(feature as Feature);
      if (!grid) return undefined;
      const share = work.deviation(grid);
      const found =
        fill === "work"
          ? share === null
            ? undefined
            : palette.balance[classOf(share)]
          : palette.neighbours[colours.get(grid.id) ?? 0];
      return found ? style(found) : undefined;
    });
    const casing = dark ? "rgba(13,17,22,.75)" : "rgba(255,255,255,.85)";
    const border = [stroked(casing, 4, 0), stroked(palette.map["grid-line"], 1.4, 1)];
    const thin = stroked(faded(palette.map["grid-line"], 0.6), 0.8, 1);
    lines.setStyle((feature, resolution) => {
      const [west = 0, south = 0, east = 0, north = 0] = feature.getGeometry()?.getExtent() ?? [];
      return Math.max(east - west, north - south) / resolution < 30 ? thin : border;
    });
  };
  const put = (grids: Iterable<Grid>) => {
    const fresh: Feature<MultiPolygon>[] = [];
    for (const grid of grids) {
      const geometry = new MultiPolygon(shapeOf(grid));
      const known = source.getFeatureById(grid.id) as Feature<MultiPolygon> | null;
      if (known) known.setGeometry(geometry);
      else {
        const feature = new Feature({ geometry });
        feature.setId(grid.id);
        fresh.push(feature);
      }
    }
    source.addFeatures(fresh); // thousands at once cost much less than one by one
  };
  const recolour = () => {
    if (fill === "neighbours") colours = colour(neighboursOf(draft.grids.values()), colours);
  };
  const refresh = () => {
    work = workIn(draft);
    recolour();
    fills.changed();
    city.rename();
    for (const listener of listeners) listener();
  };

  draft.on("changed", ({ changed, all }) => {
    if (all) source.clear(true);
    for (const code of changed.grids_gone) {
      const gone = source.getFeatureById(code) as Feature<MultiPolygon> | null;
      if (gone) source.removeFeature(gone);
    }
    put(changed.grids);
    refresh();
  });
  draft.on("plan", refresh);
  draft.on("numbers", () => {
    if (draft.grids.size < draft.total) refresh();
  });
  put(draft.grids.values());
  recolour();
  paint();
  theme.on(() => {
    paint();
    city.rename();
  });
  city.map.addLayer(fills);
  city.map.addLayer(lines);
  const begun = new Set(draft.grids.keys());
  const look = {
    names: (view: View) => {
      const extent = city.map.getView().calculateExtent(city.map.getSize());
      const seen = buffer(extent, AROUND_PX * view.resolution);
      return namesOf(draft, work, view, source.getFeaturesInExtent(seen));
    },
    holds: (code: string) => begun.has(code) || draft.grids.has(code),
  };
  city.usePlan(look);
  if (draft.plan.step > 0 && draft.total <= WHOLE)
    draft.start().then(
      ({ grids }) => {
        for (const code of Object.keys(grids)) begun.add(code);
        city.usePlan(look);
      },
      () => {}, // only the dashes of grids that are gone are missing
    );

  return {
    fill: () => fill,
    setFill(given) {
      fill = given;
      address.set(NAME, given === "work" ? null : given);
      refresh();
    },
    at: (point) => {
      const near = source.getFeaturesInExtent([...point, ...point]);
      const grids = near.flatMap((one) => gridOf(one) ?? []);
      return grids.find((grid) => holds(shapeOf(grid), point)) ?? null;
    },
    near: (extent) => source.getFeaturesInExtent(extent).flatMap((one) => gridOf(one) ?? []),
    deviation: (grid) => work.deviation(grid),
    get work() {
      return work;
    },
    onFill: (listener) => listeners.push(listener),
  };
}
