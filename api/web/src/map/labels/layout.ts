/** Decide which names are shown and where; points declare their boxes first, then labels. */

import { along, type Glyph } from "./along.ts";
import { Boxes } from "./boxes.ts";
import { chains, type Line } from "./chains.ts";

export type Tone = "ink" | "ink2" | "label" | "water";

export interface Placed {
  glyphs: Glyph[];
  size: number;
  bold: boolean;
  italic: boolean;
  tone: Tone;
  halo: number;
}

/** A name at a point with so much room around it, pixels. */
export interface AtPoint {
  x: number;
  y: number;
  room: number;
  lines: { text: string; size: number; bold: boolean; tone: Tone }[];
}

export interface StreetName {
  text: string;
  size: number;
  gap: number;
  /** Whether it may stand only once in a view. */
  once: boolean;
  pieces: Line[];
}

/** A name inside an area, letters apart. */
export interface Inside {
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
  water: boolean;
}

export interface Wanted {
  width: number;
  height: number;
  /** Centres of points on the map, with half their size. */
  taken: { x: number; y: number; half: number }[];
  points: AtPoint[];
  streets: StreetName[];
  areas: Inside[];
  measure: (text: string, size: number, bold: boolean) => number;
}

const LINE = 1.3;
const APART_PX = 380;

export function layOut(wanted: Wanted): Placed[] {
  const boxes = new Boxes();
  for (const { x, y, half } of wanted.taken) boxes.add({ x, y, w: half, h: half });
  const placed: Placed[] = [];
  for (const point of wanted.points) placed.push(...atPoint(point, boxes, wanted));
  for (const area of wanted.areas) placed.push(...inside(area, boxes, wanted));
  for (const street of wanted.streets) placed.push(...onStreet(street, boxes, wanted));
  return placed;
}

function atPoint(point: AtPoint, boxes: Boxes, { measure, width, height }: Wanted): Placed[] {
  const heights = point.lines.map((line) => line.size * LINE);
  const half = heights.reduce((sum, one) => sum + one, 0) / 2;
  const wide = Math.max(...point.lines.map((line) => measure(line.text, line.size, line.bold))) / 2;
  const { x, y } = point;
  const box = { x, y, w: wide + 4, h: half + 2 };
  const out = x - wide < 4 || y - half < 4 || x + wide > width - 4 || y + half > height - 4;
  if (out || Math.hypot(wide * 0.9, half) > point.room || !boxes.fits(box)) return [];
  boxes.add(box);
  let top = y - half;
  return point.lines.map((line, index) => {
    const middle = top + (heights[index] ?? 0) / 2;
    top += heights[index] ?? 0;
    return {
      glyphs: [{ text: line.text, x, y: middle, turn: 0 }],
      size: line.size,
      bold: line.bold,
      italic: false,
      tone: line.tone,
      halo: 4,
    };
  });
}

function inside(area: Inside, boxes: Boxes, { width, height }: Wanted): Placed[] {
  const size = area.water ? 15 : 12;
  const step = area.water ? size * 2 : size;
  const letters = [...area.text];
  const half = (step * (letters.length - 1) + size) / 2;
  const { x, y } = area;
  if (half * 2 > area.width || size * 1.4 > area.height) return [];
  if (x - half < 8 || x + half > width - 8 || y < 16 || y > height - 16) return [];
  const box = { x, y, w: half + 6, h: size };
  if (!boxes.fits(box)) return [];
  boxes.add(box);
  const first = x - (step * (letters.length - 1)) / 2;
  const glyphs = letters.map((text, at) => ({ text, x: first + at * step, y, turn: 0 }));
  const tone = area.water ? "water" : "label";
  return [{ glyphs, size, bold: false, italic: area.water, tone, halo: area.water ? 0 : 3 }];
}

function onStreet(street: StreetName, boxes: Boxes, { width, height }: Wanted): Placed[] {
  const placed: Placed[] = [];
  const { size } = street;
  const lines = chains(street.pieces).sort((one, other) => other.length - one.length);
  for (const line of lines) {
    const glyphs = along(line, { ...street }, { width, height, boxes });
    if (!glyphs || tooNear(placed, glyphs)) continue;
    for (const { x, y } of glyphs) boxes.add({ x, y, w: size * 0.8, h: size * 0.8 });
    placed.push({ glyphs, size, bold: false, italic: false, tone: "label", halo: 3 });
    if (street.once) break;
  }
  return placed;
}

function tooNear(placed: Placed[], glyphs: Glyph[]): boolean {
  const [head] = glyphs;
  return placed.some(({ glyphs: [other] }) =>
    head && other ? Math.hypot(head.x - other.x, head.y - other.y) < APART_PX : false,
  );
}
