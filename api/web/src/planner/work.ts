/** Work of grids by the formula of the plan, at once from their sums: the service says the same. */

import type { Draft } from "./draft.ts";
import type { Grid, Settings } from "./told.ts";

export const DAYS_A_YEAR = 365;

/** Minutes a year. */
export function workOf(weights: Record<string, number>, { factors }: Settings): number {
  return Object.entries(factors).reduce(
    (sum, [name, factor]) => sum + factor * (weights[name] ?? 0),
    0,
  );
}

export interface Work {
  mean: number;
  /** Share by which a grid is off the mean; null when there is no work at all. */
  deviation(grid: Grid): number | null;
}

/** The mean is that of all grids: of a plan that is not read whole, as the service last said. */
export function workIn(draft: Draft): Work {
  const { settings } = draft.plan;
  const mean = meanOf(draft);
  return {
    mean,
    deviation: (grid) => (mean > 0 ? workOf(grid.properties.weights, settings) / mean - 1 : null),
  };
}

function meanOf(draft: Draft): number {
  if (draft.grids.size < draft.total) return draft.numbers?.spread["work"]?.["mean"] ?? 0;
  let sum = 0;
  for (const grid of draft.grids.values())
    sum += workOf(grid.properties.weights, draft.plan.settings);
  return draft.grids.size ? sum / draft.grids.size : 0;
}
