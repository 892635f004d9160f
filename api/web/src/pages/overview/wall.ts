/** The wall: the same figures for 1920×1080, read from afar; no controls, no hover. */

import { count } from "../../i18n/format.ts";
import type { Shell } from "../../shell/shell.ts";
import { h } from "../../ui/dom.ts";
import { mark } from "../../ui/icons.ts";
import type { Overview } from "../overview-data.ts";
import { openStates } from "../overview-data.ts";
import { type Figure, figureTile } from "./figures.ts";
import type { Auto } from "./timebar.ts";

const ZONE = "Asia/Shanghai";
const TICK_MS = 5000;

export function isWall(shell: Shell): boolean {
  return shell.address.get("wall") !== null;
}

const REST_S = 20;
const STEPS = { day: 1, week: 7, month: 30 } as const;

/** How the wall plays by itself: `step=day`, `week` (as a rule) or `month`, `rest=` in seconds. */
export function autoOf({ address, t }: Shell): Auto {
  const given = address.get("step");
  const name = given === "day" || given === "month" ? given : "week";
  const rest = Number(address.get("rest"));
  const restS = rest >= 1 && rest <= 3600 ? rest : REST_S;
  return { step: STEPS[name], said: t.overview.steps[name], restMs: restS * 1000 };
}

export interface WallHead {
  element: HTMLElement;
  show(span: string): void;
}

/** The head of the wall: city, span, and the time of the city. */
export function wallHead(shell: Shell): WallHead {
  const { t, city, lang, keys, address } = shell;
  const { overview: words } = t;
  const name = (lang === "en" && city.city.name_en) || city.city.name || t.shell.unnamed;
  const span = h("span", { class: "dim" });
  const date = h("span", { class: "mut" });
  const clock = h("time", { class: "clock" });
  const live = document.querySelector(".live");
  const locale = lang === "en" ? "en-GB" : "zh-CN";
  const tick = () => {
    const now = new Date();
    const day = { month: "long", day: "numeric", weekday: "long", timeZone: ZONE } as const;
    const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: ZONE } as const;
    date.textContent = now.toLocaleDateString(locale, day);
    clock.textContent = now.toLocaleTimeString("en-GB", time);
  };
  tick();
  setInterval(tick, TICK_MS);
  const leave = () => {
    address.set("wall", null);
    location.reload();
  };
  keys.add({ key: "w", does: words.leaveWall, run: leave });
  document.body.dataset["wall"] = "";
  const generation = city.city.generation;
  return {
    element: h(
      "header",
      { class: "wall-head" },
      mark(),
      h("h1", {}, words.wallTitle(name)),
      span,
      h("span", { class: "grow" }),
      live instanceof HTMLElement ? live : null,
      date,
      clock,
      h("button", { type: "button", class: "visually-hidden", onclick: leave }, words.leaveWall),
    ),
    show(text) {
      const version = generation ? t.shell.generation(generation.number, generation.name) : "";
      span.textContent = `${text}　${version}`;
    },
  };
}

/** What is open now as a figure beside those of the span. */
export function openFigure({ t }: Shell, overview: Overview): Figure {
  const open = openStates(overview).reduce((sum, one) => sum + one.count, 0);
  return {
    title: t.overview.open,
    value: count(open),
    unit: t.overview.cases,
    note: `${t.overview.overdue} ${count(overview.overdue)}${t.overview.cases}`,
    change: "",
    weeks: [],
  };
}

export function bigFigures(figures: readonly Figure[], words: { twelveWeeks: string }) {
  return figures.map((figure) => {
    const tile = figureTile(figure, words);
    tile.classList.add("big");
    return tile;
  });
}
