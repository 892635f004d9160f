/** The plans of the city: what there is, how far each has come, and ways to a new one. */

import { moment } from "../../i18n/format.ts";
import type { Shell } from "../../shell/shell.ts";
import { h, replace } from "../../ui/dom.ts";
import { badge, button, skeleton, state, type Tone } from "../../ui/parts.ts";
import type { Plan, Stage } from "../told.ts";
import { type PanelWords, panelWords } from "../words/index.ts";
import { importButton } from "./importing.ts";
import { dated } from "./when.ts";

const TONES: Partial<Record<Stage, Tone>> = { draft: "acc", review: "warn", approved: "ok" };
const WRITERS = new Set(["planner", "administrator"]);

/** The list, before what else the panel shows. */
export function plansSection(shell: Shell): HTMLElement {
  const w = panelWords();
  const body = h("div", { class: "pl-plans" }, skeleton(3));
  const note = h("span", { class: "t12 dim plain" });
  const writes = shell.session.user.roles.some((one) => WRITERS.has(one.role));
  const begin = () => void import("./begin.ts").then(({ openBegin }) => openBegin(shell, w));
  const load = async () => {
    try {
      const { plans } = await shell.api.get<{ plans: Plan[] }>("/api/v1/plans");
      replace(note, w.plans.count(plans.length));
      if (plans.length) replace(body, ...lists(shell, w, plans, writes ? () => void load() : null));
      else {
        const way = writes ? { label: w.plans.begin, run: begin } : undefined;
        replace(body, state("newgrid", w.plans.none, w.plans.noneNote, way));
      }
    } catch (error) {
      const said = error instanceof Error ? error.message : "";
      replace(
        body,
        state("alert", w.plans.failed, said, {
          label: shell.t.states.retry,
          run: () => void load(),
        }),
      );
    }
  };
  void load();
  return h(
    "section",
    { class: "sec", "aria-label": w.plans.title },
    h(
      "div",
      { class: "row sp" },
      h("h2", { class: "t14" }, w.plans.title, " ", note),
      writes
        ? h(
            "span",
            { class: "row" },
            importButton(shell, w),
            button(w.plans.begin, begin, { size: "sm", kind: "pri" }),
          )
        : null,
    ),
    body,
  );
}

/** Those that somebody goes on with, then the dropped ones under a fold. */
function lists(
  shell: Shell,
  w: PanelWords,
  plans: readonly Plan[],
  again: (() => void) | null,
): HTMLElement[] {
  const lines = (found: readonly Plan[]) =>
    h("ul", {}, ...found.map((one) => line(shell, w, one, again)));
  const dropped = plans.filter((one) => one.stage === "dropped");
  const rest = lines(plans.filter((one) => one.stage !== "dropped"));
  if (!dropped.length) return [rest];
  const fold = h("summary", { class: "t12 mut" }, w.plans.dropped(dropped.length));
  return [rest, h("details", { class: "pl-dropped" }, fold, lines(dropped))];
}

function line(shell: Shell, w: PanelWords, plan: Plan, again: (() => void) | null): HTMLElement {
  return h(
    "li",
    { class: "row", "data-plan": plan.number },
    h(
      "a",
      { href: addressOf(shell, plan.number) },
      h(
        "span",
        { class: "row sp" },
        h("b", { class: "ell" }, plan.title),
        badge(w.stages[plan.stage], TONES[plan.stage]),
      ),
      h(
        "span",
        { class: "row sp t12 dim" },
        h(
          "span",
          { class: "ell" },
          `${w.bar.number(plan.number)} · `,
          h("span", { title: plan.area_code }, plan.area_name ?? plan.area_code),
          ` · ${w.plans.steps(plan.step)} · ${plan.created_by}`,
        ),
        h("time", { datetime: plan.changed_at }, moment(plan.changed_at, shell.lang)),
      ),
      schedule(w, plan),
    ),
    again && h("span", { class: "pl-act" }, action(shell, w, plan, again)),
  );
}

/** When an approved plan is to be published, or why it was not. */
function schedule(w: PanelWords, { schedule: held }: Plan): HTMLElement | null {
  if (!held) return null;
  if (held.problem === null) {
    return h("span", { class: "t12 ell block" }, w.publish.waits(dated(held.effective_from)));
  }
  const said = w.publish.heldUp(held.problem);
  return h("span", { class: "t12 bad ell block", title: said }, said);
}

/** The one thing that is done to a plan from the list: a draft is dropped, a dropped one taken up. */
function action(shell: Shell, w: PanelWords, plan: Plan, again: () => void): HTMLElement | null {
  if (plan.stage === "draft") {
    const ask = () =>
      void import("./drop.ts").then(({ openDrop }) => openDrop(shell, w, plan, again));
    return button(w.plans.drop, ask, { size: "sm", kind: "ghost", title: w.plans.dropTip });
  }
  if (plan.stage !== "dropped") return null;
  const take = () =>
    void import("./drop.ts").then(({ takeUp }) => takeUp(shell, w, plan)).then(again);
  return button(w.stageActions.draft, take, { size: "sm", kind: "ghost" });
}

/** The page of a plan; language and theme go along, the view does not. */
export function addressOf({ address }: Shell, number: number): string {
  const query = new URLSearchParams({ plan: String(number) });
  for (const name of ["lang", "theme"]) {
    const value = address.get(name);
    if (value) query.set(name, value);
  }
  return `/planner?${query}`;
}
