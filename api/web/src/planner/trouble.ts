/** Why a step was not taken, in a form that a page can say in its own words. */

import type { ApiError } from "../api.ts";
import type { Entry, Taken } from "./told.ts";

export interface Trouble {
  /**
   * `stale`: others were first, `entries` says who did what, and the draft has caught up;
   * `conflict`: a lock, a taken code or the stage forbids it, as `said`;
   * `refused`: it cannot be done, as `said`; `away`: the service did not answer.
   */
  kind: "stale" | "conflict" | "refused" | "away";
  /** What the service said. */
  said: string;
  entries: readonly Entry[];
  /** Try the same step on the draft as it is now. */
  again: () => Promise<Taken | null>;
}

export function readRefusal(
  error: ApiError,
  entries: readonly Entry[],
  again: () => Promise<Taken | null>,
): Trouble {
  const kind = error.status === 412 ? "stale" : error.status === 409 ? "conflict" : "refused";
  return { kind, said: error.message, entries, again };
}
