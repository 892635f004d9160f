/** The right panel: tabs over what they show, and the steps under all of them. */

import { h, replace, setAttribute } from "../../ui/dom.ts";
import { mountComments } from "./comments.ts";
import type { PlanDesk, Tab } from "./desk.ts";
import { mountFigures } from "./figures.ts";
import { mountHistory } from "./history.ts";
import { later } from "./later.ts";
import { mountOfficers } from "./officers.ts";
import { mountRules, rulesSection } from "./rules.ts";

/** What a tab shows, and how many there are of it beside its name. */
export interface Pane {
  element: HTMLElement;
  /** Told when the tab is opened: what costs a request waits until then. */
  open?: () => void;
  /** Told when another tab was opened. */
  shut?: () => void;
}
export type Tally = (text: string) => void;

const PANES: Record<Tab, (desk: PlanDesk, tally: Tally) => Pane> = {
  figures: mountFigures,
  rules: mountRules,
  officers: mountOfficers,
  compare: later(() => import("./compare.ts").then((one) => one.mountCompare)),
  comments: mountComments,
};
const TABS = Object.keys(PANES) as Tab[];

export function mountPanel(desk: PlanDesk): void {
  const { shell, w } = desk;
  const rules = rulesSection(desk);
  const tabs = TABS.map((name) => {
    const number = h("b");
    const pane = PANES[name](desk, (text) => replace(number, text));
    const head = h(
      "button",
      { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `pane-${name}` },
      w.tabs[name],
      " ",
      number,
    );
    setAttribute(pane.element, "role", "tabpanel");
    setAttribute(pane.element, "id", `pane-${name}`);
    setAttribute(pane.element, "aria-labelledby", `tab-${name}`);
    return { name, head, pane };
  });
  const open = (wanted: Tab, focus = false) => {
    for (const { name, head, pane } of tabs) {
      const isOpen = name === wanted;
      head.setAttribute("aria-selected", String(isOpen));
      head.tabIndex = isOpen ? 0 : -1;
      pane.element.hidden = !isOpen;
      if (isOpen && focus) head.focus();
      if (isOpen) pane.open?.();
      else pane.shut?.();
    }
    rules.hidden = wanted !== "figures";
    shell.address.set("tab", wanted === "figures" ? null : wanted);
  };
  for (const { name, head } of tabs) head.addEventListener("click", () => open(name));
  const list = h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": w.tabs.label },
    ...tabs.map((one) => one.head),
  );
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.findIndex((one) => one.head === document.activeElement);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (next) open(next.name, true);
    event.preventDefault();
  });
  desk.on("tab", (name) => open(name, true));
  const asked = TABS.find((one) => one === shell.address.get("tab"));
  shell.slots.panel.classList.add("pl-panel");
  replace(
    shell.slots.panel,
    list,
    h(
      "div",
      { class: "pl-panes" },
      ...tabs.map((one) => one.pane.element),
      rules,
      mountHistory(desk),
    ),
  );
  open(asked ?? "figures");
}
