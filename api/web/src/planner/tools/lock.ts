/** Locks: a click on a grid or on a border locks or opens it; the hint has the officer's round. */

import { h } from "../../ui/dom.ts";
import { borderAt, shared } from "../map/border.ts";
import { type Point, type Shape, shapeOf } from "../map/shapes.ts";
import type { Grid } from "../told.ts";
import type { Bench, Spot, Tool } from "./tool.ts";

type What = "grid" | "round";

const HIT_PX = 7;

export function lockTool(bench: Bench): Tool {
  const { draft, overlay, words, hint, shell } = bench;
  let what: What = "grid";

  const show = () => {
    const kinds = (["grid", "round"] as const).map((kind) =>
      h(
        "button",
        {
          type: "button",
          "aria-pressed": String(what === kind),
          onclick: () => {
            what = kind;
            show();
          },
        },
        words[kind],
      ),
    );
    hint.say(
      h("div", { class: "seg", role: "group", "aria-label": words.tools.lock }, ...kinds),
      h("span", {}, words.hints.lock),
    );
  };
  const toggle = (grid: Grid) => {
    const { officer, officer_locked: isHeld, locked } = grid.properties;
    if (what === "grid")
      void bench.take({ do: "lock", kind: "grid", codes: [grid.id], locked: !locked });
    else if (officer)
      void bench.take({ do: "lock", kind: "officer", codes: [officer], locked: !isHeld });
    else shell.notify(words.noOfficer);
  };

  return {
    id: "lock",
    icon: "lock",
    key: "l",
    activate: show,
    deactivate() {
      overlay.set("border", null);
      overlay.render();
      hint.clear();
    },
    hover({ at }: Spot) {
      const hit = what === "grid" ? borderAt(near(bench, at), at, bench.span(HIT_PX)) : null;
      overlay.set(
        "border",
        hit
          ? (pen) => {
              const { ink, casing } = bench.colours();
              pen.line(hit.border.line, { color: casing, width: 7 }, { color: ink, width: 3 });
            }
          : null,
      );
      overlay.render();
    },
    click({ at }: Spot) {
      const hit = what === "grid" ? borderAt(near(bench, at), at, bench.span(HIT_PX)) : null;
      if (hit) {
        const { one, other } = hit.border;
        const isLocked = one.properties.locked_borders.includes(other.id);
        const codes = [one.id, other.id];
        void bench.take({ do: "lock", kind: "border", codes, locked: !isLocked });
        return;
      }
      const grid = bench.grids.at(at);
      if (grid) toggle(grid);
    },
    confirm() {
      const [only, other] = draft.picked.get().grids;
      const grid = only ? draft.grids.get(only) : undefined;
      if (grid && !other) toggle(grid);
    },
    cancel: () => false,
  };
}

function near(bench: Bench, [x, y]: readonly [number, number]): Grid[] {
  const by = bench.span(HIT_PX);
  return bench.grids.near([x - by, y - by, x + by, y + by]);
}

/** Locked grids and borders, drawn whatever tool is at work; gathered once a step. */
export function drawLocks(bench: Bench): void {
  const { draft, overlay } = bench;
  let locked: Shape[] = [];
  let borders: Point[][] = [];
  const gather = () => {
    const grids = [...draft.grids.values()];
    locked = grids
      .filter(({ properties: told }) => told.locked || told.officer_locked)
      .map(shapeOf);
    borders = grids.flatMap((grid) =>
      grid.properties.locked_borders.flatMap((code) => {
        const other = grid.id < code ? draft.grids.get(code) : undefined;
        return other ? shared(shapeOf(grid), shapeOf(other)) : [];
      }),
    );
    overlay.refresh();
  };
  overlay.set("locks", (pen) => {
    const { ink, casing } = bench.colours();
    if (locked.length) pen.hatch(locked.flat(), `${ink}26`, 10, 1.5);
    for (const line of borders)
      pen.line(
        line,
        { color: casing, width: 7 },
        { color: ink, width: 4 },
        { color: casing, width: 1.4, dash: [2, 5] },
      );
  });
  draft.on("changed", gather);
  gather();
}
