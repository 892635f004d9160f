/** A name along a line, one character at a time: turned on slopes, upright and stacked where steep. */

import type { Boxes } from "./boxes.ts";
import { type Line, lengthOf, type Point } from "./chains.ts";

export interface Glyph {
  text: string;
  x: number;
  y: number;
  /** Radians, clockwise on the screen. */
  turn: number;
}

export interface Named {
  text: string;
  size: number;
  /** Distance of characters as a multiple of the size. */
  gap: number;
}

export interface Frame {
  width: number;
  height: number;
  boxes: Boxes;
}

const MARGIN_PX = 14;
const CJK = /[\u2e80-\u9fff\uf900-\ufaff]/;

/** Place a name on the part of a line that is nearest to the middle; null when there is no room. */
export function along(line: Line, named: Named, frame: Frame): Glyph[] | null {
  const total = lengthOf(line);
  const advances = advancesOf(named);
  const need = advances.reduce((sum, one) => sum + one, 0);
  if (need + 16 > total) return null;
  const walk = walker(line);
  const starts: { start: number; off: number }[] = [];
  const step = Math.max(12, need / 3);
  for (let start = 8; start + need + 8 <= total; start += step) {
    const { x, y } = walk(start + need / 2);
    starts.push({ start, off: Math.hypot(x - frame.width / 2, y - frame.height / 2) });
  }
  starts.sort((one, other) => one.off - other.off);
  for (const { start } of starts.slice(0, 24)) {
    const glyphs = written(walk, start, named, advances);
    if (glyphs && hasRoom(glyphs, named, frame)) return glyphs;
  }
  return null;
}

function advancesOf({ text, size, gap }: Named): number[] {
  return [...text].map((letter) => size * (CJK.test(letter) ? gap : 0.62));
}

function written(
  walk: ReturnType<typeof walker>,
  start: number,
  { text }: Named,
  advances: number[],
): Glyph[] | null {
  const letters = [...text];
  const cjk = letters.every((letter) => CJK.test(letter));
  let at = start;
  const places = letters.map((_, index) => {
    const half = (advances[index] ?? 0) / 2;
    const place = walk(at + half);
    at += 2 * half;
    return place;
  });
  const [first, last] = [places[0], places[places.length - 1]];
  if (!first || !last) return null;
  const [dx, dy] = [last.x - first.x, last.y - first.y];
  const steep = cjk && Math.abs(dy) > Math.abs(dx) * 1.1;
  if (bends(places)) return null;
  if (steep ? dy < 0 : dx < 0) places.reverse();
  return letters.map((letter, index) => {
    const { x, y, turn } = places[index] as { x: number; y: number; turn: number };
    return { text: letter, x, y, turn: upright(turn, steep) };
  });
}

/** A name around a sharp corner cannot be read. */
function bends(places: readonly { turn: number }[]): boolean {
  const turns = places.map((place) => flat(place.turn));
  const spread = Math.max(...turns) - Math.min(...turns);
  return Math.min(spread, Math.PI - spread) > 0.7;
}

function flat(turn: number): number {
  let found = turn;
  while (found > Math.PI / 2) found -= Math.PI;
  while (found <= -Math.PI / 2) found += Math.PI;
  return found;
}

function upright(turn: number, steep: boolean): number {
  const found = flat(turn);
  if (!steep) return found;
  return found > 0 ? found - Math.PI / 2 : found + Math.PI / 2;
}

function hasRoom(glyphs: Glyph[], { size }: Named, { width, height, boxes }: Frame): boolean {
  const half = size * 0.75;
  return glyphs.every(
    ({ x, y }) =>
      x > MARGIN_PX &&
      y > MARGIN_PX &&
      x < width - MARGIN_PX &&
      y < height - MARGIN_PX &&
      boxes.fits({ x, y, w: half, h: half }),
  );
}

/** A function from a distance along a line to the place and the direction there. */
function walker(line: Line): (along: number) => { x: number; y: number; turn: number } {
  const lengths = [0];
  for (let at = 1; at < line.length; at++) {
    const [from, to] = [line[at - 1] as Point, line[at] as Point];
    lengths.push((lengths[at - 1] ?? 0) + Math.hypot(to[0] - from[0], to[1] - from[1]));
  }
  return (wanted) => {
    let at = 1;
    while (at < lengths.length - 1 && (lengths[at] ?? 0) < wanted) at++;
    const [from, to] = [line[at - 1] as Point, line[at] as Point];
    const whole = (lengths[at] ?? 0) - (lengths[at - 1] ?? 0);
    const share = whole ? (wanted - (lengths[at - 1] ?? 0)) / whole : 0;
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    return { x: from[0] + dx * share, y: from[1] + dy * share, turn: Math.atan2(dy, dx) };
  };
}
