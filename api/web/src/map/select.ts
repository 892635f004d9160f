/** A click selects what lies there; what is selected is drawn over everything, whole. */

import type { FeatureLike } from "ol/Feature.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Fill, Stroke, Style } from "ol/style.js";
import { ApiError, AwayError, type Feature } from "../api.ts";
import { TOOL } from "../features/tool.ts";
import { THEMES } from "../palette.ts";
import type { Selected } from "../shell/selection.ts";
import type { Shell } from "../shell/shell.ts";
import { drawable } from "./geojson.ts";
import { faded, text } from "./style/paint.ts";

/** Layers of the service whose features tiles are made of. */
const SOURCES: Record<string, string> = { views: "cameras" };
const ON_TOP = 100;

export function mountSelection(shell: Shell): void {
  const { city, selection, theme, keys, t } = shell;
  const source = new VectorSource();
  const layer = new VectorLayer({ source, zIndex: ON_TOP, style: () => highlight(shell) });
  city.map.addLayer(layer);
  city.map.on("singleclick", (event) => {
    if (city.map.get(TOOL)) return; // the click belongs to a tool
    const [found] = city.thingsAt(event.pixel).filter((one) => text(one.feature, "code") !== "");
    selection.set(found ? thing(found) : null);
  });
  pointAtThings(shell);
  keys.add({ key: "Escape", does: t.map.unselect, run: () => selection.set(null), always: true });
  theme.on(() => layer.changed());
  const show = (selected: Selected | null) => {
    source.clear();
    if (selected) void draw(shell, selected, source);
  };
  selection.on(show);
  show(selection.get());
}

const LOOKS_AGAIN_MS = 80;

/** A hand over what can be picked; looked for a few times a second, since that reads pixels back. */
function pointAtThings({ city }: Shell): void {
  let waiting: number | undefined;
  const isOfTool = () => Boolean(city.map.get(TOOL)); // a tool has a cursor of its own
  city.map.on("pointermove", (event) => {
    if (event.dragging || waiting || isOfTool()) return;
    waiting = window.setTimeout(() => {
      waiting = undefined;
      if (isOfTool()) return;
      const over = city.thingsAt(event.pixel).some((one) => one.layer !== "grids");
      const target = city.map.getTargetElement();
      if (target) target.style.cursor = over ? "pointer" : "";
    }, LOOKS_AGAIN_MS);
  });
}

function thing({ layer, feature }: { layer: string; feature: FeatureLike }): Selected {
  return { layer: SOURCES[layer] ?? layer, code: text(feature, "code") };
}

async function draw(shell: Shell, selected: Selected, source: VectorSource): Promise<void> {
  const { api, selection } = shell;
  const address = `/api/v1/${selected.layer}/${encodeURIComponent(selected.code)}`;
  try {
    const feature = await api.get<Feature>(address);
    const now = selection.get();
    if (now?.code !== selected.code || now.layer !== selected.layer || !feature.geometry) return;
    source.clear();
    source.addFeatures(drawable([feature]));
  } catch (error) {
    if (!(error instanceof ApiError) && !(error instanceof AwayError)) throw error;
  }
}

function highlight({ theme }: Shell): Style[] {
  const { page } = THEMES[theme.get()];
  const ring = (radius: number, colour: string, width: number) =>
    new Circle({ radius, stroke: new Stroke({ color: colour, width }) });
  return [
    new Style({
      stroke: new Stroke({ color: page.surface, width: 6 }),
      fill: new Fill({ color: faded(page.accent, 0.06) }),
      image: ring(14, page.surface, 5),
    }),
    new Style({
      stroke: new Stroke({ color: page.ink, width: 2.4 }),
      image: ring(14, page.ink, 2.4),
      zIndex: 1,
    }),
  ];
}
