/**
 * One plan that is being worked on: what the service keeps, and what the page shows of it.
 *
 * The service is the truth. A step is sent with the number of the last step that is known here
 * (If-Match); what is acknowledged is kept, and the page shows it from the answer alone. Nothing
 * lives in the browser only, so the page may be closed at any moment and opens at the same step.
 *
 *     const draft = await openDraft(shell, 3);       // ?plan=3
 *     draft.plan, draft.grids, draft.entries         // as of draft.plan.step
 *     await draft.take({ do: "merge", grids: ["…2"], into: "…1" });   // null when refused
 *     await draft.undo(); await draft.redo(); await draft.refresh();
 *     await draft.preview(wish, signal);             // changes nothing; throws ApiError
 *     await draft.blocksIn([west, south, east, north]);
 *     draft.picked.grids(["…1"]);                    // selection
 *     draft.on("changed", ({ changed }) => …);       // each listener: the answer stops it
 *
 * What it tells and when is in draft-told.ts.
 *
 * Steps are taken one after the other: a second `take` waits for the first. When others were first
 * (412), the draft catches up, tells `trouble` with their steps, and takes nothing by itself: the
 * planner looks and may take `again()`.
 */

import { ApiError, AwayError } from "../api.ts";
import type { Shell } from "../shell/shell.ts";
import type { Saved, Step, Told } from "./draft-told.ts";
import { type Events, makeEvents } from "./events.ts";
import { type Figures, makeFigures } from "./figures.ts";
import { makePicking, type Picking } from "./picked.ts";
import { type Box, PlanService } from "./plan-service.ts";
import type { Block, Changed, Entry, Grid, Numbers, Plan, Preview, Taken, Wish } from "./told.ts";
import { readRefusal } from "./trouble.ts";

/** More grids than this are read by the part of the city that is looked at. */
export const WHOLE = 2000;

const NOTHING: Changed = { grids: [], grids_gone: [], blocks: [], blocks_gone: [] };

export async function openDraft(shell: Shell, number: number): Promise<Draft> {
  const draft = new Draft(shell, number);
  await draft.open();
  return draft;
}

export class Draft {
  readonly base: string;
  readonly picked: Picking;
  /** Grids by code: all of them, or those of the boxes asked for when there are very many. */
  readonly grids = new Map<string, Grid>();
  /** Blocks by code: those of the boxes asked for. */
  readonly blocks = new Map<string, Block>();
  plan!: Plan;
  /** How many grids the plan has in all. */
  total = 0;
  entries: Entry[] = [];
  undoable = 0;
  redoable = 0;
  private readonly service: PlanService;
  private readonly events: Events<Told> = makeEvents<Told>();
  private readonly figures: Figures;
  private queue: Promise<unknown> = Promise.resolve();
  private underWay = 0;

  constructor(shell: Shell, number: number) {
    this.service = new PlanService(shell.api, number);
    this.base = this.service.base;
    this.picked = makePicking((told) => this.events.tell("picked", told));
    this.figures = makeFigures(shell.api, this.base, (told) => this.events.tell("numbers", told));
  }

  on<K extends keyof Told>(name: K, listener: (told: Told[K]) => void): () => void {
    return this.events.on(name, listener);
  }

  /** Numbers of the plan; null until they are read. They may be of a step before `plan.step`. */
  get numbers(): Numbers | null {
    return this.figures.get();
  }

  /** Whether steps may be taken: only a draft is edited. */
  get isEditable(): boolean {
    return this.plan.stage === "draft";
  }

  get busy(): boolean {
    return this.underWay > 0;
  }

  saved(): Saved {
    const state = this.busy ? "saving" : "saved";
    return { state, step: this.plan.step, at: this.plan.changed_at };
  }

  /** Read everything anew. */
  async open(): Promise<void> {
    [this.plan, this.total] = await Promise.all([this.service.plan(), this.service.total()]);
    this.grids.clear();
    this.blocks.clear();
    if (this.total <= WHOLE) await this.readGrids(null);
    await this.readSteps();
    this.figures.stale();
    this.tellAll();
  }

  /** Read the grids of a box when the plan has very many; those that are new are told. */
  async gridsIn(box: Box): Promise<void> {
    if (this.grids.size >= this.total) return;
    const grids = await this.readGrids(box);
    if (grids.length) this.tellChanged({ ...NOTHING, grids }, false);
  }

  /** The blocks that touch a box; they stay in `blocks` and follow the steps. */
  async blocksIn(box: Box, signal?: AbortSignal): Promise<Block[]> {
    const { features } = await this.service.blocks(box, signal);
    for (const block of features) this.blocks.set(block.id, block);
    return features;
  }

  /** What the plan began with, judged by the settings of today: before, beside `numbers`. */
  start(signal?: AbortSignal): Promise<Numbers> {
    return this.service.numbersAtStart(signal);
  }

