/** The components of the look that more than one part of the console uses. */

import { type Child, h, type Props } from "./dom.ts";
import { type IconName, icon } from "./icons.ts";

export interface ButtonLook {
  icon?: IconName;
  /** `pri` once a view; `bad` for what cannot be undone. */
  kind?: "pri" | "bad" | "ghost";
  size?: "sm" | "lg";
  title?: string;
  disabled?: boolean;
}

export function button(label: string, run: () => void, look: ButtonLook = {}): HTMLButtonElement {
  const names = ["btn", look.kind, look.size].filter(Boolean).join(" ");
  const shown: Child[] = [look.icon ? icon(look.icon) : null, label];
  const props: Props = { type: "button", class: names, title: look.title, disabled: look.disabled };
  return h("button", { ...props, onclick: run }, ...shown);
}

/** A button of the map: 36 px, an icon, its name as a tooltip and for those who do not see it. */
export function control(
  name: IconName,
  label: string,
  run: () => void,
  key?: string,
): HTMLButtonElement {
  const title = key ? `${label} ${key}` : label;
  return h("button", { type: "button", title, "aria-label": label, onclick: run }, icon(name, 20));
}

export function section(title: Child, ...children: Child[]): HTMLElement {
  return h("section", { class: "sec" }, h("h3", {}, title), ...children);
}

export type Tone = "ok" | "warn" | "bad" | "acc";

export function badge(text: string, tone?: Tone): HTMLElement {
  return h("span", { class: tone ? `badge ${tone}` : "badge" }, text);
}

/** What a panel says instead of data: an icon, what is so and why, and one way out. */
export function state(
  name: IconName,
  title: string,
  note: Child,
  action?: { label: string; run: () => void },
): HTMLElement {
  const way = action ? button(action.label, action.run, { size: "sm" }) : null;
  return h("div", { class: "state", role: "status" }, icon(name, 28), h("b", {}, title), note, way);
}

/** Rows that stand for data while it loads; they appear after 200 ms only. */
export function skeleton(rows = 3): HTMLElement {
  const box = h("div", { class: "sec skeleton", "aria-hidden": "true" });
  for (let row = 0; row < rows; row++) {
    box.append(h("span", { class: "sk", style: `width:${85 - ((row * 23) % 50)}%` }));
  }
  return box;
}
