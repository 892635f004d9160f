/** Split a grid: by a line that is drawn, along a street of the map, or evenly in two. */

import { text } from "../../map/style/paint.ts";
import { h } from "../../ui/dom.ts";
import { button } from "../../ui/parts.ts";
import { nextCode } from "../codes.ts";
import { distance, type Point, toDegrees } from "../map/shapes.ts";
import { nearestStreet } from "../map/streets.ts";
import type { Grid, Wish } from "../told.ts";
import { codeField } from "./hint.ts";
import { chosen, newBorder } from "./paint.ts";
import type { Bench, Spot, Tool } from "./tool.ts";

type How = "line" | "street";

const STREET_PX = 10;

export function splitTool(bench: Bench): Tool {
  const { draft, overlay, words, hint } = bench;
  let grid: Grid | null = null;
  let how: How = "line";
  let line: Point[] = [];
  let pointer: Point | null = null;
  let code = "";
  let isSaving = false;

  const show = () => {
    const [one, shown] = [grid, pointer ? [...line, pointer] : line];
    overlay.set("grids", chosen(bench, one ? [one] : []));
    overlay.set("line", (pen) => {
      const { accent, casing } = bench.colours();
      if (shown.length > 1) newBorder(pen, shown, accent, casing);
      for (const corner of line) pen.handle(corner, accent);
    });
    overlay.render();
  };
  const say = () => {
    if (!grid) {
      hint.say(words.hints.splitPick);
      return;
    }
    const field = codeField(words.code, code);
    field.input.addEventListener("input", () => {
      code = field.input.value.trim();
    });
    const ways = (["line", "street"] as const).map((one) =>
      h(
        "button",
        {
          type: "button",
          "aria-pressed": String(how === one),
          onclick: () => {
            how = one;
            line = [];
            say();
            show();
          },
        },
        one === "line" ? words.byLine : words.byStreet,
      ),
    );
    hint.say(
      h("b", {}, bench.short(grid.id)),
      h("div", { class: "seg", role: "group", "aria-label": words.tools.split }, ...ways),
      button(words.evenly, evenly, { size: "sm" }),
      field.element,
      h("span", {}, how === "line" ? words.hints.splitLine : words.hints.splitStreet),
    );
  };
  const begin = (found: Grid | null) => {
    grid = found;
    line = [];
    pointer = null;
    how = "line";
    code = grid ? nextCode(grid.id, new Set(draft.grids.keys())) : "";
    say();
    show();
  };
  const take = async (wish: Wish) => {
    if (isSaving) return; // a double click and Enter ask once
    isSaving = true;
    const taken = await bench.take(wish).finally(() => {
      isSaving = false;
    });
    if (taken) begin(null);
  };
  const evenly = () => {
    if (grid) void take({ do: "split_evenly", grid: grid.id, code });
  };
  const finish = () => {
    if (grid && line.length > 1)
      void take({ do: "split_by_line", grid: grid.id, line: line.map(toDegrees), code });
  };

  return {
    id: "split",
    icon: "split",
    key: "s",
    activate() {
      const [only, ...others] = draft.picked.get().grids;
      begin(only && !others.length ? (draft.grids.get(only) ?? null) : null);
    },
    deactivate() {
      grid = null;
      line = [];
      pointer = null;
      overlay.set("grids", null);
      overlay.set("line", null);
      overlay.render();
      hint.clear();
    },
    hover({ at }: Spot) {
      if (!grid || how !== "line" || !line.length) return;
      pointer = at;
      show();
    },
    click({ at }: Spot) {
      if (!grid) {
        begin(bench.grids.at(at));
        return;
      }
      if (how === "street") {
        const street = nearestStreet(bench.shell.city, at, bench.span(STREET_PX));
        const found = street && text(street, "code");
        if (found) void take({ do: "split_along", grid: grid.id, street: found, code });
        return;
      }
      const last = line.at(-1);
      if (last && distance(last, at) < bench.span(2)) return;
      line.push(at);
      show();
    },
    double: finish,
    confirm: finish,
    cancel() {
      const was = grid !== null;
      if (line.length) {
        line = [];
        pointer = null;
        show();
      } else begin(null);
      return was;
    },
  };
}
