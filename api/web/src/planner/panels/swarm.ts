/** The work of every grid as dots, as it was above as it is now; bars when there are too many. */

import { svg } from "../../ui/dom.ts";
import { binned, type Dot, placeDots, type Scale, scaleOf, ticksOf } from "./swarm-places.ts";
import { fixed } from "./written.ts";

const WIDTH = 344;
const HEIGHT = 126;
const FOOT = 18;
const SIDE = 8;
/** More dots than this cannot be told apart. */
const MANY = 400;
const BINS = 48;

export interface SwarmParts {
  before: readonly Dot[];
  now: readonly Dot[];
  /** Half width of the band around the mean, as a share; null has none. */
  band: number | null;
  picked: ReadonlySet<string>;
  words: {
    before: string;
    draft: string;
    bandNote: (percent: string) => string;
    swarmLabel: (n: number) => string;
  };
  onPick: (code: string) => void;
}

export function swarm(parts: SwarmParts): SVGElement {
  const { before, now, band, words } = parts;
  const values = [...before, ...now].map((dot) => dot.value);
  const drawn = svg("svg", {
    class: "pl-swarm",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    width: WIDTH,
    height: HEIGHT,
    role: "img",
    "aria-label": words.swarmLabel(now.length),
  });
  if (!values.length) return drawn;
  const [low, high] = around(Math.min(...values), Math.max(...values));
  const scale = scaleOf(low, high, SIDE, WIDTH - SIDE);
  const mean = now.reduce((sum, dot) => sum + dot.value, 0) / (now.length || 1);
  if (band !== null && now.length) drawn.append(bandOf(mean, band, scale));
  drawn.append(text(0, 12, words.before, "var(--ink3)"), text(0, 66, words.draft, "var(--ink)"));
  if (band !== null) {
    drawn.append(
      text(WIDTH, 12, words.bandNote(`±${fixed(band * 100, 0)}%`), "var(--ink3)", "end"),
    );
  }
  drawn.append(
    row(parts, before, 30, scale, low, high, false),
    row(parts, now, 82, scale, low, high, true),
  );
  drawn.append(
    svg("path", { d: `M${SIDE} ${HEIGHT - FOOT}H${WIDTH - SIDE}`, stroke: "var(--line2)" }),
  );
  for (const tick of ticksOf(low, high)) {
    drawn.append(text(scale(tick), HEIGHT - 4, fixed(tick, 0), "var(--ink3)", "middle"));
  }
  return drawn;
}

function around(least: number, most: number): [number, number] {
  const edge = (most - least) * 0.03 || Math.max(1, most * 0.1);
  return [Math.max(0, least - edge), most + edge];
}

function bandOf(mean: number, band: number, scale: Scale): SVGElement {
  const x = Math.max(SIDE, scale(mean * (1 - band)));
  const until = Math.min(WIDTH - SIDE, scale(mean * (1 + band)));
  return svg(
    "g",
    {},
    svg("rect", {
      x,
      y: 2,
      width: Math.max(0, until - x),
      height: HEIGHT - FOOT - 2,
      fill: "var(--sunken)",
    }),
    svg("path", {
      d: `M${scale(mean)} 2V${HEIGHT - FOOT}`,
      stroke: "var(--control)",
      "stroke-dasharray": "3 3",
    }),
  );
}

function row(
  parts: SwarmParts,
  dots: readonly Dot[],
  y: number,
  scale: Scale,
  low: number,
  high: number,
  isNow: boolean,
): SVGElement {
  const colour = isNow ? "var(--ink2)" : "var(--control)";
  if (dots.length > MANY) return bars(dots, y, scale, low, high, colour);
  const placed = placeDots(dots, scale, 5.8);
  const lanes = Math.max(1, ...placed.map((dot) => Math.abs(dot.lane)));
  const step = Math.min(5.6, 23 / lanes); // a crowd is pressed together rather than run over
  const circles = placed.map((dot) => {
    const isPicked = isNow && parts.picked.has(dot.key);
    const circle = svg("circle", {
      cx: dot.x.toFixed(1),
      cy: (y + dot.lane * step).toFixed(1),
      r: isPicked ? 3.8 : 2.5,
      fill: isPicked ? "var(--accent)" : colour,
      "data-code": dot.key,
    });
    if (isNow) circle.addEventListener("click", () => parts.onPick(dot.key));
    const tip = svg("title");
    tip.textContent = `${dot.key} · ${fixed(dot.value, 0)}`;
    circle.append(tip);
    return { circle, isPicked };
  });
  circles.sort((one, other) => Number(one.isPicked) - Number(other.isPicked));
  return svg("g", { "data-row": isNow ? "now" : "before" }, ...circles.map((one) => one.circle));
}

function bars(
  dots: readonly Dot[],
  y: number,
  scale: Scale,
  low: number,
  high: number,
  fill: string,
) {
  const counts = binned(
    dots.map((dot) => dot.value),
    low,
    high,
    BINS,
  );
  const most = Math.max(1, ...counts);
  const wide = (scale(high) - scale(low)) / BINS;
  return svg(
    "g",
    {},
    ...counts.map((count, at) => {
      const height = (count / most) * 28; // under the name of the row
      return svg("rect", {
        x: (scale(low) + at * wide).toFixed(1),
        y: (y + 22 - height).toFixed(1),
        width: Math.max(1, wide - 1).toFixed(1),
        height: height.toFixed(1),
        fill,
      });
    }),
  );
}

function text(x: number, y: number, said: string, fill: string, anchor = "start"): SVGElement {
  const made = svg("text", { x, y, "font-size": 12, fill, "text-anchor": anchor });
  made.textContent = said;
  return made;
}
