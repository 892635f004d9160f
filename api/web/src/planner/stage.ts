/** The map of a plan: its grids, what is selected, the tools and what they say. */

import type { Shell } from "../shell/shell.ts";
import type { Draft } from "./draft.ts";
import { mountGrids } from "./map/grids.ts";

export function mountStage(shell: Shell, draft: Draft): void {
  mountGrids(shell, draft);
}
