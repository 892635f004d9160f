/** Everything that can be done to grids from the table. */

import type { PlanDesk } from "./desk.ts";

export type ActionName =
  | "rename"
  | "merge"
  | "split"
  | "lock"
  | "open"
  | "reattach"
  | "move"
  | "fresh"
  | "renumber";

export interface Action {
  name: ActionName;
  key?: string;
  /** How many grids it takes. */
  least: number;
  most: number;
  run(desk: PlanDesk, grids: readonly string[]): void;
}

const ANY = Number.POSITIVE_INFINITY;

export const ACTIONS: readonly Action[] = [
  { name: "rename", key: "F2", least: 1, most: 1, run: form("rename") },
  { name: "merge", key: "F4", least: 1, most: 1000, run: form("merge") },
  { name: "split", key: "F6", least: 1, most: 1, run: form("split") },
  { name: "lock", least: 1, most: 1000, run: (desk, grids) => void lockAll(desk, grids, true) },
  { name: "open", least: 1, most: 1000, run: (desk, grids) => void lockAll(desk, grids, false) },
  {
    name: "reattach",
    key: "F8",
    least: 1,
    most: 1,
    run: (desk, [grid]) => grid && void desk.draft.take({ do: "reattach", grid }),
  },
  { name: "move", key: "F9", least: 0, most: ANY, run: form("move") },
  { name: "fresh", least: 0, most: ANY, run: form("fresh") },
  { name: "renumber", least: 0, most: ANY, run: form("renumber") },
];

/** Those that ask something first; the form is fetched when it is wanted. */
type FormName = "rename" | "merge" | "split" | "move" | "fresh" | "renumber";

function form(name: FormName): Action["run"] {
  return (desk, grids) =>
    void import("./action-forms.ts").then(({ FORMS }) => FORMS[name](desk, grids));
}

async function lockAll(
  { draft }: PlanDesk,
  grids: readonly string[],
  locked: boolean,
): Promise<void> {
  for (const grid of grids) {
    if (draft.grids.get(grid)?.properties.locked === locked) continue;
    const taken = await draft.take({ do: "lock", kind: "grid", codes: [grid], locked });
    if (!taken) return;
  }
}
