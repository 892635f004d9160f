/** How even each community and street is: one row each; a click looks at it alone. */

import { h } from "../../ui/dom.ts";
import type { Numbers } from "../told.ts";
import type { PlanDesk } from "./desk.ts";
import { type Spread, spreadOf } from "./spread.ts";
import { fixed } from "./written.ts";

interface Scope {
  code: string;
  spread: Spread;
  before: Spread | null;
}

export function scopeTable(desk: PlanDesk, now: Numbers, choose: (code: string) => void) {
  const { w } = desk;
  const rows = scopesOf(desk, now);
  if (rows.length < 2) return null;
  const line = ({ code, spread, before }: Scope) =>
    h(
      "tr",
      {},
      h(
        "td",
        {},
        h(
          "button",
          { type: "button", class: "pl-link", onclick: () => choose(code) },
          desk.nameOf(code),
        ),
      ),
      h("td", { class: "r" }, spread.count),
      h("td", { class: "r" }, fixed(spread.ratio, 2)),
      h(
        "td",
        { class: "r" },
        fixed(spread.cv, 3),
        " ",
        h("span", { class: "dim" }, fixed(before?.cv, 3, "")),
      ),
      h("td", { class: "r" }, fixed(spread.gini, 3)),
    );
  const heads = [
    w.figures.gridsHead,
    w.figures.spread.ratio,
    w.figures.spread.cv,
    w.figures.spread.gini,
  ];
  return h(
    "details",
    { class: "sec pl-scopes" },
    h("summary", {}, w.figures.perScope(rows.length)),
    h(
      "table",
      { class: "tbl" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, w.figures.scopeHead),
          ...heads.map((one) => h("th", { class: "r", scope: "col" }, one)),
        ),
      ),
      h("tbody", {}, ...rows.map(line)),
    ),
  );
}

/** Streets first, then communities, each with the work of its grids. */
function scopesOf({ above, start }: PlanDesk, now: Numbers): Scope[] {
  const before = start();
  const sorted = (numbers: Numbers | null, level: (community: string) => string | null) => {
    const found = new Map<string, (number | null | undefined)[]>();
    for (const [code, values] of Object.entries(numbers?.grids ?? {})) {
      const community = numbers?.communities[code];
      const scope = community === undefined ? null : level(community);
      if (scope !== null) found.set(scope, [...(found.get(scope) ?? []), values["work"]]);
    }
    return found;
  };
  return [above, (community: string) => community].flatMap((level) => {
    const [mine, past] = [sorted(now, level), sorted(before, level)];
    if (level === above && mine.size < 2) return [];
    return [...mine.keys()].sort().map((code) => ({
      code,
      spread: spreadOf(mine.get(code) ?? []),
      before: past.has(code) ? spreadOf(past.get(code) ?? []) : null,
    }));
  });
}
