/** What a tool of the map is, and what it works with. */

import type { Shell } from "../../shell/shell.ts";
import type { IconName } from "../../ui/icons.ts";
import type { Draft } from "../draft.ts";
import type { BlockMap } from "../map/blocks.ts";
import type { GridMap } from "../map/grids.ts";
import type { Overlay } from "../map/overlay.ts";
import type { Point } from "../map/shapes.ts";
import type { Taken, Wish } from "../told.ts";
import type { ToolWords } from "../words/index.ts";
import type { Card } from "./card.ts";
import type { Hint } from "./hint.ts";

export type ToolId =
  | "select"
  | "brush"
  | "rect"
  | "border"
  | "split"
  | "merge"
  | "newgrid"
  | "bld"
  | "lock";

/** A pointer on the map: where, and in which pixel of the map. */
export interface Spot {
  at: Point;
  pixel: Point;
  alt: boolean;
  shift: boolean;
}

export interface Tool {
  readonly id: ToolId;
  readonly icon: IconName;
  readonly key: string;
  activate(): void;
  deactivate(): void;
  /** A press: true takes the drag, else the map is moved. */
  down?(spot: Spot): boolean;
  move?(spot: Spot): void;
  up?(spot: Spot): void;
  hover?(spot: Spot): void;
  click?(spot: Spot): void;
  double?(spot: Spot): void;
  /** Enter. */
  confirm?(): void;
  /** Esc: true when there was something to give up. */
  cancel?(): boolean;
  /** An arrow key, or Tab: true when it was used. */
  press?(event: KeyboardEvent): boolean;
}

export interface Bench {
  shell: Shell;
  draft: Draft;
  words: ToolWords;
  grids: GridMap;
  blocks: BlockMap;
  overlay: Overlay;
  card: Card;
  hint: Hint;
  /** Metres of the ground for a pixel. */
  metres(): number;
  /** Units of the map for so many pixels. */
  span(pixels: number): number;
  colours(): { accent: string; ink: string; danger: string; casing: string };
  /** Take a step and say so; null when it was refused. */
  take(wish: Wish): Promise<Taken | null>;
  /** A name that tells a grid from the others. */
  short(code: string | null): string;
}
