/** What a planner wants to be made even: from scratch, or by moving little. */

import { h } from "../../ui/dom.ts";
import type { PlanDesk } from "./desk.ts";
import { field, numberInput, Refusal } from "./dialog.ts";
import { MOST_MOVED } from "./figure-lines.ts";

export interface OrderForm {
  element: HTMLElement;
  /** What the service is asked for. Throws a Refusal that names the field. */
  read(): Record<string, unknown>;
}

const PROPOSALS = 5;

export function orderForm({ draft, w }: PlanDesk): OrderForm {
  const words = w.balance;
  const radio = (value: string, label: string, checked: boolean) => {
    const input = h("input", { type: "radio", name: "mode", value });
    input.checked = checked;
    return { input, element: h("label", { class: "row" }, input, label) };
  };
  const small = radio("small_change", words.small, true);
  const scratch = radio("scratch", words.scratch, false);
  const most = numberInput(MOST_MOVED * 100, { min: 0, max: 100, name: "most" });
  const count = numberInput(draft.total || draft.grids.size, { min: 1, name: "count" });
  const households = numberInput(null, { min: 1, name: "households" });
  const within = h("input", { type: "checkbox", name: "within" });
  within.checked = true;
  const note = h("p", { class: "t12 dim" });
  const few = h("div", { class: "pl-two" }, field(words.most, most));
  const many = h(
    "div",
    { class: "pl-two" },
    field(words.count, count),
    field(`${words.target}（${words.targetOr}）`, households),
  );
  const show = () => {
    few.hidden = scratch.input.checked;
    many.hidden = small.input.checked;
    note.textContent = small.input.checked ? words.smallNote : words.scratchNote;
  };
  small.input.addEventListener("change", show);
  scratch.input.addEventListener("change", show);
  households.addEventListener("input", () => {
    if (households.value) count.value = "";
  });
  count.addEventListener("input", () => {
    if (count.value) households.value = "";
  });
  show();
  const positive = (text: string, label: string) => {
    const value = Number(text);
    if (!(Number.isFinite(value) && value > 0)) throw new Refusal(w.settings.wrong(label));
    return value;
  };
  return {
    element: h(
      "div",
      { class: "pl-settings" },
      h(
        "div",
        { class: "row", role: "radiogroup", "aria-label": words.how },
        small.element,
        scratch.element,
      ),
      note,
      few,
      many,
      h("label", { class: "row" }, within, words.within),
    ),
    read() {
      const common = { within: within.checked, proposals: PROPOSALS };
      if (small.input.checked) {
        const share = positive(most.value, words.most) / 100;
        return { mode: "small_change", most_moved: Math.min(1, share), ...common };
      }
      const target = count.value
        ? { count: Math.round(positive(count.value, words.count)) }
        : { households: positive(households.value, words.target) };
      return { mode: "scratch", ...target, ...common };
    },
  };
}
