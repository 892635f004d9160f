/** Grids by their rate: a dot with its 95 % interval, hollow where chance may explain the difference. */

import { count } from "../../i18n/format.ts";
import type { Shell } from "../../shell/shell.ts";
import { h, svg } from "../../ui/dom.ts";
import { button } from "../../ui/parts.ts";
import type { Ranked, Window } from "./record.ts";

const SHOWN = 12;
const WIDE = 1000;
const HIGH = 20;
const TICKS = 6;

interface Scale {
  x(value: number): number;
  ticks: number[];
}

let unfolded = false;

export function ranking(shell: Shell, found: Window): HTMLElement {
  const { t, city, lang } = shell;
  const { overview: words } = t;
  const level = city.city.levels.find((one) => one.key === found.level);
  const levelName = (lang === "zh" ? level?.name_zh : level?.name_en) ?? "";
  const ranked = found.grids.filter((one) => one.rate !== null);
  const left = found.grids.length - ranked.length;
  const scale = scaleOf(ranked, found.mean ?? 0);
  const rows = ranked.map((one) => row(shell, one, found.mean, scale));
  const list = h("ol", { class: "rank", "aria-label": words.ranking(levelName) });
  const more = button("", () => fold(!unfolded), { size: "sm", kind: "ghost" });
  const fold = (open: boolean) => {
    unfolded = open;
    list.replaceChildren(...(open ? rows : rows.slice(0, SHOWN)));
    more.textContent = open ? words.fewer : words.more(count(rows.length - SHOWN));
    more.hidden = rows.length <= SHOWN;
  };
  fold(unfolded);
  const notes = [
    left ? words.unranked(count(left)) : "",
    found.elsewhere ? words.elsewhere(count(found.elsewhere)) : "",
  ].filter(Boolean);
  return h(
    "section",
    { class: "sec ranked" },
    h(
      "h3",
      { class: "sp" },
      words.ranking(levelName),
      h("span", { class: "t12 dim plain" }, words.rankHeads),
    ),
    rows.length ? list : h("p", { class: "t12 dim" }, words.noRates),
    rows.length ? axis(scale) : null,
    more,
    rows.length ? key(shell) : null,
    notes.length ? h("p", { class: "t12 dim" }, notes.join(" ")) : null,
  );
}

function row(shell: Shell, one: Ranked, mean: number | null, scale: Scale): HTMLElement {
  const { selection, t } = shell;
  const tone = one.compared > 0 ? "above" : one.compared < 0 ? "below" : "same";
  const rate = (one.rate ?? 0).toFixed(1);
  const said = t.overview.rankSaid(rate, (one.low ?? 0).toFixed(1), (one.high ?? 0).toFixed(1));
  const choose = () => selection.set({ layer: "grids", code: one.code });
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: `rank-row ${tone}`, onclick: choose, title: said },
      h("bdi", { class: "ell" }, one.name ?? one.code),
      interval(one, mean, scale),
      h("b", { class: "num" }, rate),
      h("span", { class: "num dim" }, count(one.count)),
      h("span", { class: "visually-hidden" }, `${said} ${t.overview.compared[tone]}`),
    ),
  );
}

function interval(one: Ranked, mean: number | null, scale: Scale): SVGSVGElement {
  const [low, rate, high] = [scale.x(one.low ?? 0), scale.x(one.rate ?? 0), scale.x(one.high ?? 0)];
  const middle = HIGH / 2;
  const drawn: SVGElement[] = [];
  if (mean !== null) {
    drawn.push(
      svg("line", {
        x1: `${scale.x(mean)}%`,
        x2: `${scale.x(mean)}%`,
        y1: 0,
        y2: HIGH,
        class: "mean",
      }),
    );
  }
  drawn.push(
    svg("line", { x1: `${low}%`, x2: `${high}%`, y1: middle, y2: middle, class: "range" }),
  );
  drawn.push(svg("circle", { cx: `${rate}%`, cy: middle, r: 4.5, class: "dot" }));
  return svg("svg", { height: HIGH, "aria-hidden": "true" }, ...drawn);
}

function axis(scale: Scale): HTMLElement {
  const ticks = scale.ticks.map((tick) =>
    h("span", { style: `left:${scale.x(tick)}%` }, String(tick)),
  );
  return h("div", { class: "rank-axis", "aria-hidden": "true" }, h("div", {}, ...ticks));
}

function key({ t }: Shell): HTMLElement {
  const parts = (["above", "below", "same"] as const).map((tone) =>
    h("span", { class: `row ${tone}` }, h("i", { class: "dot" }), t.overview.compared[tone]),
  );
  return h("div", { class: "row rank-key t12 mut" }, ...parts);
}

/** From a round number below everything to one above it, as percent of the width. */
function scaleOf(ranked: readonly Ranked[], mean: number): Scale {
  const low = Math.min(mean, ...ranked.map((one) => one.low ?? mean));
  const high = Math.max(mean, ...ranked.map((one) => one.high ?? mean));
  const rough = (high - low || high || 1) / (TICKS - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  const from = Math.floor(low / step) * step;
  const to = Math.ceil(high / step) * step;
  const x = (value: number) =>
    Math.round((3 + ((value - from) / (to - from || 1)) * 94) * (WIDE / 100)) / (WIDE / 100);
  const ticks: number[] = [];
  for (let at = 0; from + at * step <= to + step / 2; at++) {
    ticks.push(Number((from + at * step).toPrecision(6)));
  }
  return { x, ticks };
}
