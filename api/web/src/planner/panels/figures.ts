/** How even the plan is: key figures and the work of every grid, now and as it was. */

import { h, replace } from "../../ui/dom.ts";
import { button, skeleton } from "../../ui/parts.ts";
import type { Numbers } from "../told.ts";
import { onComparison } from "./compared.ts";
import type { PlanDesk } from "./desk.ts";
import { lines, type Within } from "./figure-lines.ts";
import type { Pane } from "./panel.ts";
import { scopeTable } from "./scopes.ts";
import { changeOf, SPREADS, type Spread, spreadOf } from "./spread.ts";
import { swarm } from "./swarm.ts";
import { fixed, perDay, signedPercent } from "./written.ts";

const DECIMALS = { ratio: 2, cv: 3, gini: 3, p90_p10: 2 } as const;

export function mountFigures(desk: PlanDesk): Pane {
  const { draft, w } = desk;
  const element = h("div", { class: "pl-pane" }, skeleton(8));
  const scope = h("select", { class: "inp small", "aria-label": w.figures.scope });
  const shown = h("div");
  const dots = h("div");
  let chosen = "";
  const showDots = () => {
    const now = draft.numbers;
    if (now) replace(dots, distribution(desk, now, scopeOf(desk, chosen)));
  };
  const show = () => {
    const now = draft.numbers;
    if (!now) return;
    fillScopes(desk, scope, now, chosen);
    const inScope = scopeOf(desk, chosen);
    replace(
      shown,
      keyFigures(desk, now, inScope),
      dots,
      lines(desk, now, inScope),
      scopeTable(desk, now, (code) => {
        chosen = code;
        show();
      }),
    );
    showDots();
    if (!element.contains(shown)) replace(element, shown);
  };
  scope.addEventListener("change", () => {
    chosen = scope.value;
    show();
  });
  draft.on("numbers", show);
  draft.on("picked", showDots);
  desk.on("start", show);
  desk.on("names", show);
  onComparison(desk, show);
  show();

  function keyFigures(owner: PlanDesk, now: Numbers, within: Within): HTMLElement {
    const start = owner.start();
    const spread = spreadIn(now, within);
    const before = start ? spreadIn(start, within) : null;
    return h(
      "section",
      { class: "sec" },
      h(
        "div",
        { class: "row sp pl-scope" },
        h(
          "h2",
          { class: "t13" },
          owner.nameOf(chosen || draft.plan.area_code),
          " · ",
          w.figures.grids(spread.count),
        ),
        h("span", { class: "row" }, scope, weights(owner)),
      ),
      h("div", { class: "pl-kp" }, ...SPREADS.map((name) => figure(owner, name, spread, before))),
      h("div", { class: "t12 dim" }, w.figures.greyBlack),
    );
  }
  return { element };
}

/** Which grids lie in a community or a street; all of them for none. */
function scopeOf({ above }: PlanDesk, chosen: string): Within {
  if (!chosen) return () => true;
  return (code, numbers) => {
    const community = numbers.communities[code];
    return community === chosen || (community !== undefined && above(community) === chosen);
  };
}

export function spreadIn(numbers: Numbers, within: Within = () => true): Spread {
  const codes = Object.keys(numbers.grids).filter((code) => within(code, numbers));
  return spreadOf(codes.map((code) => numbers.grids[code]?.["work"]));
}

function fillScopes(desk: PlanDesk, select: HTMLSelectElement, now: Numbers, chosen: string): void {
  const communities = [...new Set(Object.values(now.communities))].sort();
  const streets = [...new Set(communities.map((one) => desk.above(one)))].filter(
    (one): one is string => one !== null && one !== desk.draft.plan.area_code,
  );
  const option = (code: string, text: string) => h("option", { value: code }, text);
  replace(
    select,
    option("", desk.w.figures.whole),
    ...[...streets.sort(), ...communities].map((code) => option(code, desk.nameOf(code))),
  );
  select.value = chosen;
}

function weights(desk: PlanDesk): HTMLElement {
  const { w } = desk;
  const made = button(
    w.figures.weights,
    () => void import("./settings.ts").then(({ openSettings }) => openSettings(desk)),
    { size: "sm", icon: "gear" },
  );
  made.title = w.figures.weightsTip;
  return made;
}

/** A figure now, what it was, and the change: sign first, colour second; smaller is better here. */
function figure({ w }: PlanDesk, name: keyof typeof DECIMALS, now: Spread, before: Spread | null) {
  const change = changeOf(before?.[name], now[name]);
  const tone = change === null || Math.abs(change) < 0.005 ? "dim" : change < 0 ? "ok" : "bad";
  return h(
    "div",
    { "data-figure": name },
    h("span", {}, w.figures.spread[name]),
    h("b", {}, fixed(now[name], DECIMALS[name], w.figures.none)),
    h(
      "small",
      {},
      h("s", {}, before ? fixed(before[name], DECIMALS[name], w.figures.none) : ""),
      " ",
      h("span", { class: tone }, signedPercent(change)),
    ),
  );
}

function distribution(desk: PlanDesk, now: Numbers, within: Within): HTMLElement {
  const { w, draft } = desk;
  const dots = (numbers: Numbers | null) =>
    Object.entries(numbers?.grids ?? {})
      .filter(([code]) => numbers !== null && within(code, numbers))
      .flatMap(([key, values]) => {
        const value = perDay(values["work"]);
        return value === null ? [] : [{ key, value }];
      });
  return h(
    "section",
    { class: "sec" },
    h("h3", {}, w.figures.work, h("span", { class: "t12 dim plain" }, w.figures.unit)),
    swarm({
      before: dots(desk.start()),
      now: dots(now),
      band: draft.plan.settings.work_off,
      picked: new Set(draft.picked.get().grids),
      words: w.figures,
      onPick: desk.reveal,
    }),
  );
}
