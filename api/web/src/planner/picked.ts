/** Which grids and blocks of a draft are selected: the map and the table share it. */

export interface Picked {
  readonly grids: readonly string[];
  readonly blocks: readonly string[];
}

export interface Picking {
  get(): Picked;
  /** Select grids; blocks are let go. `add` keeps those selected and turns the given ones over. */
  grids(codes: readonly string[], add?: boolean): void;
  /** Select blocks; grids stay. */
  blocks(codes: readonly string[], add?: boolean): void;
  clear(): void;
  /** Forget what is there no more, without telling when nothing changed. */
  keep(has: (kind: "grids" | "blocks", code: string) => boolean): void;
}

export function makePicking(tell: (picked: Picked) => void): Picking {
  let now: Picked = { grids: [], blocks: [] };
  const set = (next: Picked) => {
    if (same(next.grids, now.grids) && same(next.blocks, now.blocks)) return;
    now = next;
    tell(now);
  };
  return {
    get: () => now,
    grids: (codes, add = false) =>
      set(add ? { ...now, grids: turned(now.grids, codes) } : { grids: [...codes], blocks: [] }),
    blocks: (codes, add = false) =>
      set({ ...now, blocks: add ? turned(now.blocks, codes) : [...codes] }),
    clear: () => set({ grids: [], blocks: [] }),
    keep: (has) =>
      set({
        grids: now.grids.filter((code) => has("grids", code)),
        blocks: now.blocks.filter((code) => has("blocks", code)),
      }),
  };
}

function turned(now: readonly string[], given: readonly string[]): string[] {
  const found = new Set(now);
  for (const code of given) if (!found.delete(code)) found.add(code);
  return [...found];
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((code, at) => code === other[at]);
}
