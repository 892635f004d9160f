/** The map of a plan: its grids, what is selected, the tools and what they say. */

import { toLonLat } from "ol/proj.js";
import type { Shell } from "../shell/shell.ts";
import { shortCode } from "./codes.ts";
import { type Draft, WHOLE } from "./draft.ts";
import { mountLegend } from "./legend.ts";
import { mountBlocks } from "./map/blocks.ts";
import { type GridMap, mountGrids } from "./map/grids.ts";
import { mountOverlay } from "./map/overlay.ts";
import { boxOf, shapeOf } from "./map/shapes.ts";
import { mountPins } from "./pins.ts";
import { mountRefusals } from "./refusals.ts";
import { mountToolbar } from "./toolbar.ts";
import { toolGroups } from "./tools/all.ts";
import { makeCard } from "./tools/card.ts";
import { makeHint } from "./tools/hint.ts";
import { drawLocks } from "./tools/lock.ts";
import { chosen } from "./tools/paint.ts";
import type { Bench } from "./tools/tool.ts";
import { toolWords } from "./words/index.ts";

/** Cards stay right of the tools. */
const TOOLS_PX = 76;

export function mountStage(shell: Shell, draft: Draft, isPlaced: boolean): void {
  const { city } = shell;
  const stage = city.map.getTargetElement()?.parentElement;
  if (!stage) return;
  const words = toolWords();
  if (!isPlaced) goToPlan(shell, draft);
  const grids = mountGrids(shell, draft);
  const bench = makeBench(shell, draft, grids);
  stage.append(bench.hint.element, bench.card.element);
  drawLocks(bench);
  followPicked(bench);
  followView(shell, draft);
  mountLegend(shell, grids, words);
  mountPins(bench, stage);
  mountRefusals(shell, draft, words, stage);
  mountToolbar(shell, draft, words, toolGroups(bench));
}

function makeBench(shell: Shell, draft: Draft, grids: GridMap): Bench {
  const { city } = shell;
  const words = toolWords();
  const short = (code: string | null) => (code ? shortCode(code, draft.plan.area_code) : "–");
  const room = () => {
    const [width = 0, height = 0] = city.map.getSize() ?? [];
    return { width, height, left: TOOLS_PX };
  };
  const hint = makeHint();
  return {
    shell,
    draft,
    words,
    grids,
    short,
    hint,
    blocks: mountBlocks(shell, draft),
    overlay: mountOverlay(city.map),
    card: makeCard({ draft, words, short, room, mean: () => grids.work.mean }),
    metres: () => (city.map.getView().getResolution() ?? 1) * city.scene().shrink,
    span: (pixels) => pixels * (city.map.getView().getResolution() ?? 1),
    colours() {
      const { page } = city.scene().colours;
      return { accent: page.accent, ink: page.ink, danger: page.danger, casing: page.surface };
    },
    take: (wish) => draft.take(wish),
  };
}

/** Selected grids have a strong outline, whatever selected them. */
function followPicked(bench: Bench): void {
  const { draft, overlay, shell } = bench;
  const show = () => {
    const grids = draft.picked.get().grids.map((code) => draft.grids.get(code));
    overlay.set("picked", grids.length ? chosen(bench, grids) : null);
    overlay.render();
    shell.city.rename();
  };
  draft.on("picked", show);
  draft.on("changed", show);
  show();
}

/** A plan with very many grids is read by the part that is looked at. */
function followView({ city }: Shell, draft: Draft): void {
  if (draft.total <= WHOLE) return;
  const look = () => {
    const extent = city.map.getView().calculateExtent(city.map.getSize());
    const [west = 0, south = 0, east = 0, north = 0] = extent;
    const [w = 0, s = 0] = toLonLat([west, south]);
    const [e = 0, n = 0] = toLonLat([east, north]);
    draft.gridsIn([w, s, e, n]).catch(() => {}); // the next move of the view asks again
  };
  city.map.on("moveend", look);
  look();
}

function goToPlan({ city }: Shell, draft: Draft): void {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const grid of draft.grids.values()) {
    const box = boxOf(shapeOf(grid));
    west = Math.min(west, box[0]);
    south = Math.min(south, box[1]);
    east = Math.max(east, box[2]);
    north = Math.max(north, box[3]);
  }
  if (!(west < east)) return;
  city.map.getView().fit([west, south, east, north], { padding: [24, 24, 24, 80] });
}
