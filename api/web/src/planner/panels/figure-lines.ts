/** What a plan should keep, in one line each: households in the band, plain borders, whole compounds. */

import { type Child, h } from "../../ui/dom.ts";
import type { Numbers } from "../told.ts";
import { comparisonOf } from "./compared.ts";
import type { PlanDesk } from "./desk.ts";
import { fixed, share } from "./written.ts";

/** Households that may have another grid afterwards; more is no small change any more. */
export const MOST_MOVED = 0.05;

/** Whether a grid is looked at. */
export type Within = (code: string, numbers: Numbers) => boolean;

export function lines(desk: PlanDesk, now: Numbers, within: Within): HTMLElement {
  const { w, draft } = desk;
  const start = desk.start();
  const rows: Child[] = [];
  const line = (label: Child, value: Child, note: Child = null) =>
    rows.push(
      h(
        "div",
        { class: "row sp t12 pl-line" },
        h("span", { class: "mut" }, label),
        h("span", {}, value, note),
      ),
    );
  const of = (numbers: Numbers, name: string) =>
    Object.entries(numbers.grids)
      .filter(([code]) => within(code, numbers))
      .flatMap(([, values]) => (typeof values[name] === "number" ? [values[name]] : []));
  const band = draft.plan.settings.households;
  if (band) {
    const known = of(now, "households");
    const inside = known.filter((one) => one >= band[0] && one <= band[1]).length;
    line(
      w.figures.band(band[0], band[1]),
      h("b", {}, inside),
      h("span", { class: "dim" }, `/${w.figures.grids(known.length)}`),
    );
  }
  const plain = meanOf(of(now, "plain_border"));
  const plainBefore = start ? meanOf(of(start, "plain_border")) : null;
  line(w.figures.plain, h("b", {}, share(plain)), changeNote(plain, plainBefore, 100, true));
  const cut = of(now, "compounds_cut").filter((one) => one > 0).length;
  const cutBefore = start ? of(start, "compounds_cut").filter((one) => one > 0).length : null;
  line(w.figures.cut, h("b", {}, cut), changeNote(cut, cutBefore, 1, false));
  const { amounts, whole } = comparisonOf(desk)?.moved ?? {};
  const isBegun = draft.plan.step > 0;
  const moved = isBegun ? amounts?.["households"] : 0;
  const all = isBegun ? whole?.["households"] : 1;
  if (moved !== undefined && all) {
    const tone = moved / all > MOST_MOVED ? "warn" : null;
    line(
      h(
        "span",
        {},
        w.figures.moved,
        " ",
        h("span", { class: "dim" }, w.figures.limit(share(MOST_MOVED))),
      ),
      h("b", { class: tone }, w.figures.households(fixed(moved, 0)), " ", share(moved / all, 1)),
    );
  }
  return h("section", { class: "sec" }, ...rows);
}

function meanOf(values: readonly number[]): number | null {
  return values.length ? values.reduce((sum, one) => sum + one, 0) / values.length : null;
}

/** +4 or −2 behind a figure, green when that is the better way. */
function changeNote(
  now: number | null,
  before: number | null,
  times: number,
  more: boolean,
): Child {
  if (now === null || before === null) return null;
  const change = Math.round((now - before) * times);
  if (!change) return null;
  const better = change > 0 === more;
  return h(
    "span",
    { class: better ? "ok" : "bad" },
    ` ${change > 0 ? "+" : "−"}${Math.abs(change)}`,
  );
}
