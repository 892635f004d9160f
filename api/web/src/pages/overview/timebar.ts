/** All days of the record as bars, a window with two handles, and play: a week a step.
 *
 * On a wall it plays by itself: it rests at the newest days, goes back and plays up to them again.
 */

import { day } from "../../i18n/format.ts";
import type { Shell } from "../../shell/shell.ts";
import { h, replace } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { type Asked, dayAfter, type Span } from "./record.ts";
import { dragged, drawnBars, monthNames } from "./time-drawn.ts";

const STEP_MS = 700;
/** A wall is read from afar: its figures follow each step. */
const AUTO_MS = 4000;
const AUTO_STEPS = 12;
const WEEK = 7;

export interface TimeBar {
  element: HTMLElement;
  /** Draw what is asked for now. */
  show(): void;
  isPlaying(): boolean;
}

/** How a wall plays by itself. */
export interface Auto {
  /** Days of a step. */
  step: number;
  /** What a step is called. */
  said: string;
  /** How long it rests at the newest days. */
  restMs: number;
}

interface Parts {
  shell: Shell;
  asked: Asked;
  /** Another span was chosen; `playing` while it only passes by. */
  onSpan(playing: boolean): Promise<void>;
  /** Null where somebody sits before it. */
  auto: Auto | null;
}

export function makeTimeBar({ shell, asked, onSpan, auto }: Parts): TimeBar {
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
  let resting = 0;
  let isStopped = auto === null || matchMedia("(prefers-reduced-motion: reduce)").matches;
  const stride = auto?.step ?? WEEK;
  const pace = auto ? AUTO_MS : STEP_MS;

  const days = () => asked.days()?.reported ?? [];
  const last = () => days().length - 1;

  function show(): void {
    const { from, to } = asked.span();
    const written = asked.written();
    const many = Math.max(1, days().length);
    element.hidden = days().length === 0;
    replace(
      label,
      h(
        "b",
        {},
        written ? words.span(day(written.first, shell.lang), day(written.last, shell.lang)) : "",
      ),
      h(
        "span",
        { class: "t12 dim" },
        written ? words.spanDays(written.last.slice(0, 4), to - from + 1) : "",
      ),
      auto ? h("span", { class: "t12 dim", role: "status" }, autoSaid()) : null,
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
    const next = Math.min(last(), to + stride);
    choose({ from: next - wide, to: next }, true);
    const began = performance.now();
    const mine = timer; // another one when it was stopped meanwhile and begun anew
    await onSpan(true);
    if (timer && timer === mine)
      timer = window.setTimeout(() => void step(), Math.max(0, pace - (performance.now() - began)));
  }

  function toggle(): void {
    if (timer) {
      stop();
      return;
    }
    const { from, to } = asked.span();
    if (to >= last()) choose({ from: 0, to: to - from }, true);
    begin();
  }

  function begin(): void {
    timer = window.setTimeout(() => void step(), pace);
    show();
    void onSpan(true);
  }

  function autoSaid(): string {
    const said = auto?.said ?? "";
    return isStopped ? words.stopped(said) : words.auto(said);
  }

  /** Rest, then go back so many steps and play up to the newest days. */
  function rest(): void {
    window.clearTimeout(resting);
    if (!auto || isStopped) return;
    resting = window.setTimeout(() => {
      const { from, to } = asked.span();
      const wide = to - from;
      const back = Math.max(wide, last() - AUTO_STEPS * stride);
      if (days().length && to >= last()) choose({ from: back - wide, to: back }, true);
      begin();
    }, auto.restMs);
  }

  function pauseAuto(): void {
    isStopped = !isStopped;
    window.clearTimeout(resting);
    if (!isStopped) begin();
    else if (timer) stop();
    else show();
  }

  function stop(): void {
    window.clearTimeout(timer);
    timer = 0;
    show();
    void onSpan(false);
    rest();
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
  if (auto) {
    for (const key of [" ", "s"]) shell.keys.add({ key, does: words.autoKey, run: pauseAuto });
    rest();
  }
  return { element, show, isPlaying: () => timer !== 0 };
}
