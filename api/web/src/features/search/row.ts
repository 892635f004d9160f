/** A result in the list: its name, what tells it from its namesakes, its code. */

import type { Shell } from "../../shell/shell.ts";
import { h } from "../../ui/dom.ts";
import { type IconName, icon } from "../../ui/icons.ts";
import { levelName } from "../described.ts";
import type { FeatureWords } from "../words/index.ts";
import type { Result } from "./results.ts";

const SIGNS: Record<string, IconName> = {
  grid: "border",
  special_grid: "border",
  address: "bld",
  building: "bld",
  street: "route",
  place: "here",
  facility: "gear",
  camera: "cam",
  gate: "route",
  speaker: "speaker",
  landcover: "park",
  incident: "alert",
  coordinate: "here",
  cell: "border",
};

export function sign(kind: string): SVGSVGElement {
  return icon(SIGNS[kind] ?? "here");
}

export function row(
  shell: Shell,
  words: FeatureWords,
  one: Result,
  at: number,
  choose: () => void,
): HTMLElement {
  return h(
    "div",
    {
      class: "result",
      role: "option",
      id: `search-result-${at}`,
      "aria-selected": "false",
      "data-kind": one.kind,
      "data-code": one.code,
      onclick: choose,
    },
    h(
      "span",
      { class: "grow ell" },
      h("span", { class: "visually-hidden" }, `${words.kinds[one.kind]} `),
      h("bdi", { class: "b" }, one.name),
      h("bdi", { class: "dim" }, noteOf(shell, words, one)),
    ),
    one.layer ? h("span", { class: "mono dim code" }, one.code) : null,
  );
}

export function noteOf(shell: Shell, words: FeatureWords, one: Result): string {
  const parts = [one.note];
  if (one.level) parts.unshift(levelName(shell, one.level));
  if (one.datum) parts.push(words.search.readAs(words.datums[one.datum]));
  if (one.apart_m) {
    const metres = one.apart_m.toLocaleString("en-US", { maximumFractionDigits: 0 });
    parts.push(words.search.apart(metres));
  }
  if (one.unmatched) parts.push(words.search.unmatched(one.unmatched));
  return parts.filter(Boolean).join(" · ");
}
