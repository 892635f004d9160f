/** Every tool of the planner, in the order of the tool bar. */

import { borderTool } from "./border.ts";
import { brushTool } from "./brush.ts";
import { buildingTool } from "./building.ts";
import { lockTool } from "./lock.ts";
import { mergeTool } from "./merge.ts";
import { newGridTool } from "./newgrid.ts";
import { rectTool } from "./rect.ts";
import { selectTool } from "./select.ts";
import { splitTool } from "./split.ts";
import type { Bench, Tool } from "./tool.ts";

/** Tools of one group stand together. */
export function toolGroups(bench: Bench): Tool[][] {
  return [
    [selectTool(bench), brushTool(bench), rectTool(bench), borderTool(bench)],
    [splitTool(bench), mergeTool(bench), newGridTool(bench), buildingTool(bench)],
    [lockTool(bench)],
  ];
}
