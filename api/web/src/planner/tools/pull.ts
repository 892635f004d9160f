/** A shared border that is pulled at one place: where it runs then, and which ground changes sides. */

import type { Network, Snap } from "../map/network.ts";
import { distance, nearestOn, type Point, type Shape } from "../map/shapes.ts";

/** Where a border is held: so far along it, between the corner `before` and the next one. */
export interface Grip {
  line: readonly Point[];
  /** Length from the first corner to each corner. */
  arcs: readonly number[];
  arc: number;
  at: Point;
}

export interface Pulled {
  /** The new run, from the place where it leaves the old border to where it comes back. */
  path: Point[];
  /** The old run between the same places. */
  old: Point[];
  /** The ground between them. */
  moved: Shape;
  /** Corners of the new run, to be shown as handles. */
  corners: Point[];
  held: Point;
  /** Whether the new run follows lines of the map all the way. */
  traced: boolean;
}

/** How much longer than straight a way along lines may be. */
const DETOUR = 4;
/** A border is pulled out as wide as this share of how far it is pulled. */
const WIDTH = 0.75;

export function gripAt(line: readonly Point[], at: Point, corner: number): Grip {
  const arcs = [0];
  for (let next = 1; next < line.length; next++)
    arcs.push((arcs[next - 1] ?? 0) + distance(line[next - 1] as Point, line[next] as Point));
  let best = { far: Infinity, arc: 0, at };
  for (let piece = 0; piece + 1 < line.length; piece++) {
    const [from, to] = [line[piece] as Point, line[piece + 1] as Point];
    const { at: spot, share } = nearestOn(at, from, to);
    const far = distance(spot, at);
    if (far < best.far)
      best = { far, at: spot, arc: (arcs[piece] ?? 0) + share * distance(from, to) };
  }
  line.forEach((one, number) => {
    const isEnd = number === 0 || number === line.length - 1;
    if (!isEnd && distance(one, at) <= corner) {
      const far = distance(one, at);
      best = { far, at: one, arc: arcs[number] ?? 0 };
    }
  });
  return { line, arcs, arc: best.arc, at: best.at };
}

export function pull(grip: Grip, to: Point, snap: Snap | null, network: Network): Pulled | null {
  const traced = snap ? trace(grip, snap, network) : null;
  return traced ?? tent(grip, snap?.at ?? to);
}

function tent(grip: Grip, to: Point): Pulled | null {
  const { arcs, arc } = grip;
  const far = distance(grip.at, to);
  if (far === 0) return null;
  const whole = arcs.at(-1) ?? 0;
  const before = arcs.filter((one) => one < arc - 1e-9).at(-1) ?? 0;
  const after = arcs.find((one) => one > arc + 1e-9) ?? whole;
  const left = Math.max(0, Math.min(before, arc - WIDTH * far));
  const right = Math.min(whole, Math.max(after, arc + WIDTH * far));
  const path = [placeAt(grip, left), to, placeAt(grip, right)];
  return made(grip, left, right, path, [to], to, false);
}

function trace(grip: Grip, snap: Snap, network: Network): Pulled | null {
  const numbers = grip.line.map((point) => network.corner(point));
  const [lefts, rights, all] = [new Set<number>(), new Set<number>(), new Set<number>()];
  const arcOf = new Map<number, number>();
  numbers.forEach((number, at) => {
    if (number === undefined) return;
    const arc = grip.arcs[at] ?? 0;
    all.add(number);
    arcOf.set(number, arc);
    if (arc < grip.arc - 1e-9) lefts.add(number);
    else if (arc > grip.arc + 1e-9) rights.add(number);
  });
  if (snap.ends.every((end) => all.has(end))) return null; // on the old border itself
  const without = (goals: ReadonlySet<number>, more: readonly number[] = []) =>
    new Set([...all].filter((one) => !goals.has(one)).concat(more));
  const shut = (corners: readonly number[]) =>
    corners.filter((one) => !snap.ends.includes(one) || snap.ends.length > 1);
  const left = network.way(snap, lefts, without(lefts));
  const right = left && network.way(snap, rights, without(rights, shut(left.corners)));
  if (!left || !right) return null;
  const straight = distance(grip.at, snap.at) + 1;
  if (left.length + right.length > 2 * DETOUR * straight) return null;
  const [from, until] = [
    arcOf.get(left.corners.at(-1) ?? -1),
    arcOf.get(right.corners.at(-1) ?? -1),
  ];
  if (from === undefined || until === undefined) return null;
  const path = [...left.points.reverse(), ...right.points.slice(1)];
  const corners = path.slice(1, -1).filter((point) => point !== snap.at);
  return made(grip, from, until, tidy(path), corners, snap.at, true);
}

function made(
  grip: Grip,
  left: number,
  right: number,
  path: Point[],
  corners: Point[],
  held: Point,
  traced: boolean,
): Pulled {
  const between = grip.line.filter((_, at) => {
    const arc = grip.arcs[at] ?? 0;
    return arc > left && arc < right;
  });
  const old = [placeAt(grip, left), ...between, placeAt(grip, right)];
  const moved: Shape = [[[...old, ...[...path].reverse()]]];
  return { path, old, moved, corners, held, traced };
}

function placeAt({ line, arcs }: Grip, arc: number): Point {
  const next = Math.max(
    1,
    arcs.findIndex((one) => one >= arc),
  );
  const [from, to] = [line[next - 1] as Point, line[next] as Point];
  const [start = 0, end = 0] = [arcs[next - 1], arcs[next]];
  const share = end > start ? (arc - start) / (end - start) : 0;
  return share <= 0 ? from : share >= 1 ? to : between(from, to, share);
}

function between(from: Point, to: Point, share: number): Point {
  return [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
}

function tidy(path: Point[]): Point[] {
  return path.filter((point, at) => at === 0 || distance(point, path[at - 1] as Point) > 0);
}
