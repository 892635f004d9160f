/** Ask the service what a step would do while something is dragged: one question at a time. */

import { ApiError, AwayError } from "../../api.ts";
import type { Draft } from "../draft.ts";
import type { Preview, Wish } from "../told.ts";
import { reasonOf } from "../trouble.ts";

const LEAST_MS = 80;

export interface Answer {
  wish: Wish;
  preview: Preview | null;
  /** Why it cannot be done. */
  refused: string | null;
}

export class Previewer {
  private readonly draft: Draft;
  private readonly tell: (answer: Answer) => void;
  private wanted: Wish | null = null;
  private asking: AbortController | null = null;
  private next: ReturnType<typeof setTimeout> | undefined;

  constructor(draft: Draft, tell: (answer: Answer) => void) {
    this.draft = draft;
    this.tell = tell;
  }

  /** The latest wish is asked when the one before is answered; those between are left out. */
  ask(wish: Wish): void {
    this.wanted = wish;
    if (!this.asking && this.next === undefined)
      this.next = setTimeout(() => void this.send(), LEAST_MS);
  }

  stop(): void {
    this.wanted = null;
    clearTimeout(this.next);
    this.next = undefined;
    this.asking?.abort();
    this.asking = null;
  }

  private async send(): Promise<void> {
    this.next = undefined;
    const wish = this.wanted;
    if (!wish) return;
    this.wanted = null;
    const asking = new AbortController();
    this.asking = asking;
    try {
      const preview = await this.draft.preview(wish, asking.signal);
      if (!asking.signal.aborted) this.tell({ wish, preview, refused: null });
    } catch (error) {
      if (asking.signal.aborted || error instanceof AwayError) return;
      if (!(error instanceof ApiError)) throw error;
      this.tell({ wish, preview: null, refused: reasonOf(error, this.draft.plan.area_code) });
    } finally {
      if (this.asking === asking) {
        this.asking = null;
        if (this.wanted) this.ask(this.wanted);
      }
    }
  }
}
