/** The one thing that is selected: the map, lists, the card and the address all follow it. */

import type { Address } from "./address.ts";

export interface Selected {
  /** Name of a layer of the service: grids, buildings, facilities, … */
  readonly layer: string;
  readonly code: string;
}

export interface Selection {
  get(): Selected | null;
  set(selected: Selected | null): void;
  on(listener: (selected: Selected | null) => void): void;
}

const NAME = "sel";

export function makeSelection(address: Address): Selection {
  const listeners: ((selected: Selected | null) => void)[] = [];
  const read = () => parsed(address.get(NAME));
  let now = read();
  const tell = (next: Selected | null) => {
    now = next;
    for (const listener of listeners) listener(now);
  };
  address.onChange(() => tell(read()));
  return {
    get: () => now,
    set(selected) {
      if (selected?.layer === now?.layer && selected?.code === now?.code) return;
      address.set(NAME, selected ? `${selected.layer}/${selected.code}` : null);
      tell(selected);
    },
    on: (listener) => listeners.push(listener),
  };
}

function parsed(text: string | null): Selected | null {
  const cut = text?.indexOf("/") ?? -1;
  if (!text || cut < 1 || cut === text.length - 1) return null;
  return { layer: text.slice(0, cut), code: text.slice(cut + 1) };
}
