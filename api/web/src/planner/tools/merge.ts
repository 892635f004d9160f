/** Merge grids: the first that is clicked stays, its neighbours join it. */

import { h } from "../../ui/dom.ts";
import { button } from "../../ui/parts.ts";
import { shared } from "../map/border.ts";
import { shapeOf } from "../map/shapes.ts";
import type { Grid } from "../told.ts";
import { chosen } from "./paint.ts";
import type { Bench, Spot, Tool } from "./tool.ts";

export function mergeTool(bench: Bench): Tool {
  const { draft, overlay, words, hint } = bench;
  let grids: Grid[] = [];

  const show = () => {
    const [into, ...others] = grids;
    overlay.set("grids", (pen) => {
      const { accent } = bench.colours();
      for (const one of others) pen.hatch(shapeOf(one), `${accent}6b`);
      chosen(bench, grids)(pen);
    });
    overlay.render();
    if (!into) {
      hint.say(words.hints.mergeInto);
      return;
    }
    const merge = button(`${words.tools.merge} (${grids.length})`, finish, {
      size: "sm",
      kind: "pri",
      disabled: !others.length,
    });
    hint.say(h("span", {}, words.hints.mergeMore(bench.short(into.id))), merge);
  };
  const clear = () => {
    grids = [];
    show();
  };
  const finish = () => {
    const [into, ...others] = grids;
    if (!into || !others.length) return;
    void bench
      .take({ do: "merge", grids: others.map((one) => one.id), into: into.id })
      .then((taken) => taken && clear());
  };
  const touches = (grid: Grid) =>
    grids.some((one) => shared(shapeOf(one), shapeOf(grid)).length > 0);

  return {
    id: "merge",
    icon: "merge",
    key: "m",
    activate() {
      grids = draft.picked.get().grids.flatMap((code) => draft.grids.get(code) ?? []);
      show();
    },
    deactivate() {
      grids = [];
      overlay.set("grids", null);
      overlay.render();
      hint.clear();
    },
    click({ at }: Spot) {
      const grid = bench.grids.at(at);
      if (!grid) return;
      if (grids.some((one) => one.id === grid.id))
        grids = grids.filter((one) => one.id !== grid.id);
      else if (grids.length && !touches(grid)) bench.shell.notify(words.notNeighbours);
      else grids.push(grid);
      show();
    },
    confirm: finish,
    cancel() {
      const was = grids.length > 0;
      clear();
      return was;
    },
  };
}
