/** What the colours of the plan mean, and the choice between the two ways of colouring. */

import { count } from "../i18n/format.ts";
import { LIMITS } from "../map/balance.ts";
import { FILL_OPACITY } from "../map/style/grids.ts";
import type { Shell } from "../shell/shell.ts";
import { h, replace, svg } from "../ui/dom.ts";
import type { Fill, GridMap } from "./map/grids.ts";
import type { ToolWords } from "./words/index.ts";
import { DAYS_A_YEAR } from "./work.ts";

export function mountLegend(shell: Shell, grids: GridMap, words: ToolWords): void {
  const { slots, theme, city } = shell;
  const box = h("section", { class: "plan-legend", "aria-label": words.colour });
  const show = () => {
    const { balance, neighbours, page } = city.scene().colours;
    const isWork = grids.fill() === "work";
    const colours = isWork ? balance : neighbours;
    const ways = (
      [
        ["work", words.byWork],
        ["neighbours", words.byNeighbours],
      ] as const
    ).map(([fill, label]) => way(fill, label));
    const swatches = colours.map((colour) =>
      h("i", { style: `background:${colour};opacity:${FILL_OPACITY}` }),
    );
    const limits = LIMITS.map((one) => `${one > 0 ? "+" : "−"}${Math.abs(one * 100)}`);
    const mean = count(Math.round(grids.work.mean / DAYS_A_YEAR));
    replace(
      box,
      h(
        "div",
        { class: "row sp" },
        h("b", { class: "t12" }, words.colour),
        h("div", { class: "seg", role: "group", "aria-label": words.colour }, ...ways),
      ),
      h("div", { class: "ramp" }, ...swatches),
      isWork && h("div", { class: "limits" }, ...limits.map((one) => h("span", {}, one))),
      isWork && h("div", { class: "t12 dim sp row" }, h("span", {}, words.meanOf(mean)), "%"),
      h(
        "div",
        { class: "row t12 mut keys-of-lines" },
        key(page.ink, 2, "4 3", words.now),
        key(page.accent, 3.5, "", words.draft),
      ),
    );
  };
  const way = (fill: Fill, label: string) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(grids.fill() === fill),
        onclick: () => {
          grids.setFill(fill);
          show();
        },
      },
      label,
    );
  grids.onFill(show);
  theme.on(show);
  show();
  slots.card.prepend(box);
}

function key(color: string, width: number, dash: string, label: string): HTMLElement {
  const line = svg("path", {
    d: "M1 4h20",
    stroke: color,
    "stroke-width": width,
    "stroke-dasharray": dash,
  });
  const mark = svg("svg", { width: 22, height: 8, "aria-hidden": "true" }, line);
  return h("span", { class: "row" }, mark, label);
}
