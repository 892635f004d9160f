/** What a plan changes against the grids in force or another plan: read again after steps. */

import { ApiError, AwayError, type Feature } from "../../api.ts";

import { WHOLE } from "../draft.ts";
import type { PlanDesk } from "./desk.ts";

/** One of two plans: how even it is, and each of its grids. */
export interface Side {
  said: string;
  spread: Record<string, Record<string, number | null>>;
  grids: Record<string, Record<string, number | null>>;
}

/** Things of a kind on the ground of the plan, and how many of them get another grid. */
export interface Follows {
  layer: string;
  total: number;
  moved: number;
  things: { code: string; before: string | null; after: string | null }[];
}

export interface GazetteRow {
  old_code: string;
  new_codes: string[];
  kind: "kept" | "renamed" | "split" | "merged" | "changed" | "ended";
  area_m2: number;
  households: number | null;
}

export interface Comparison {
  step: number;
  old: Side;
  new: Side;
  moved: {
    blocks: number;
    area_m2: number;
    amounts: Record<string, number>;
    whole: Record<string, number>;
  };
  gazette: GazetteRow[];
  follows: Follows[];
  /** The moved blocks with their grid before and after. */
  features: Feature[];
}

interface Kept {
  listeners: Set<() => void>;
  now: Comparison | null;
  waiting: ReturnType<typeof setTimeout> | undefined;
}

const WAIT_MS = 500;
const kept = new WeakMap<PlanDesk, Kept>();

/** The comparison with the grids that the plan began with; null until it is read. */
export function comparisonOf(desk: PlanDesk): Comparison | null {
  return keptFor(desk).now;
}

/** Told when that comparison has been read. */
export function onComparison(desk: PlanDesk, listener: () => void): void {
  keptFor(desk).listeners.add(listener);
}

/** `other`: "start", "current" or the number of a plan. */
export function readComparison(
  { shell, draft }: PlanDesk,
  other: string,
  shapes = false,
): Promise<Comparison> {
  return shell.api.get<Comparison>(`${draft.base}/comparison`, { with: other, shapes });
}

function keptFor(desk: PlanDesk): Kept {
  const found = kept.get(desk);
  if (found) return found;
  const made: Kept = { listeners: new Set(), now: null, waiting: undefined };
  kept.set(desk, made);
  let took = 0;
  const read = async () => {
    const { plan, total } = desk.draft;
    if (plan.step === 0) return; // nothing moved yet
    if (total > WHOLE) return; // a million incidents are counted anew: only the tab asks for that
    const began = performance.now();
    try {
      made.now = await readComparison(desk, "start");
      took = performance.now() - began;
      for (const listener of made.listeners) listener();
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof AwayError)) throw error;
      made.now = null; // figures that need it stay away; the tab says why
    }
  };
  const later = () => {
    clearTimeout(made.waiting);
    // a city takes seconds to be compared: it waits for a rest, and steps do not wait for it
    made.waiting = setTimeout(() => void read(), Math.max(WAIT_MS, 2 * took));
  };
  desk.draft.on("changed", ({ entries }) => entries.length && later());
  later();
  return made;
}
