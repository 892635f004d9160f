/** How days are drawn in the time bar, and how its window is dragged. */

import type { Shell } from "../../shell/shell.ts";
import { h, svg } from "../../ui/dom.ts";
import { type Asked, dayAfter, type Span } from "./record.ts";

const HIGH = 48;
const GRIP_PX = 9;

interface Drag {
  dayAt(share: number): number;
  span(): Span;
  move(span: Span): void;
  done(): void;
}

/** A handle moves its end, the window moves whole, a press beside it brings it there. */
export function dragged(track: HTMLElement, { dayAt, span, move, done }: Drag): void {
  track.addEventListener("pointerdown", (press) => {
    if (press.button !== 0) return;
    const box = track.getBoundingClientRect();
    const at = (event: PointerEvent) => dayAt((event.clientX - box.left) / box.width);
    const before = span();
    const wide = before.to - before.from;
    const dayPx = box.width / Math.max(1, dayAt(1));
    const near = (day: number) => Math.abs(press.clientX - box.left - day * dayPx) <= GRIP_PX;
    const end = near(before.from) ? "from" : near(before.to + 1) ? "to" : null;
    const began = at(press);
    const inside = began >= before.from && began <= before.to;
    const start = inside ? before.from : began - Math.floor(wide / 2);
    const follow = (event: PointerEvent) => {
      const now = at(event);
      if (end === "from") move({ from: Math.min(now, before.to), to: before.to });
      else if (end === "to") move({ from: before.from, to: Math.max(now, before.from) });
      else move({ from: start + now - began, to: start + now - began + wide });
    };
    track.setPointerCapture(press.pointerId);
    if (!inside && !end) follow(press);
    track.addEventListener("pointermove", follow);
    const release = () => {
      track.removeEventListener("pointermove", follow);
      done();
    };
    track.addEventListener("pointerup", release, { once: true });
  });
}

export function drawnBars(days: readonly number[], { from, to }: Span): SVGSVGElement {
  const most = Math.max(1, ...days);
  let [on, off] = ["", ""];
  days.forEach((many, at) => {
    const tall = (many / most) * HIGH;
    const bar = `M${at + 0.1} ${HIGH}v${-tall}h.8v${tall}z`;
    if (at >= from && at <= to) on += bar;
    else off += bar;
  });
  const box = { viewBox: `0 0 ${Math.max(1, days.length)} ${HIGH}`, preserveAspectRatio: "none" };
  return svg(
    "svg",
    { ...box, height: HIGH, "aria-hidden": "true" },
    svg("path", { d: off, class: "off" }),
    svg("path", { d: on, class: "on" }),
  );
}

export function monthNames({ t }: Shell, asked: Asked): HTMLElement[] {
  const found = asked.days();
  if (!found?.first) return [];
  const names: HTMLElement[] = [];
  found.reported.forEach((_, at) => {
    const day = dayAfter(found.first ?? "", at);
    if (!day.endsWith("-01")) return;
    const left = `left:${(at / found.reported.length) * 100}%`;
    names.push(h("span", { style: left }, t.overview.month(Number(day.slice(5, 7)))));
  });
  return names;
}
