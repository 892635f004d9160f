/** Every feature of the console; each page mounts them all when its shell stands. */

import type { Shell } from "../shell/shell.ts";
import { mount as card } from "./card/card.ts";
import { mount as list } from "./lists/list.ts";
import { mount as walk } from "./lists/walk.ts";
import { mount as measure } from "./measure/measure.ts";
import { mount as print } from "./print/dialog.ts";
import { mount as search } from "./search/box.ts";
import "./features.css";

export const FEATURES: readonly ((shell: Shell) => void)[] = [
  search,
  card,
  measure,
  print,
  list,
  walk,
];
