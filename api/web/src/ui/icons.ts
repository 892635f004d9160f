/** Icons of the look: 20 by 20, drawn with the colour of the text around them. */

import { svg } from "./dom.ts";

type Part = readonly [tag: "path" | "circle" | "rect", attributes: Record<string, string>];

const path = (d: string): Part => ["path", { d }];

const ICONS = {
  select: [path("M5 3l11 6-5 1.6L8.6 16z")],
  brush: [
    path("M16.5 3.5L9 11M9 11c-2.5-.4-4 1-4 3 0 1.2-.8 2-2 2 3.5 1.6 8 .6 8-3 0-1-.8-1.8-2-2z"),
  ],
  rect: [["rect", { x: "3.5", y: "4.5", width: "13", height: "11", "stroke-dasharray": "2.5 2" }]],
  border: [
    path("M10 2v5M10 13v5M4 10h3m6 0h3M5.500 8L3.500 10l2 2M14.500 8l2 2-2 2"),
    ["circle", { cx: "10", cy: "10", r: "2.2" }],
  ],
  split: [path("M3.500 5.500l13-2v13l-13-2zM11.500 2.500l-3 15")],
  merge: [path("M3 4h5v12H3zM17 4h-5v12h5zM10 7v6"), path("M8.500 10h3")],
  plus: [path("M10 4v12M4 10h12")],
  minus: [path("M4 10h12")],
  newgrid: [path("M3.500 3.500h13v13h-13zM10 7v6M7 10h6")],
  bld: [
    path("M4 17V6l6-3v14M10 8h6v9M2.500 17h15M6.500 8.500h1M6.500 12h1M12.500 11h1M12.500 14h1"),
  ],
  lock: [
    ["rect", { x: "4.500", y: "9", width: "11", height: "8", rx: "1.500" }],
    path("M7 9V6.500a3 3 0 016 0V9"),
  ],
  undo: [path("M4 8h8.500a4 4 0 010 8H8M4 8l3.500-3.500M4 8l3.500 3.500")],
  redo: [path("M16 8H7.500a4 4 0 000 8H12M16 8l-3.500-3.500M16 8l-3.500 3.500")],
  find: [["circle", { cx: "9", cy: "9", r: "5.500" }], path("M13.200 13.200L17 17")],
  layers: [
    [
      "path",
      {
        d: "M10 3l7 3.800-7 3.800-7-3.800zM3 10.500l7 3.800 7-3.800M3 14l7 3.800 7-3.800",
        "stroke-width": "1.300",
      },
    ],
  ],
  here: [
    ["circle", { cx: "10", cy: "10", r: "5.500" }],
    path("M10 1.500v4M10 14.500v4M1.500 10h4M14.500 10h4"),
  ],
  ruler: [path("M2.500 13.500l11-11 4 4-11 11zM6 10l1.500 1.500M9 7l2 2M12 4l1.500 1.500")],
  print: [path("M6 7V3h8v4M6 14H3.500V7h13v7H14M6 12h8v5H6z")],
  cam: [path("M2.500 6l9-2 1.500 6-9 2zM13 5.500l4-1.500M8 12v3.500H4")],
  clock: [["circle", { cx: "10", cy: "10", r: "7" }], path("M10 6v4l3 2")],
  phone: [
    path(
      "M5 3h3l1.300 4L7.500 8.500a9 9 0 004 4L13 10.700l4 1.300v3c0 1.200-.8 2-2 2C8.500 17 3 11.500 3 5c0-1.200.8-2 2-2z",
    ),
  ],
  photo: [path("M3 6h3l1.500-2h5L14 6h3v10H3z"), ["circle", { cx: "10", cy: "10.800", r: "3" }]],
  user: [
    ["circle", { cx: "10", cy: "7", r: "3.200" }],
    path("M3.500 17c.8-3.500 3.300-5 6.500-5s5.700 1.500 6.500 5"),
  ],
  check: [path("M4 10.500l4 4 8-9")],
  alert: [path("M10 3l7.500 13.500h-15zM10 8.500v4M10 14.700v.1")],
  next: [path("M8 5l5 5-5 5")],
  down: [path("M5 8l5 5 5-5")],
  pause: [path("M7 4.500v11M13 4.500v11")],
  wall: [
    ["rect", { x: "2.500", y: "4", width: "15", height: "10", rx: "1" }],
    path("M7 17h6M10 14v3"),
  ],
  play: [["path", { d: "M6 4l10 6-10 6z", fill: "currentColor" }]],
  filter: [path("M3 4.500h14L12 11v5l-4-2v-3z")],
  share: [path("M4 10v6h12v-6M10 13V3M6.500 6.500L10 3l3.500 3.500")],
  down2: [path("M4 12v4h12v-4M10 3v9M6.500 9L10 12.500 13.500 9")],
  walk: [
    ["circle", { cx: "11", cy: "3.500", r: "1.500" }],
    path("M7 9l3-2.500 2 1 1 2.500 2.500 1M10.500 7L9.500 12l2.500 2 .5 4M9.300 12.500L6.500 18"),
  ],
  school: [path("M2.500 8L10 4.500 17.500 8 10 11.500zM5.500 10v4.500c2.500 2 6.500 2 9 0V10")],
  health: [path("M8 3h4v5h5v4h-5v5H8v-5H3V8h5z")],
  market: [path("M3 7h14l-1.500 9.500h-11zM7 7c0-5 6-5 6 0")],
  park: [path("M10 18v-6M10 3c3 0 5 2.200 5 4.800S13 12 10 12s-5-1.600-5-4.200S7 3 10 3z")],
  elder: [
    ["circle", { cx: "8", cy: "4", r: "2" }],
    path("M6 18l1-5.500L6 9c.5-1.500 3-1.800 4 0l1.500 2.500 2 .5M9.500 13l1 5M15 11v7"),
  ],
  bus: [path("M4 4h12v11H4zM4 10h12M6.500 15v2M13.500 15v2M6.500 12.500h.5M13 12.500h.5")],
  party: [path("M3 17h14M5 17V8l5-4 5 4v9M8.500 17v-5h3v5")],
  globe: [
    ["circle", { cx: "10", cy: "10", r: "7" }],
    path("M3 10h14M10 3c4.500 4 4.500 10 0 14M10 3c-4.500 4-4.500 10 0 14"),
  ],
  x: [path("M5 5l10 10M15 5L5 15")],
  dup: [
    ["rect", { x: "3.500", y: "3.500", width: "9", height: "9", rx: "1" }],
    path("M7.500 16.500h9v-9"),
  ],
  route: [
    ["circle", { cx: "5", cy: "15", r: "2" }],
    ["circle", { cx: "15", cy: "5", r: "2" }],
    path("M7 15h5a3 3 0 000-6H8a2 2 0 010-4h5"),
  ],
  speaker: [
    path(
      "M3 8h3l4-3.500v11L6 12H3zM13 7.500c1.300 1.500 1.300 3.500 0 5M15.500 5.500c2.500 3 2.500 6 0 9",
    ),
  ],
  wifi: [path("M3 8c4-4 10-4 14 0M6 11c2.500-2.500 5.500-2.500 8 0M10 15v.1M3 3l14 14")],
  table: [path("M3 4h14v12H3zM3 8h14M3 12h14M8 4v12")],
  mic: [
    ["rect", { x: "7.500", y: "2.500", width: "5", height: "9", rx: "2.500" }],
    path("M4.500 9.500c0 7 11 7 11 0M10 15v3"),
  ],
  gear: [
    ["circle", { cx: "10", cy: "10", r: "2.500" }],
    path(
      "M10 2.500v3M10 14.500v3M2.500 10h3M14.500 10h3M4.700 4.700l2 2M13.300 13.300l2 2M4.700 15.300l2-2M13.300 6.700l2-2",
    ),
  ],
  trend: [path("M3 14l5-5 3 3 6-7M13 5h4v4")],
} satisfies Record<string, readonly Part[]>;

