/** Sums over everything that the caller may see. */

import type { Api } from "../api.ts";
import type { State } from "../map/style/marks.ts";

export interface Overview {
  layers: Record<string, number>;
  states: Record<string, number>;
  overdue: number;
  ground_grids: number;
  ground_inhabited: number;
  ground_households: number | null;
  at: string;
}

export function readOverview(api: Api): Promise<Overview> {
  return api.get<Overview>("/api/v1/overview");
}

/** Open incidents by the state that is shown; those that are late besides. */
export function openStates({ states }: Overview): { state: State; count: number }[] {
  const of = (...names: string[]) => names.reduce((sum, name) => sum + (states[name] ?? 0), 0);
  return [
    { state: "waiting", count: of("reported", "accepted") },
    { state: "filed", count: of("filed") },
    { state: "dispatched", count: of("dispatched") },
    { state: "handled", count: of("handled") },
  ];
}
