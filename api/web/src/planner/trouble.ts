/** Why a step was not taken, in a form that a page can say in its own words. */

import type { ApiError } from "../api.ts";
import { shortCode } from "./codes.ts";
import type { Entry, Taken, Wish } from "./told.ts";
import { toolWords } from "./words/index.ts";

export interface Trouble {
  /**
   * `stale`: others were first, `entries` says who did what, and the draft has caught up;
   * `conflict`: a lock, a taken code or the stage forbids it, as `said`;
   * `refused`: it cannot be done, as `said`; `away`: the service did not answer.
   */
  kind: "stale" | "conflict" | "refused" | "away";
  /** Why, in the words of the page where it has some, else as the service said. */
  said: string;
  /** The step that opens the lock which forbids it. */
  unlock: Wish | null;
  entries: readonly Entry[];
  /** Try the same step on the draft as it is now. */
  again: () => Promise<Taken | null>;
}

export function readRefusal(
  error: ApiError,
  area: string,
  entries: readonly Entry[],
  again: () => Promise<Taken | null>,
): Trouble {
  const kind = error.status === 412 ? "stale" : error.status === 409 ? "conflict" : "refused";
  return { kind, said: reasonOf(error, area), unlock: unlockOf(error), entries, again };
}

/** Say why a step of a plan of `area` cannot be taken, with the way out. */
export function reasonOf({ message, problem }: ApiError, area: string): string {
  const { reasons } = toolWords();
  const say = reasons[problem.reason as keyof typeof reasons];
  if (!say) return message;
  const about = Object.entries(problem.about ?? {});
  return say(Object.fromEntries(about.map(([name, code]) => [name, shortCode(code, area)])));
}

const LOCKS = ["grid", "border", "officer"] as const;

function unlockOf({ problem }: ApiError): Wish | null {
  const kind = LOCKS.find((one) => problem.reason === `plan.locked-${one}`);
  const { grid, one, other, officer } = problem.about ?? {};
  const codes = [grid, one, other, officer].filter((code) => code !== undefined);
  return kind ? { do: "lock", kind, codes, locked: false } : null;
}
