/** What each layer looks like on the map, small: the legend of the layer tree. */

import { svg } from "../ui/dom.ts";
import type { Switch } from "./layers.ts";
import { stateMark } from "./style/marks.ts";

type Shape = readonly [
  tag: "path" | "circle" | "rect",
  attributes: Record<string, string | number>,
];

const RING = { cx: 10, cy: 10, r: 5.5, fill: "var(--surface)", "stroke-width": 2 };

/** Drawn as the styles of the map draw them, with the colours of the style sheet. */
const SHAPES: Record<Exclude<Switch, "incidents">, readonly Shape[]> = {
  heat: [
    ["path", { d: "M1 10L4 4h6l3 6-3 6H4z", fill: "var(--h3)" }],
    ["path", { d: "M10 10l2-4h5l2 4-2 4h-5z", fill: "var(--h5)" }],
  ],
  grids: [
    [
      "path",
      {
        d: "M2 3h16v14H2zM10 3v7M2 10h16",
        fill: "none",
        stroke: "var(--ink2)",
        "stroke-width": 1.2,
      },
    ],
  ],
  facilities: [
    ["circle", { cx: 6, cy: 10, r: 3.4, fill: "var(--ink2)" }],
    ["circle", { cx: 15, cy: 10, r: 3.4, fill: "var(--danger)" }],
  ],
  cameras: [["circle", { ...RING, stroke: "var(--c4)" }]],
  views: [
    [
      "path",
      {
        d: "M4 17L2 5A17 17 0 0 1 17 7z",
        fill: "var(--c4)",
        "fill-opacity": 0.2,
        stroke: "var(--c4)",
      },
    ],
  ],
  special: [
    ["rect", { x: 2, y: 4, width: 16, height: 12, fill: "none", stroke: "var(--ink2)" }],
    [
      "path",
      {
        d: "M2 11L9 4M2 16L14 4M8 16L18 6M14 16L18 12",
        stroke: "var(--ink2)",
        "stroke-width": 0.9,
      },
    ],
  ],
  places: [["circle", { cx: 10, cy: 10, r: 5, fill: "var(--ink)" }]],
  buildings: [
    ["rect", { x: 3, y: 5, width: 14, height: 10, fill: "var(--m-bld)", stroke: "var(--control)" }],
  ],
  walls: [
    [
      "path",
      { d: "M1 10h18", stroke: "var(--control)", "stroke-width": 1.5, "stroke-dasharray": "4 3" },
    ],
  ],
};

export function sign(name: Switch): SVGSVGElement {
  if (name === "incidents") return stateMark("filed", 20);
  const drawn = SHAPES[name].map(([tag, attributes]) => svg(tag, attributes));
  return svg(
    "svg",
    { class: "sign", viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true" },
    ...drawn,
  );
}
