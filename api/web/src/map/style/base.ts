/** The base map: paper for the data that lies on it (LOOK §5). */

import { Fill, Stroke, Style } from "ol/style.js";
import { filled, kept, type Painter, type Scene, stroked, text, zoomOf } from "./paint.ts";

/** Rank of a street: its least width in pixels, its width in metres, its largest width in pixels. */
const WIDTHS = {
  arterial: [5, 34, 26],
  secondary: [3.2, 22, 20],
  local: [1.8, 13, 13],
  lane: [0.8, 8, 9],
} as const;

export type Rank = keyof typeof WIDTHS;

const RANKS: Record<string, Rank> = {
  motorway: "arterial",
  arterial: "arterial",
  secondary: "secondary",
  local: "local",
  lane: "lane",
};

const LEVEL: Record<Rank, number> = { arterial: 4, secondary: 3, local: 2, lane: 1 };

/** Zoom of the view from which a rank is drawn. */
export const FROM: Record<Rank, number> = { arterial: 9, secondary: 12, local: 13, lane: 15 };

export function rankOf(category: string): Rank | null {
  return RANKS[category] ?? null;
}

/** Width of a street without its casing, pixels. */
export function widthOf(rank: Rank, metresPerPixel: number): number {
  const [least, metres, most] = WIDTHS[rank];
  const width = Math.max(least, Math.min(metres / metresPerPixel, most));
  return metresPerPixel > 5 ? width * 0.75 : width;
}

export function green({ colours }: Scene): Painter {
  const style = filled(colours.map.green);
  return (feature) => (text(feature, "kind") === "green" ? style : undefined);
}

/** Water lies over the fill of grids: a river is no part of anybody's work. */
export function water({ colours }: Scene): Painter {
  const style = new Style({
    fill: new Fill({ color: colours.map.water }),
    stroke: new Stroke({ color: colours.map.bank, width: 1 }),
  });
  return (feature) => (text(feature, "kind") === "water" ? style : undefined);
}

export function buildings({ colours, dark, shrink }: Scene, overFill: boolean): Painter {
  const over = dark ? "rgba(238,241,245,.10)" : "rgba(74,66,52,.13)";
  const fill = overFill ? over : colours.map.building;
  const plain = filled(fill);
  const edged = new Style({
    fill: new Fill({ color: fill }),
    stroke: new Stroke({ color: overFill ? over : colours.map["building-line"], width: 1 }),
  });
  return (_feature, resolution) => (resolution * shrink < 1.3 ? edged : plain);
}

export function walls({ colours }: Scene): Painter {
  const wall = stroked(colours.page.control, 1, 0, [4, 3]);
  return () => wall;
}

export function streets({ colours, shrink }: Scene): Painter {
  const style = kept((key) => {
    const [rank, width, far] = key.split("/") as [Rank, string, string];
    const level = LEVEL[rank];
    const casing = Number(width) + (far ? 1.4 : 2);
    return [
      stroked(colours.map[`${rank}-casing`], casing, level),
      stroked(colours.map[rank], Number(width), 10 + level),
    ];
  });
  const path = stroked(colours.map["lane-casing"], 1.2, 1, [4, 3]);
  return (feature, resolution) => {
    const category = text(feature, "category");
    const rank = rankOf(category);
    const zoom = zoomOf(resolution);
    if (!rank) return zoom >= 16 ? path : undefined;
    if (zoom < FROM[rank]) return undefined;
    const metres = resolution * shrink;
    const width = widthOf(rank, metres).toFixed(1);
    return style(`${rank}/${width}/${metres < 2 ? "" : "far"}`);
  };
}

/** Thin lines of the large streets over the heat, so that one knows where it is. */
export function streetsOver({ dark }: Scene): Painter {
  const ink = dark ? "13,17,22" : "255,255,255";
  const style = kept((rank) =>
    rank === "arterial" ? stroked(`rgba(${ink},.75)`, 2, 1) : stroked(`rgba(${ink},.45)`, 1.1),
  );
  return (feature, resolution) => {
    const rank = rankOf(text(feature, "category"));
    if (!rank || LEVEL[rank] < 3 || zoomOf(resolution) < FROM[rank]) return undefined;
    return style(rank);
  };
}
