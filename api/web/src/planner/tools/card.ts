/**
 * The card at the cursor while something is dragged: both sides, now bold, before grey, red where a
 * rule breaks. It is read out when the drag rests, not at every frame.
 */

import { type Child, h, replace } from "../../ui/dom.ts";
import type { Draft } from "../draft.ts";
import type { Preview } from "../told.ts";
import type { ToolWords } from "../words/index.ts";
import { footer, table } from "./card-table.ts";
import type { PixelBox } from "./clear.ts";

const APART_PX = 18;
const EDGE_PX = 8;
const WIDE_PX = 318;
const REST_MS = 700;

export interface CardState {
  title: string;
  badge: string | null;
  /** The sides that are shown, at most two. */
  grids: readonly string[];
  preview: Preview | null;
  /** Why the step cannot be taken as it is. */
  refused: string | null;
  /** What the ground that moves takes up on the map. */
  keepOff: PixelBox;
}

export interface Card {
  show(state: CardState): void;
  hide(): void;
  readonly element: HTMLElement;
  /** What it covers; null while it is hidden. */
  covers(): PixelBox | null;
  /** Told when it covers something else than before. */
  onMove(listener: () => void): void;
}

export interface CardParts {
  draft: Draft;
  words: ToolWords;
  mean: () => number;
  short: (code: string | null) => string;
  /** The map, which the card stays on. */
  room: () => { width: number; height: number; left: number };
}

export function makeCard(parts: CardParts): Card {
  const element = h("div", { class: "at float plan-card", hidden: true });
  const spoken = h("div", { class: "visually-hidden", role: "status" });
  const body = h("div", {});
  let resting: ReturnType<typeof setTimeout> | undefined;
  element.append(body, spoken);
  let last = "";
  let lastPreview: Preview | null = null;
  let covered: PixelBox | null = null;
  const listeners: (() => void)[] = [];
  const cover = (box: PixelBox | null) => {
    if (String(box) === String(covered)) return;
    covered = box;
    for (const tell of listeners) tell();
  };
  return {
    element,
    covers: () => covered,
    onMove: (listener) => listeners.push(listener),
    show(state) {
      const key = JSON.stringify([state.title, state.badge, state.grids, state.refused]);
      const shown = state.preview === lastPreview && key === last;
      if (!shown) replace(body, ...content(parts, state));
      last = key;
      lastPreview = state.preview;
      element.hidden = false;
      cover(place(element, state.keepOff, parts.room()));
      clearTimeout(resting);
      resting = setTimeout(() => {
        spoken.textContent = body.textContent;
      }, REST_MS);
    },
    hide() {
      clearTimeout(resting);
      element.hidden = true;
      cover(null);
      spoken.textContent = "";
      last = "";
      lastPreview = null;
      replace(body);
    },
  };
}

/** Beside the moved ground, on the side with more room; it never covers the ground itself. */
function place(
  element: HTMLElement,
  [left, top, right]: CardState["keepOff"],
  { width, height, left: from }: ReturnType<CardParts["room"]>,
): PixelBox {
  const tall = element.offsetHeight;
  const fitsLeft = left - APART_PX - WIDE_PX >= from;
  const fitsRight = right + APART_PX + WIDE_PX <= width - EDGE_PX;
  const x = fitsLeft
    ? left - APART_PX - WIDE_PX
    : fitsRight
      ? right + APART_PX
      : left > width - right
        ? from
        : width - EDGE_PX - WIDE_PX;
  const y = Math.max(EDGE_PX, Math.min(height - EDGE_PX - tall, top - APART_PX));
  element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  return [x, y, x + WIDE_PX, y + tall];
}

function content(parts: CardParts, state: CardState): Child[] {
  const { words } = parts;
  const badge = state.badge ? h("span", { class: "badge acc" }, state.badge) : null;
  return [
    h("div", { class: "row sp" }, h("b", {}, state.title), badge),
    state.refused ? h("p", { class: "bad t12" }, state.refused) : table(parts, state),
    h(
      "div",
      { class: "f" },
      h("span", {}, footer(parts, state)),
      h("span", { class: "grow" }),
      h("span", {}, h("kbd", {}, "Alt"), ` ${words.noSnap} `, h("kbd", {}, "Esc")),
    ),
  ];
}
