/** A button with a list of things to do under it; arrows walk it, Escape closes it. */

import { h } from "../../ui/dom.ts";
import type { IconName } from "../../ui/icons.ts";
import { button } from "../../ui/parts.ts";

export interface Item {
  label: string;
  note?: string;
  /** A file to fetch, or something to do. */
  href?: string;
  run?: () => void;
}

export function menuButton(label: string, icon: IconName, items: () => readonly Item[]) {
  const list = h("div", { class: "float pl-menu", role: "menu", hidden: true });
  const opener = button(label, () => toggle(list.hasAttribute("hidden")), { icon });
  opener.setAttribute("aria-haspopup", "menu");
  opener.setAttribute("aria-expanded", "false");
  const box = h("div", { class: "pl-menu-box" }, opener, list);

  function toggle(open: boolean): void {
    list.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    if (!open) return;
    list.replaceChildren(...items().map(line));
    (list.firstElementChild as HTMLElement | null)?.focus();
  }

  function line(item: Item): HTMLElement {
    const shown = [item.label, item.note ? h("span", { class: "t12 dim" }, item.note) : null];
    const onclick = () => {
      toggle(false);
      item.run?.();
    };
    return item.href
      ? h("a", { role: "menuitem", tabindex: -1, href: item.href, download: "", onclick }, ...shown)
      : h("button", { role: "menuitem", tabindex: -1, type: "button", onclick }, ...shown);
  }

  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const lines = [...list.children] as HTMLElement[];
    const at = lines.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) lines[(at + step + lines.length) % lines.length]?.focus();
    else if (event.key === "Escape") {
      toggle(false);
      opener.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener("focusout", (event) => {
    if (!list.hidden && !box.contains(event.relatedTarget as Node | null)) toggle(false);
  });
  return box;
}
