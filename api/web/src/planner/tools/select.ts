/** Select grids: a click one, with Shift several. */

import type { Bench, Spot, Tool } from "./tool.ts";

export function selectTool(bench: Bench): Tool {
  return {
    id: "select",
    icon: "select",
    key: "v",
    activate: () => bench.hint.clear(),
    deactivate: () => {},
    click({ at, shift }: Spot) {
      const grid = bench.grids.at(at);
      if (grid) bench.draft.picked.grids([grid.id], shift);
      else bench.draft.picked.clear();
    },
    cancel() {
      const { grids, blocks } = bench.draft.picked.get();
      bench.draft.picked.clear();
      return grids.length + blocks.length > 0;
    },
  };
}
