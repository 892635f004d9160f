/** A pane whose code is fetched when its tab is opened for the first time. */

import { h, replace } from "../../ui/dom.ts";
import { skeleton, state } from "../../ui/parts.ts";
import type { PlanDesk } from "./desk.ts";
import type { Pane, Tally } from "./panel.ts";

type Mount = (desk: PlanDesk, tally: Tally) => Pane;

export function later(fetch: () => Promise<Mount>): Mount {
  return (desk, tally) => {
    const { t } = desk.shell;
    const element = h("div", {});
    let pane: Pane | null = null;
    let isOpen = false;
    const show = () => {
      if (!pane) return;
      pane.element.hidden = !isOpen;
      if (isOpen) pane.open?.();
      else pane.shut?.();
    };
    const load = async () => {
      replace(element, skeleton(6));
      try {
        const mount = await fetch();
        if (pane) return;
        pane = mount(desk, tally);
        replace(element, pane.element);
        show();
      } catch {
        const again = { label: t.states.retry, run: () => void load() };
        replace(element, state("alert", t.states.failed, t.states.failedNote, again));
      }
    };
    return {
      element,
      open() {
        isOpen = true;
        if (pane) show();
        else void load();
      },
      shut() {
        isOpen = false;
        show();
      },
    };
  };
}
