/** The plan beside the grids in force or another plan: figures, what moves, which grids differ. */

import { h, replace } from "../../ui/dom.ts";
import { skeleton, state } from "../../ui/parts.ts";
import type { Plan } from "../told.ts";
import { differencesTable, figuresTable, gazetteTable, movedTable } from "./compare-tables.ts";
import { type Comparison, readComparison } from "./compared.ts";
import type { PlanDesk } from "./desk.ts";
import type { Pane, Tally } from "./panel.ts";
import { makeTint } from "./tint.ts";

const CURRENT = "current";
const WAIT_MS = 400;

export function mountCompare(desk: PlanDesk, _tally: Tally): Pane {
  const { draft, w, shell } = desk;
  const choice = h("select", { class: "inp small", "aria-label": w.compare.with });
  const body = h("div", {}, skeleton(6));
  const element = h(
    "div",
    { class: "pl-pane" },
    h("section", { class: "sec row sp" }, h("b", {}, w.compare.with), choice),
    body,
  );
  const tint = makeTint(desk);
  const tinted = h("input", { type: "checkbox", name: "tint" });
  const switchTint = h("label", { class: "sec row t12" }, tinted, w.compare.tint);
  let other = CURRENT;
  let found: Comparison | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  const colour = () => tint.show(tinted.checked && !element.hidden ? (found?.features ?? []) : []);
  const show = (compared: Comparison) => {
    found = compared;
    const name = other === CURRENT ? w.compare.current : w.bar.number(Number(other));
    replace(
      body,
      figuresTable(desk, compared, name),
      movedTable(desk, compared),
      compared.moved.blocks ? switchTint : null,
      differencesTable(desk, compared),
      gazetteTable(desk, compared.gazette),
    );
    colour();
  };
  const read = async () => {
    const turn = ++asked;
    try {
      const compared = await readComparison(desk, other, true);
      if (turn === asked) show(compared);
    } catch (error) {
      if (turn !== asked) return;
      const said = error instanceof Error ? error.message : "";
      const again = { label: shell.t.states.retry, run: () => void read() };
      replace(body, state("alert", w.compare.failed, said, again));
    }
  };
  const list = async () => {
    const { plans } = await shell.api.get<{ plans: Plan[] }>("/api/v1/plans");
    const { number, area_code } = draft.plan;
    const rest = plans.filter((one) => one.number !== number && one.area_code === area_code);
    const options = rest.map((one) =>
      h("option", { value: one.number }, w.compare.plan(one.number, one.title)),
    );
    replace(choice, h("option", { value: CURRENT }, w.compare.current), ...options);
    choice.value = other;
  };
  choice.addEventListener("change", () => {
    other = choice.value;
    void read();
  });
  tinted.addEventListener("change", colour);
  draft.on("numbers", () => {
    clearTimeout(timer);
    if (!element.hidden) timer = setTimeout(() => void read(), WAIT_MS);
  });
  return {
    element,
    open() {
      list().catch(desk.complain);
      void read();
    },
    shut: colour,
  };
}
