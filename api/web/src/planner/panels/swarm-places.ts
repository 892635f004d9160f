/** Where the dots of a beeswarm stand: at their value, moved aside only as far as they would touch. */

export interface Dot {
  readonly key: string;
  readonly value: number;
}

export interface Placed extends Dot {
  readonly x: number;
  /** Steps from the middle line: 0, 1, −1, 2, −2, … */
  readonly lane: number;
}

export type Scale = (value: number) => number;

/** A straight scale from values to pixels. */
export function scaleOf(low: number, high: number, from: number, to: number): Scale {
  const span = high - low || 1;
  return (value) => from + ((value - low) / span) * (to - from);
}

/** Place dots so that no two of a lane are nearer than `apart` pixels. */
export function placeDots(dots: readonly Dot[], scale: Scale, apart: number): Placed[] {
  const lastOf = new Map<number, number>();
  const sorted = [...dots].sort((one, other) => one.value - other.value);
  return sorted.map((dot) => {
    const x = scale(dot.value);
    let lane = 0;
    while (x - (lastOf.get(lane) ?? Number.NEGATIVE_INFINITY) < apart) {
      lane = lane > 0 ? -lane : 1 - lane;
    }
    lastOf.set(lane, x);
    return { ...dot, x, lane };
  });
}

/** Round numbers between two values, about as many as wanted. */
export function ticksOf(low: number, high: number, wanted = 5): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const raw = span / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((one) => one * power >= raw) ?? 10) * power;
  const found: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9; at++) found.push(at * step);
  return found;
}

/** How many values lie in each of some bins of the same width. */
export function binned(values: readonly number[], low: number, high: number, bins: number) {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const at = Math.min(bins - 1, Math.floor(((value - low) / (high - low || 1)) * bins));
    counts[Math.max(0, at)] = (counts[Math.max(0, at)] ?? 0) + 1;
  }
  return counts;
}