  /** Take a step; null when it was refused, which `trouble` tells. */
  take(wish: Wish): Promise<Taken | null> {
    return this.step("steps", wish, () => this.take(wish));
  }

  undo(): Promise<Taken | null> {
    return this.step("undo", undefined, () => this.undo());
  }

  redo(): Promise<Taken | null> {
    return this.step("redo", undefined, () => this.redo());
  }

  /** What a step would do; the plan stays as it is. Throws what the service answers. */
  preview(wish: Wish, signal?: AbortSignal): Promise<Preview> {
    return this.service.preview(wish, signal);
  }

  /** Take in what others did since; true when there was something. */
  async refresh(): Promise<boolean> {
    const since = this.plan.step;
    const plan = await this.service.plan();
    const isNew = JSON.stringify(plan) !== JSON.stringify(this.plan);
    if (plan.step > since) {
      const changed = await this.service.changes(since);
      const entries = await this.readSteps(since);
      this.plan = plan;
      this.apply({ entries, effects: [], changed, all: false });
    }
    this.plan = plan;
    if (isNew) this.tellPlan();
    return plan.step > since;
  }

  /** Another title, other settings or another stage was answered by the service. */
  use(plan: Plan): void {
    this.plan = plan;
    this.figures.forget();
    this.tellPlan();
    this.figures.stale();
  }

  private step(
    path: "steps" | "undo" | "redo",
    body: Wish | undefined,
    again: () => Promise<Taken | null>,
  ) {
    const run = async (): Promise<Taken | null> => {
      this.setBusy(1);
      const seen = this.plan.step;
      try {
        const taken = await this.service.take(path, body, seen);
        this.acknowledged(taken);
        return taken;
      } catch (error) {
        await this.refused(error, seen, again);
        return null;
      } finally {
        this.setBusy(-1);
      }
    };
    const next = this.queue.then(run);
    this.queue = next.catch(() => null);
    return next;
  }

  private acknowledged({ plan, entry, effects, changed }: Taken): void {
    this.plan = plan;
    this.entries.push(entry);
    this.undoable += entry.kind === "undo" ? -1 : 1;
    this.redoable = entry.kind === "edit" ? 0 : this.redoable + (entry.kind === "undo" ? 1 : -1);
    this.apply({ entries: [entry], effects, changed, all: false });
    this.tellPlan();
  }

  private async refused(
    error: unknown,
    seen: number,
    again: () => Promise<Taken | null>,
  ): Promise<void> {
    if (error instanceof AwayError) {
      this.events.tell("saved", { ...this.saved(), state: "away" });
      this.events.tell("trouble", { kind: "away", said: "", unlock: null, entries: [], again });
      return;
    }
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 412 || error.status === 409) await this.refresh();
    // the page may have caught up by itself before the refusal came
    const entries = this.entries.filter((one) => one.number > seen);
    this.events.tell("trouble", readRefusal(error, this.plan.area_code, entries, again));
  }

  private apply(step: Step): void {
    const { grids, grids_gone, blocks, blocks_gone } = step.changed;
    const isWhole = this.grids.size >= this.total;
    for (const code of grids_gone) this.grids.delete(code);
    for (const grid of grids) this.grids.set(grid.id, grid);
    if (isWhole) this.total = this.grids.size;
    else void this.count(); // one that is not known may be new, or may not have been read
    for (const code of blocks_gone) this.blocks.delete(code);
    for (const block of blocks) this.blocks.set(block.id, block);
    this.picked.keep((kind, code) => kind === "blocks" || this.grids.has(code));
    this.events.tell("changed", step);
    this.figures.stale();
  }

  private async count(): Promise<void> {
    const total = await this.service.total().catch(() => this.total); // the next step asks again
    if (total === this.total) return;
    this.total = total;
    this.tellPlan();
  }

  /** The answer are those that were not known before. */
  private async readGrids(box: Box | null): Promise<Grid[]> {
    const { features, total } = await this.service.grids(box);
    const fresh = features.filter((grid) => !this.grids.has(grid.id));
    for (const grid of features) this.grids.set(grid.id, grid);
    this.total = total ?? this.grids.size;
    return fresh;
  }

  private async readSteps(since = 0): Promise<Entry[]> {
    const found = await this.service.steps(since);
    this.entries = [...this.entries.slice(0, since), ...found.entries];
    this.undoable = found.undoable;
    this.redoable = found.redoable;
    return found.entries;
  }

  private tellAll(): void {
    this.tellChanged({ ...NOTHING, grids: [...this.grids.values()] }, true);
    this.tellPlan();
  }

  /** Something else is known of the same plan. */
  private tellChanged(changed: Changed, all: boolean): void {
    this.events.tell("changed", { entries: [], effects: [], changed, all });
  }

  private tellPlan(): void {
    this.events.tell("plan", this.plan);
    this.events.tell("saved", this.saved());
  }

  private setBusy(by: number): void {
    this.underWay += by;
    this.events.tell("busy", this.busy);
    this.events.tell("saved", this.saved());
  }
}
