/** All days of the record as bars, a window with two handles, and play: a week a step. */

import type { Shell } from "../../shell/shell.ts";
import { h, replace, svg } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { type Asked, dayAfter, type Span } from "./record.ts";

const HIGH = 48;
const STEP_MS = 700;
const WEEK = 7;
const GRIP_PX = 9;

export interface TimeBar {
  element: HTMLElement;
  /** Draw what is asked for now. */
  show(): void;
  isPlaying(): boolean;
}

interface Parts {
  shell: Shell;
  asked: Asked;
  /** Another span was chosen; `playing` while it only passes by. */
  onSpan(playing: boolean): Promise<void>;
}

export function makeTimeBar({ shell, asked, onSpan }: Parts): TimeBar {
  const { overview: words } = shell.t;
  const label = h("div", { class: "time-label" });
  const bars = h("div", { class: "bars-box" });
  const frame = h("div", { class: "time-frame" });
  const months = h("div", { class: "time-months", "aria-hidden": "true" });
  const play = h("button", { type: "button", class: "btn pri play", onclick: () => toggle() });
  const ends = (["from", "to"] as const).map((end) => handle(end));
  const track = h("div", { class: "time-track" }, bars, frame, ...ends.map((one) => one.element));
  const element = h(
    "section",
    { class: "time-bar", "aria-label": words.timeBar },
    play,
    label,
    h("div", { class: "grow" }, track, months),
  );
  let timer = 0;

  const days = () => asked.days()?.reported ?? [];
  const last = () => days().length - 1;

  function show(): void {
    const { from, to } = asked.span();
    const written = asked.written();
    const many = Math.max(1, days().length);
    element.hidden = days().length === 0;
    replace(
      label,
      h("b", {}, written ? words.span(written.first.slice(5), written.last.slice(5)) : ""),
      h(
        "span",
        { class: "t12 dim" },
        written ? words.spanDays(written.last.slice(0, 4), to - from + 1) : "",
      ),
    );
    replace(bars, drawnBars(days(), { from, to }));
    frame.style.left = `${(from / many) * 100}%`;
    frame.style.width = `${((to - from + 1) / many) * 100}%`;
    for (const one of ends) one.show(from, to, many);
    replace(months, ...monthNames(shell, asked));
    const isPlaying = timer !== 0;
    play.setAttribute("aria-label", isPlaying ? words.pause : words.play);
    play.setAttribute("aria-pressed", String(isPlaying));
    replace(play, icon(isPlaying ? "pause" : "play"));
  }

  function choose(span: Span, playing = false): void {
    const wide = span.to - span.from;
    const from = Math.max(0, Math.min(span.from, last()));
    const moved = { from, to: Math.max(from, Math.min(span.to, last())) };
    if (span.from < 0) moved.to = Math.min(last(), wide);
    asked.setSpan(moved);
    show();
    if (!playing) void onSpan(false);
  }

  async function step(): Promise<void> {
    const { from, to } = asked.span();
    const wide = to - from;
    if (to >= last()) {
      stop();
      return;
    }
    const next = Math.min(last(), to + WEEK);
    choose({ from: next - wide, to: next }, true);
    const began = performance.now();
    await onSpan(true);
    if (timer)
      timer = window.setTimeout(
        () => void step(),
        Math.max(0, STEP_MS - (performance.now() - began)),
      );
  }

  function toggle(): void {
    if (timer) {
      stop();
      return;
    }
    const { from, to } = asked.span();
    if (to >= last()) choose({ from: 0, to: to - from }, true);
    timer = window.setTimeout(() => void step(), STEP_MS);
    show();
    void onSpan(true);
  }

  function stop(): void {
    window.clearTimeout(timer);
    timer = 0;
    show();
    void onSpan(false);
  }

  function handle(end: keyof Span) {
    const press = (event: KeyboardEvent) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      move(asked.span()[end] + by * (event.shiftKey ? WEEK : 1));
    };
    const move = (to: number) => {
      const span = { ...asked.span(), [end]: Math.max(0, Math.min(last(), to)) };
      if (span.from <= span.to) choose(span);
    };
    const element = h("div", {
      class: "time-handle",
      role: "slider",
      tabindex: 0,
      "aria-label": words[end],
      onkeydown: press as EventListener,
    });
    return {
      element,
      end,
      show(from: number, to: number, many: number) {
        const at = end === "from" ? from : to;
        element.style.left = `${((end === "from" ? from : to + 1) / many) * 100}%`;
        element.setAttribute("aria-valuemin", "0");
        element.setAttribute("aria-valuemax", String(Math.max(0, last())));
        element.setAttribute("aria-valuenow", String(at));
        element.setAttribute("aria-valuetext", dayAfter(asked.days()?.first ?? "1970-01-01", at));
      },
    };
  }

  dragged(track, {
    dayAt: (x) => Math.floor(x * days().length),
    span: asked.span,
    move: (span) => choose(span, true),
    done: () => void onSpan(false),
  });
  return { element, show, isPlaying: () => timer !== 0 };
}

interface Drag {
  dayAt(share: number): number;
  span(): Span;
  move(span: Span): void;
  done(): void;
}

/** A handle moves its end, the window moves whole, a press beside it brings it there. */
function dragged(track: HTMLElement, { dayAt, span, move, done }: Drag): void {
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

function drawnBars(days: readonly number[], { from, to }: Span): SVGSVGElement {
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

function monthNames({ t }: Shell, asked: Asked): HTMLElement[] {
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
