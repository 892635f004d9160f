/** The proposals of a balance: what moves against how uneven it stays, as a curve and as a list. */

import { h, svg } from "../../ui/dom.ts";
import { button } from "../../ui/parts.ts";
import type { Proposal } from "./balance.ts";
import type { PlanDesk } from "./desk.ts";
import { scaleOf, ticksOf } from "./swarm-places.ts";
import { fixed, share } from "./written.ts";

const WIDTH = 340;
const HEIGHT = 150;
const LEFT = 38;
const FOOT = 30;

export function choices(
  { w, shell }: PlanDesk,
  proposals: readonly Proposal[],
  chosen: number | null,
  choose: (number: number) => void,
  adopt: () => void,
): HTMLElement {
  const words = w.balance;
  const line = (one: Proposal) => {
    const input = h("input", {
      type: "radio",
      name: "proposal",
      value: one.number,
      "aria-label": words.one(one.number),
    });
    input.checked = one.number === chosen;
    input.addEventListener("change", () => choose(one.number));
    return h(
      "tr",
      {
        "aria-selected": String(one.number === chosen),
        onclick: () => one.number !== chosen && choose(one.number),
      },
      h("td", {}, input),
      h(
        "td",
        { class: "r num" },
        share(one.moved_share, 1),
        " ",
        h("span", { class: "dim" }, w.figures.households(fixed(one.moved_households, 0))),
      ),
      h("td", { class: "r num" }, h("b", {}, fixed(one.cv, 3))),
      h("td", { class: "r num" }, one.grids),
      h("td", { class: "r num" }, fixed(one.polsby_popper, 2)),
    );
  };
  const heads = ["", words.moved, words.cv, words.grids, w.metrics.polsby_popper];
  return h(
    "div",
    { class: "pl-choices", lang: shell.lang === "zh" ? "zh-CN" : "en" },
    h("h3", { class: "t13" }, words.curve),
    curve(proposals, chosen, choose, words.now),
    h(
      "table",
      { class: "tbl", "aria-label": words.curve },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ...heads.map((one, at) => (at ? h("th", { scope: "col", class: "r" }, one) : h("td"))),
        ),
      ),
      h("tbody", {}, ...proposals.map(line)),
    ),
    h(
      "div",
      { class: "row sp" },
      h("span", { class: "t12 dim" }, words.note),
      button(words.adopt, adopt, { kind: "pri" }),
    ),
  );
}

/** The list says the same: the drawing is for eyes and the mouse. */
function curve(
  proposals: readonly Proposal[],
  chosen: number | null,
  choose: (number: number) => void,
  now: string,
): SVGElement {
  const before = proposals[0]?.cv_before ?? null;
  const most = Math.max(0.001, ...proposals.map((one) => one.moved_share));
  const high = Math.max(before ?? 0, 0.001, ...proposals.map((one) => one.cv ?? 0));
  const x = scaleOf(0, most * 100, LEFT, WIDTH - 12);
  const y = scaleOf(0, high * 1.08, HEIGHT - FOOT, 8);
  const drawn = svg("svg", {
    class: "pl-curve",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    "aria-hidden": "true",
  });
  for (const tick of ticksOf(0, high * 1.08, 3)) {
    drawn.append(
      svg("path", { d: `M${LEFT} ${y(tick)}H${WIDTH - 12}`, stroke: "var(--line)" }),
      text(LEFT - 6, y(tick) + 4, fixed(tick, 2), "end"),
    );
  }
  for (const tick of ticksOf(0, most * 100, 4)) {
    drawn.append(
      text(x(tick), HEIGHT - FOOT + 16, `${fixed(tick, tick < 1 && tick > 0 ? 1 : 0)}%`, "middle"),
    );
  }
  const places = proposals
    .map((one) => ({ number: one.number, at: [x(one.moved_share * 100), y(one.cv ?? 0)] as const }))
    .sort((one, other) => one.at[0] - other.at[0]);
  const start = before === null ? [] : [[x(0), y(before)] as const];
  const way = [...start, ...places.map((one) => one.at)].map((at) =>
    at.map((n) => n.toFixed(1)).join(" "),
  );
  drawn.append(
    svg("path", {
      d: `M${way.join("L")}`,
      stroke: "var(--ink3)",
      fill: "none",
      "stroke-width": 1.5,
    }),
  );
  if (before !== null) {
    drawn.append(
      svg("circle", {
        cx: x(0),
        cy: y(before),
        r: 4,
        fill: "var(--surface)",
        stroke: "var(--ink3)",
        "stroke-width": 1.5,
      }),
    );
    drawn.append(text(x(0) + 8, y(before) - 4, now, "start"));
  }
  for (const { number, at } of places) {
    const isChosen = number === chosen;
    const dot = svg("circle", {
      cx: at[0].toFixed(1),
      cy: at[1].toFixed(1),
      r: isChosen ? 7 : 5,
      fill: isChosen ? "var(--accent)" : "var(--ink2)",
      stroke: "var(--surface)",
      "stroke-width": 2,
    });
    dot.addEventListener("click", () => choose(number));
    drawn.append(dot);
  }
  return drawn;
}

function text(x: number, y: number, said: string, anchor: string): SVGElement {
  const made = svg("text", { x, y, "font-size": 12, fill: "var(--ink3)", "text-anchor": anchor });
  made.textContent = said;
  return made;
}
