/** What the service is asked about one plan, and what it answers. */

import type { Api } from "../api.ts";
import type { Block, Changed, Entry, Grid, Numbers, Plan, Preview, Taken, Wish } from "./told.ts";

export type Box = [west: number, south: number, east: number, north: number];

interface Collection<F> {
  features: F[];
  /** All grids of the plan, also those outside the box. */
  total?: number;
}

interface Steps {
  entries: Entry[];
  undoable: number;
  redoable: number;
}

export class PlanService {
  readonly base: string;
  private readonly api: Api;

  constructor(api: Api, number: number) {
    this.api = api;
    this.base = `/api/v1/plans/${number}`;
  }

  plan(): Promise<Plan> {
    return this.api.get(this.base);
  }

  /** How many grids the plan has, without reading one. */
  async total(): Promise<number> {
    return (await this.grids([0, 0, 0, 0])).total ?? 0;
  }

  grids(box: Box | null): Promise<Collection<Grid>> {
    return this.api.get(`${this.base}/grids`, box ? { bbox: written(box) } : {});
  }

  blocks(box: Box, signal?: AbortSignal): Promise<Collection<Block>> {
    return this.api.get(`${this.base}/blocks`, { bbox: written(box) }, signal);
  }

  steps(since: number): Promise<Steps> {
    return this.api.get(`${this.base}/steps`, { since });
  }

  changes(since: number): Promise<Changed> {
    return this.api.get(`${this.base}/changes`, { since });
  }

  /** The numbers that the plan began with, judged by the settings of today. */
  numbersAtStart(signal?: AbortSignal): Promise<Numbers> {
    return this.api.get(`${this.base}/numbers`, { at: "start" }, signal);
  }

  preview(wish: Wish, signal?: AbortSignal): Promise<Preview> {
    return this.api.send("POST", `${this.base}/previews`, wish, signal ? { signal } : {});
  }

  /** Take a step on the plan as it was after one; refused with 412 when there are others since. */
  take(path: "steps" | "undo" | "redo", body: Wish | undefined, after: number): Promise<Taken> {
    return this.api.send("POST", `${this.base}/${path}`, body, { ifMatch: `"${after}"` });
  }
}

function written(box: Box): string {
  return box.map((one) => one.toFixed(8)).join(",");
}
