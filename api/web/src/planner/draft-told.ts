/** What a draft tells those who listen to it. */

import type { Picked } from "./picked.ts";
import type { Changed, Effect, Entry, Numbers, Plan } from "./told.ts";
import type { Trouble } from "./trouble.ts";

/** `saved`: the last step and when it was kept; `saving`; `away`: the service does not answer. */
export type Saved = { state: "saved" | "saving" | "away"; step: number; at: string };

/**
 * What a step by anybody changed; without entries only more of the plan was read.
 * `all`: forget what was shown and draw `draft.grids`.
 */
export interface Step {
  entries: Entry[];
  effects: Effect[];
  changed: Changed;
  all: boolean;
}

export interface Told {
  /** A step by anybody: what there is now; `all` when everything was read anew. */
  changed: Step;
  /** Title, stage, settings or step. */
  plan: Plan;
  /** The numbers after steps, the latest only. */
  numbers: Numbers;
  picked: Picked;
  /** What may be said of the state. */
  saved: Saved;
  /** A step is under way. */
  busy: boolean;
  /** A step was refused: why, who was first, and the step to try again. */
  trouble: Trouble;
}
