/** Signs of things, drawn once as paths: the map, the legend and lists use the same ones. */

import { Icon, Style } from "ol/style.js";
import { svg } from "../../ui/dom.ts";
import type { Colours } from "./paint.ts";

/** State of a case as it is shown; each has a colour and a shape. */
export const STATES = ["waiting", "filed", "dispatched", "handled", "overdue", "closed"] as const;
export type State = (typeof STATES)[number];

const OF_LIFE: Record<string, State> = {
  reported: "waiting",
  accepted: "waiting",
  filed: "filed",
  dispatched: "dispatched",
  handled: "handled",
  closed: "closed",
  rejected: "closed",
};

/** The state that is shown: a case that is not closed and late is overdue, whatever else it is. */
export function stateOf(life: string, dueAt: string, now: number): State {
  const state = OF_LIFE[life] ?? "waiting";
  const isLate = dueAt !== "" && Date.parse(dueAt) < now;
  return state !== "closed" && isLate ? "overdue" : state;
}

interface Stroke {
  readonly d: string;
  readonly fill?: "state" | "ground";
  readonly stroke?: "state";
  readonly width?: number;
}

const round = (r: number) => `M${r} 0A${r} ${r} 0 1 1 ${-r} 0A${r} ${r} 0 1 1 ${r} 0Z`;
const SHAPES: Record<State, { outline: string; parts: readonly Stroke[] }> = {
  waiting: {
    outline: round(7),
    parts: [{ d: round(5.7), fill: "ground", stroke: "state", width: 2.6 }],
  },
  filed: {
    outline: "M0-8.4L8.4 6.7H-8.4Z",
    parts: [{ d: "M0-8.4L8.4 6.7H-8.4Z", fill: "state" }],
  },
  dispatched: {
    outline: round(7),
    parts: [
      { d: round(7), fill: "state" },
      { d: "M0-4.3A4.3 4.3 0 0 1 0 4.3Z", fill: "ground" },
    ],
  },
  handled: {
    outline: "M-6.3-6.3H6.3V6.3H-6.3Z",
    parts: [{ d: "M-6.3-6.3H6.3V6.3H-6.3Z", fill: "state" }],
  },
  overdue: {
    outline: "M0-8.75L8.75 0 0 8.75-8.75 0Z",
    parts: [
      { d: "M0-8.75L8.75 0 0 8.75-8.75 0Z", fill: "state" },
      { d: "M-1-4.2H1V1H-1ZM-1 2.4H1V4.4H-1Z", fill: "ground" },
    ],
  },
  closed: { outline: round(4), parts: [{ d: round(4), fill: "state" }] },
};

/** The sign of a state for lists and legends; it takes its colours from the style sheet. */
export function stateMark(state: State, size = 16): SVGSVGElement {
  const colour = `var(--i-${CSS_NAME[state]})`;
  const drawn = SHAPES[state].parts.map((part) => {
    const path = svg("path", { d: part.d });
    path.style.fill = part.fill === "ground" ? "var(--surface)" : part.fill ? colour : "none";
    if (part.stroke) {
      path.style.stroke = colour;
      path.style.strokeWidth = String(part.width);
    }
    return path;
  });
  return svg(
    "svg",
    { viewBox: "-10 -10 20 20", width: size, height: size, "aria-hidden": "true" },
    ...drawn,
  );
}

const CSS_NAME: Record<State, string> = {
  waiting: "new",
  filed: "wait",
  dispatched: "work",
  handled: "check",
  overdue: "over",
  closed: "done",
};

const RATIO = 2; // drawn twice as large, so that it is sharp on a good screen

/** The sign of a state for the map, with a halo of the ground. */
export function stateIcon(state: State, colours: Colours): Style {
  const half = 12;
  const shape = SHAPES[state];
  const canvas = drawn(half, (pen) => {
    pen.lineJoin = "round";
    pen.strokeStyle = colours.page.surface;
    pen.lineWidth = 4;
    pen.stroke(new Path2D(shape.outline));
    for (const part of shape.parts) {
      const path = new Path2D(part.d);
      pen.fillStyle = part.fill === "ground" ? colours.page.surface : colours.states[state];
      if (part.fill) pen.fill(path);
      pen.strokeStyle = colours.states[state];
      pen.lineWidth = part.width ?? 0;
      if (part.stroke) pen.stroke(path);
    }
  });
  return iconOf(canvas);
}

/** A picture of `2 * half` pixels a side, drawn around its middle. */
export function drawn(
  half: number,
  draw: (pen: CanvasRenderingContext2D) => void,
): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = 2 * half * RATIO;
  canvas.height = 2 * half * RATIO;
  const pen = canvas.getContext("2d");
  if (pen) {
    pen.scale(RATIO, RATIO);
    pen.translate(half, half);
    draw(pen);
  }
  return canvas;
}

export function iconOf(canvas: HTMLCanvasElement, zIndex = 0): Style {
  const image = new Icon({
    img: canvas,
    width: canvas.width / RATIO,
    height: canvas.height / RATIO,
  });
  return new Style({ image, zIndex });
}
