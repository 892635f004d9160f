/** Figures of the span: each with its unit, what it is a part of, the span before, and twelve weeks. */

import { count, percent } from "../../i18n/format.ts";
import type { Shell } from "../../shell/shell.ts";
import { h, svg } from "../../ui/dom.ts";
import type { Figures, Window } from "./record.ts";

const WIDE = 100;
const HIGH = 34;

export interface Figure {
  title: string;
  value: string;
  unit: string;
  note: string;
  change: string;
  weeks: (number | null)[];
}

const share = (part: number, whole: number) => (whole ? part / whole : null);
const inTime = (one: Figures) => share(one.in_time, one.timed);
const closed = (one: Figures) => share(one.closed, one.accepted);

/** The figures of a window in the order of the look; none without incidents. */
export function figuresOf({ t }: Shell, found: Window): Figure[] {
  const { now, before, weeks } = found;
  if (!now || !before) return [];
  const { overview: words } = t;
  const over = (of: (one: Figures) => number | null) => weeks.map(of);
  const rate = (title: string, of: (one: Figures) => number | null, note: string): Figure => {
    const [value, was] = [of(now), of(before)];
    return {
      title,
      value: value === null ? t.states.unknown : percent(value).replace("%", ""),
      unit: value === null ? "" : "%",
      note,
      change: value === null || was === null ? "" : signed((value - was) * 100, 1),
      weeks: over(of),
    };
  };
  const hours = now.mean_h;
  return [
    {
      title: words.reported,
      value: count(now.reported),
      unit: words.cases,
      note: words.beforeCount(count(before.reported)),
      change: before.reported ? `${signed((now.reported / before.reported - 1) * 100, 1)}%` : "",
      weeks: over((one) => one.reported),
    },
    rate(words.inTime, inTime, words.of(count(now.in_time), count(now.timed))),
    rate(words.closedShare, closed, words.of(count(now.closed), count(now.accepted))),
    {
      title: words.took,
      value: hours === null ? t.states.unknown : hours.toFixed(1),
      unit: hours === null ? "" : words.hours,
      note: now.p90_h === null ? "" : words.tail(count(now.p90_h)),
      change: hours === null || before.mean_h === null ? "" : signed(hours - before.mean_h, 1),
      weeks: over((one) => one.mean_h),
    },
  ];
}

export function figureTile(figure: Figure, words: { twelveWeeks: string }): HTMLElement {
  return h(
    "div",
    { class: "tile" },
    h("span", {}, figure.title),
    h("b", {}, figure.value, h("small", {}, figure.unit)),
    sparkline(figure.weeks, words.twelveWeeks),
    h("em", {}, figure.note, figure.change ? h("i", { class: "change" }, figure.change) : null),
  );
}

/** A change with its sign, a minus that is one: +0.6, −0.5, ±0.0. */
export function signed(value: number, decimals: number): string {
  const size = Math.abs(value).toFixed(decimals);
  if (Number(size) === 0) return `±${size}`;
  return value > 0 ? `+${size}` : `−${size}`;
}

/** No axis; the last point marked; weeks without anything leave a gap. */
export function sparkline(
  values: readonly (number | null)[],
  label: string,
  wide = WIDE,
): SVGSVGElement {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (at: number) => 4 + (at * (wide - 8)) / Math.max(1, values.length - 1);
  const y = (value: number) =>
    high === low ? HIGH / 2 : HIGH - 5 - ((value - low) * (HIGH - 10)) / (high - low);
  let path = "";
  values.forEach((value, at) => {
    if (value === null) return;
    const joins = at > 0 && values[at - 1] !== null;
    path += `${joins ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  const last = values.at(-1) ?? null;
  const drawn: SVGElement[] = [svg("path", { d: path, class: "line" })];
  if (last !== null) {
    drawn.push(svg("circle", { cx: x(values.length - 1), cy: y(last), r: 2.6 }));
  }
  return svg(
    "svg",
    { class: "spark", viewBox: `0 0 ${wide} ${HIGH}`, role: "img", "aria-label": label },
    ...drawn,
  );
}
