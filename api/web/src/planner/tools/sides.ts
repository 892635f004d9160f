/** The two grids of a step that a card shows: the one that gains and the one that loses most. */

import type { Block, Effect, Preview } from "../told.ts";

export function sidesOf(into: string, preview: Preview | null, blocks: readonly Block[]): string[] {
  if (preview) {
    const others = preview.effects.filter((one) => one.grid_code && one.grid_code !== into);
    others.sort((one, other) => lost(other) - lost(one));
    const [most] = others;
    return most?.grid_code ? [into, most.grid_code] : [into];
  }
  const from = blocks.find((one) => one.properties.grid_code)?.properties.grid_code;
  return from ? [into, from] : [into];
}

function lost({ before, after }: Effect): number {
  return (before["area_m2"] ?? 0) - (after["area_m2"] ?? 0);
}
