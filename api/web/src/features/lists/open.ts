/** How other features ask for the list, without knowing it. */

import type { Selected } from "../../shell/selection.ts";
import type { Shell } from "../../shell/shell.ts";

type Opener = (selected: Selected) => void;
const openers = new WeakMap<Shell, Opener>();

export function whenAsked(shell: Shell, open: Opener): void {
  openers.set(shell, open);
}

export function openList(shell: Shell, selected: Selected): void {
  openers.get(shell)?.(selected);
}