export type IconName = keyof typeof ICONS;

/** Draw an icon; it is never the only sign of what a control does. */
export function icon(name: IconName, size = 16): SVGSVGElement {
  const parts: readonly Part[] = ICONS[name];
  const drawn = parts.map(([tag, attributes]) => svg(tag, attributes));
  return svg(
    "svg",
    { class: "i", viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true" },
    ...drawn,
  );
}

/** The sign of the house: four grids around a point. */
export function mark(size = 24): SVGSVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" },
    svg("path", { d: "M2 2h11l-2.5 8.5L2 12z", fill: "#6E93C8" }),
    svg("path", { d: "M13 2h9v11l-11.5-2.5z", fill: "#E3B96A" }),
    svg("path", { d: "M2 12l8.5-1.5L12 22H2z", fill: "#93BE86" }),
    svg("path", { d: "M10.5 10.5L22 13v9H12z", fill: "#2C4A9E" }),
    svg("path", {
      d: "M13 2l-2.5 8.5L2 12m8.5-1.5L12 22m-1.5-11.5L22 13",
      stroke: "#fff",
      "stroke-width": 1.6,
      fill: "none",
    }),
    svg("circle", {
      cx: 10.5,
      cy: 10.5,
      r: 2.3,
      fill: "#fff",
      stroke: "#1A1E25",
      "stroke-width": 1.2,
    }),
  );
}
