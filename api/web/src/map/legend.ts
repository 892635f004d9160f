/** What the colours and signs mean: on screen whenever there is data, at the map's opacity. */

import { count } from "../i18n/format.ts";
import type { Shell } from "../shell/shell.ts";
import { type Child, h, replace } from "../ui/dom.ts";
import { LIMITS } from "./balance.ts";
import { heatColour, heatOpacity } from "./heat.ts";
import { FILL_OPACITY } from "./style/grids.ts";
import { STATES, stateMark } from "./style/marks.ts";
import type { Scene } from "./style/paint.ts";

/** Cells of an H3 resolution, hectares: what a reader wants to know instead of a number. */
const HECTARES: Record<number, string> = { 6: "3,613", 7: "516", 8: "74", 9: "11", 10: "1.5" };

export function legend(shell: Shell): HTMLElement {
  const box = h("div", { class: "legends" });
  const show = () => {
    const parts = [states(shell), balance(shell), heat(shell)];
    replace(box, ...parts.filter((part) => part !== null));
  };
  shell.city.onChange(show);
  show();
  return box;
}

function card(title: string, note: string, ...children: Child[]): HTMLElement {
  return h(
    "section",
    { class: "float leg", "aria-label": title },
    h("div", { class: "row sp t12" }, h("b", {}, title), h("span", { class: "dim" }, note)),
    ...children,
  );
}

function ramp(colours: readonly string[], opacity: number, limits: readonly string[]): Child[] {
  const swatch = (colour: string) => h("i", { style: `background:${colour};opacity:${opacity}` });
  const labels = h("div", { class: "ramp-l" }, ...limits.map((one) => h("span", {}, one)));
  return [h("div", { class: "ramp" }, ...colours.map(swatch)), labels];
}

function heat({ city, t }: Shell): HTMLElement | null {
  const told = city.heat();
  if (!city.isOn("heat") || !told) return null;
  const { legend: words } = t.map;
  if (!told.breaks.length)
    return card(
      told.surface === "density" ? words.density : words.heat,
      "",
      h("div", { class: "t12 dim" }, words.noHeat),
    );
  const scene = city.scene();
  const colours = told.breaks.map((_, at) => heatColour(scene, at, told.breaks.length));
  const last = told.breaks.length - 1;
  const limits = told.breaks.map((low, at) => (at === last ? `${amount(low)}+` : amount(low)));
  const when = h("div", { class: "t12 dim" }, words.span(day(told.since), day(told.until)));
  const filled = ramp(colours, heatOpacity(scene), limits);
  if (told.surface === "density") {
    const about = words.sparse(count(told.total), count(told.doubted));
    const bandwidth = words.bandwidth(count(told.bandwidth_m ?? 0));
    return card(words.density, bandwidth, ...filled, when, h("div", { class: "t12 dim" }, about));
  }
  const hidden = h(
    "div",
    { class: "t12 dim" },
    words.fewer(count(told.hidden ?? 0), count(told.doubted)),
  );
  const { resolution = 0 } = told;
  const size = words.cell(resolution, HECTARES[resolution] ?? "");
  return card(words.heat, size, ...filled, when, hidden);
}

/** Two figures, as the classes are rounded. */
function amount(low: number): string {
  return low >= 10 ? count(Math.round(low)) : String(low);
}

function balance({ city, t }: Shell): HTMLElement | null {
  const mean = city.balanceMean();
  if (mean === null || !city.isOn("grids")) return null;
  const scene: Scene = city.scene();
  const limits = [
    "",
    ...LIMITS.map((limit) => `${limit > 0 ? "+" : "−"}${Math.abs(limit * 100)}%`),
  ];
  const { legend: words } = t.map;
  return card(
    words.balance,
    words.mean(mean.toFixed(1)),
    ...ramp(scene.colours.balance, FILL_OPACITY, limits),
    h("div", { class: "t12 dim" }, words.unlived),
  );
}

function states({ city, t }: Shell): HTMLElement | null {
  if (!city.isOn("incidents")) return null;
  const shown = STATES.filter((state) => state !== "closed");
  const rows = shown.map((state) =>
    h("span", { class: "row state-key" }, stateMark(state), t.states.cases[state]),
  );
  return h(
    "section",
    { class: "float leg strip", "aria-label": t.map.switches.incidents },
    ...rows,
  );
}

/** The day of the city (UTC+8) in which an instant lies. */
export function day(instant: string | null): string {
  return instant ? new Date(Date.parse(instant) + 8 * 3_600_000).toISOString().slice(0, 10) : "";
}
