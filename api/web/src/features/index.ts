/** Every feature of the console; each page mounts them all when its shell stands. */

import type { Shell } from "../shell/shell.ts";

export const FEATURES: readonly ((shell: Shell) => void)[] = [];
