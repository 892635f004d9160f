/** The numbers of a draft, read again after steps: a little later, and only the latest counts. */

import { type Api, ApiError, AwayError } from "../api.ts";
import type { Numbers } from "./told.ts";

const LEAST_WAIT_MS = 150;

export interface Figures {
  get(): Numbers | null;
  /** Something changed: read again soon. */
  stale(): void;
  /** What is being read is judged by settings that are no more. */
  forget(): void;
}

export function makeFigures(api: Api, base: string, tell: (numbers: Numbers) => void): Figures {
  let now: Numbers | null = null;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let reading: AbortController | null = null;
  let took = 0;

  async function read(): Promise<void> {
    reading?.abort();
    reading = new AbortController();
    const { signal } = reading;
    const began = performance.now();
    try {
      const found = await api.get<Numbers>(`${base}/numbers`, {}, signal);
      if (signal.aborted || (now && found.step < now.step)) return;
      took = performance.now() - began;
      now = found;
      tell(found);
    } catch (error) {
      if (signal.aborted || error instanceof AwayError || error instanceof ApiError) return;
      throw error;
    }
  }

  return {
    get: () => now,
    forget: () => reading?.abort(),
    stale() {
      clearTimeout(waiting);
      // A city takes seconds to be judged: the more it takes, the longer a run of steps is let pass.
      waiting = setTimeout(() => void read(), Math.max(LEAST_WAIT_MS, took / 2));
    },
  };
}
