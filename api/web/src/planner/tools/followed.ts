/** The lines that a pulled border may follow: edges of the blocks of its two grids. */

import type { Draft } from "../draft.ts";
import type { Border } from "../map/border.ts";
import { EMPTY, type Network, networkOf } from "../map/network.ts";
import { shapeOf } from "../map/shapes.ts";

export interface Followed {
  /** Kept until the plan has another step; nothing while the blocks are not read. */
  of(border: Border): Network;
  /** Other blocks have been read. */
  forget(): void;
}

export function makeFollowed(draft: Draft): Followed {
  let network: Network = EMPTY;
  let keptFor = "";
  return {
    of({ one, other }) {
      const key = `${one.id} ${other.id} ${draft.plan.step}`;
      if (key === keptFor) return network;
      const mine = new Set<string | null>([one.id, other.id]);
      const blocks = [...draft.blocks.values()].filter((block) =>
        mine.has(block.properties.grid_code),
      );
      network = blocks.length ? networkOf(blocks.map(shapeOf)) : EMPTY;
      keptFor = blocks.length ? key : "";
      return network;
    },
    forget() {
      keptFor = "";
    },
  };
}
