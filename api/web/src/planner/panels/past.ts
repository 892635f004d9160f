/** The log of a plan as a planner thinks of it: what is done now, and what may be done again. */

import type { Entry } from "../told.ts";

export interface Past {
  /** Edits that are in force, the last one last. */
  done: Entry[];
  /** Edits that were taken back, the one that would come again first at the front. */
  undone: Entry[];
}

/** Play the log through: an undo takes the last edit away, an edit forgets what was taken back. */
export function pastOf(entries: readonly Entry[]): Past {
  const done: Entry[] = [];
  let undone: Entry[] = [];
  for (const entry of entries) {
    if (entry.kind === "edit") {
      done.push(entry);
      undone = [];
    } else if (entry.kind === "undo") {
      const last = done.pop();
      if (last) undone.unshift(last);
    } else {
      const next = undone.shift();
      if (next) done.push(next);
    }
  }
  return { done, undone };
}
