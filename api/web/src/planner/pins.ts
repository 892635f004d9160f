/** Broken grids on the map: what, how big, and one button that mends it. */

import { count } from "../i18n/format.ts";
import { h } from "../ui/dom.ts";
import { icon } from "../ui/icons.ts";
import { button } from "../ui/parts.ts";
import { boxOf, type Point, type Shape, shapeOf } from "./map/shapes.ts";
import type { Block, Broken, Preview } from "./told.ts";
import { clearOf } from "./tools/clear.ts";
import type { Bench } from "./tools/tool.ts";

const MOST = 5;
const OFF_PX: Point = [30, 12];

interface Pin {
  broken: Broken;
  element: HTMLElement;
  blocks: Block[];
  at: Point;
}

export function mountPins(bench: Bench, stage: HTMLElement): void {
  const { draft, overlay, shell } = bench;
  let pins: Pin[] = [];

  const place = () => {
    const [, tall = 0] = shell.city.map.getSize() ?? [];
    for (const { element, at } of pins) {
      const [x = 0, y = 0] = shell.city.map.getPixelFromCoordinate(at) ?? [];
      const wanted: Point = [x + OFF_PX[0], y + OFF_PX[1]];
      const size: Point = [element.offsetWidth, element.offsetHeight];
      const [left, top] = clearOf(bench.card.covers(), wanted, size, tall);
      element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
    }
  };
  const draw = () => {
    const { danger, casing } = bench.colours();
    overlay.set("broken", (pen) => {
      for (const { blocks } of pins) {
        for (const block of blocks) {
          const shape = shapeOf(block);
          pen.hatch(shape, `${danger}80`, 7, 2);
          pen.outline(shape, { color: casing, width: 5 }, { color: danger, width: 2.6 });
        }
      }
    });
    overlay.render();
  };
  const drop = () => {
    for (const { element } of pins) element.remove();
    pins = [];
  };
  const show = async () => {
    const step = draft.plan.step;
    const broken = (draft.numbers?.broken ?? []).filter((one) => one.rule === "whole");
    const made: Pin[] = [];
    for (const one of broken.slice(0, MOST)) {
      const pin = await pinOf(bench, one);
      if (draft.plan.step !== step) return; // the next numbers tell it anew
      if (pin) made.push(pin);
    }
    drop();
    pins = made;
    for (const { element } of pins) stage.append(element);
    place();
    draw();
  };
  draft.on("numbers", () => void show());
  draft.on("changed", ({ entries, all }) => {
    if (!entries.length && !all) return;
    drop();
    draw();
  });
  shell.city.map.on("postrender", place);
  bench.card.onMove(place);
  if (draft.numbers) void show();
}

async function pinOf(bench: Bench, broken: Broken): Promise<Pin | null> {
  const { draft, words } = bench;
  const preview = await draft.preview({ do: "reattach", grid: broken.grid_code }).catch(() => null);
  const blocks = await looseBlocks(bench, broken);
  const [first] = blocks;
  if (!first) return null;
  const households = blocks.reduce(
    (sum, one) => sum + (one.properties.weights["households"] ?? 0),
    0,
  );
  const target = bestOf(preview, broken.grid_code);
  const mend = target ? words.pin.mend(bench.short(target)) : words.pin.mendMany;
  const run = () => void bench.take({ do: "reattach", grid: broken.grid_code });
  const element = h(
    "div",
    { class: "at plan-pin", role: "alert" },
    h(
      "div",
      { class: "row bad b" },
      icon("alert", 16),
      words.pin.broken(bench.short(broken.grid_code), broken.value ?? 2),
    ),
    h(
      "div",
      { class: "mut" },
      words.pin.loose(count(blocks.length), count(Math.round(households))),
    ),
    preview?.effects.length && draft.isEditable ? button(mend, run, { size: "sm" }) : null,
  );
  return { broken, element, blocks, at: eastOf(shapeOf(first)) };
}

/** The blocks that lie apart; those that are not read yet come with the grid's box. */
async function looseBlocks({ draft }: Bench, { blocks, grid_code }: Broken): Promise<Block[]> {
  const known = () => blocks.flatMap((code) => draft.blocks.get(code) ?? []);
  const grid = draft.grids.get(grid_code);
  if (known().length < blocks.length && grid?.geometry) {
    const at = (grid.geometry.coordinates as unknown[]).flat(8) as number[];
    const lon = at.filter((_, n) => n % 2 === 0);
    const lat = at.filter((_, n) => n % 2 === 1);
    await draft
      .blocksIn([Math.min(...lon), Math.min(...lat), Math.max(...lon), Math.max(...lat)])
      .catch(() => null);
  }
  return known();
}

function bestOf(preview: Preview | null, from: string): string | null {
  const gains = (preview?.effects ?? []).filter(
    ({ grid_code: code, before, after }) =>
      code !== null && code !== from && (after["area_m2"] ?? 0) > (before["area_m2"] ?? 0),
  );
  return gains.length === 1 ? (gains[0]?.grid_code ?? null) : null;
}

function eastOf(shape: Shape): Point {
  const [west, south, east, north] = boxOf(shape);
  return [west + (east - west) * 0.6, (south + north) / 2];
}
