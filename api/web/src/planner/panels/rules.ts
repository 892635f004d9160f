/** The rules of a plan: what breaks them, where, by how much, and the one click that mends it. */

import { type Child, h, replace } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { badge, button, skeleton } from "../../ui/parts.ts";
import type { Broken, Numbers } from "../told.ts";
import type { PlanDesk } from "./desk.ts";
import type { Pane, Tally } from "./panel.ts";
import { count, fixed, signedPercent } from "./written.ts";

/** Rules in the order of what they cost: the first two keep a plan from being published. */
export const RULES = [
  "whole",
  "not_empty",
  "one_community",
  "whole_buildings",
  "in_band",
  "even",
  "compact",
] as const;
export type Rule = (typeof RULES)[number];

/** A grid in pieces or without ground can be no grid; the other rules are aims. */
const STOPS: ReadonlySet<string> = new Set(["whole", "not_empty"]);

/** Lines of one rule before the rest is only counted. */
const MOST = 50;

export function stopping(numbers: Numbers | null): Broken[] {
  return (numbers?.broken ?? []).filter((one) => STOPS.has(one.rule));
}

/** All rules, each with what breaks it: the tab. */
export function mountRules(desk: PlanDesk, tally: Tally): Pane {
  const { draft } = desk;
  const element = h("div", { class: "pl-pane" }, skeleton(6));
  const show = () => {
    const now = draft.numbers;
    if (!now) return;
    tally(count(now.broken.length));
    const groups = RULES.map((rule) => ({
      rule,
      found: now.broken.filter((one) => one.rule === rule),
    }));
    const other = now.broken.filter((one) => !RULES.includes(one.rule as Rule));
    replace(
      element,
      ...groups.filter((one) => one.found.length).map((one) => group(desk, one.rule, one.found)),
      other.length ? group(desk, "other", other) : null,
      h(
        "section",
        { class: "sec" },
        ticked(desk.w.rules.noGaps),
        ...groups.filter((one) => !one.found.length).map((one) => ticked(ruleText(desk, one.rule))),
      ),
    );
  };
  draft.on("numbers", show);
  draft.on("plan", show);
  show();
  return { element };
}

/** The same in short, under the key figures. */
export function rulesSection(desk: PlanDesk): HTMLElement {
  const { draft, w } = desk;
  const body = h("div");
  const sum = h("span");
  const show = () => {
    const now = draft.numbers;
    if (!now) return;
    const stops = stopping(now);
    const aims = now.broken.length - stops.length;
    replace(
      sum,
      now.broken.length
        ? badge(w.rules.count(now.broken.length), stops.length ? "bad" : "warn")
        : badge(w.rules.none, "ok"),
    );
    const all = h(
      "button",
      { type: "button", class: "pl-link t12", onclick: () => desk.tell("tab", "rules") },
      w.rules.aims(aims),
    );
    replace(
      body,
      ...stops.slice(0, 2).map((one) => line(desk, one)),
      aims || stops.length > 2 ? h("div", { class: "pl-rule" }, icon("alert"), all) : null,
      ticked(w.rules.noGaps),
      ...(["one_community", "whole_buildings"] as const)
        .filter((rule) => !now.broken.some((one) => one.rule === rule))
        .map((rule) => ticked(ruleText(desk, rule))),
    );
  };
  draft.on("numbers", show);
  show();
  return h("section", { class: "sec" }, h("h3", {}, w.rules.title, sum), body);
}

function group(desk: PlanDesk, rule: Rule | "other", found: readonly Broken[]): HTMLElement {
  const { w } = desk;
  const tone = STOPS.has(rule) ? "bad" : "warn";
  return h(
    "section",
    { class: "sec", "data-rule": rule },
    h(
      "h3",
      {},
      rule === "other" ? w.rules.other : ruleText(desk, rule),
      badge(String(found.length), tone),
    ),
    ...found.slice(0, MOST).map((one) => line(desk, one)),
    found.length > MOST ? h("div", { class: "t12 dim" }, w.rules.rest(found.length - MOST)) : null,
  );
}

/** What, where, how much; the grid is a way to it on the map. */
function line(desk: PlanDesk, broken: Broken): HTMLElement {
  const { w, draft } = desk;
  const stops = STOPS.has(broken.rule);
  const mends = broken.rule === "whole" && desk.may.write && draft.isEditable;
  const mend = () => void draft.take({ do: "reattach", grid: broken.grid_code });
  return h(
    "div",
    { class: stops ? "pl-rule pl-viol" : "pl-rule" },
    icon("alert"),
    h(
      "span",
      {},
      stops ? h("b", { class: "bad" }, w.rules.names[broken.rule as Rule], " ") : null,
      h(
        "button",
        {
          type: "button",
          class: "pl-link mono",
          title: w.rules.show,
          onclick: () => desk.reveal(broken.grid_code),
        },
        desk.short(broken.grid_code),
      ),
      " ",
      h("span", { class: stops ? null : "mut" }, saidOf(desk, broken)),
    ),
    mends ? mendButton(desk, broken.grid_code, mend) : null,
  );
}

function mendButton({ w }: PlanDesk, grid: string, run: () => void): HTMLElement {
  const made = button(w.rules.mend, run, { size: "sm", kind: "bad", title: w.rules.mendTip(grid) });
  made.dataset["mend"] = grid;
  return made;
}

/** What is wrong, in the words of the page; a rule that the page does not know is told as it came. */
export function saidOf({ w }: PlanDesk, { rule, value, limit, said, blocks }: Broken): string {
  const { told } = w.rules;
  if (rule === "whole") return told.whole(fixed(value, 0), blocks.length);
  if (rule === "not_empty") return told.not_empty;
  if (rule === "in_band")
    return told.in_band(fixed(value, 0), fixed(limit, 0), (value ?? 0) < (limit ?? 0));
  if (rule === "even") return told.even(signedPercent(value), fixed((limit ?? 0) * 100, 0));
  if (rule === "compact") return told.compact(fixed(value, 2), fixed(limit, 2));
  if (rule === "one_community") return told.one_community(fixed(value, 0), blocks.length);
  if (rule === "whole_buildings") return told.whole_buildings(fixed(value, 0));
  return said;
}

/** A rule with its limits, as it stands when it is kept. */
function ruleText({ w, draft }: PlanDesk, rule: Rule): string {
  const { households, work_off, least_round } = draft.plan.settings;
  const { kept } = w.rules;
  if (rule === "in_band")
    return households ? kept.in_band(households[0], households[1]) : kept.no_band;
  if (rule === "even")
    return work_off === null ? kept.no_even : kept.even(fixed(work_off * 100, 0));
  if (rule === "compact") return kept.compact(fixed(least_round, 2));
  return kept[rule];
}

function ticked(text: Child): HTMLElement {
  return h("div", { class: "pl-rule" }, icon("check"), h("span", {}, text));
}
