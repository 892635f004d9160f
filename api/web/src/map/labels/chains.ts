/** Pieces of a street, cut by junctions and by the borders of tiles, joined end to end. */

export type Point = readonly [x: number, y: number];
export type Line = readonly Point[];

/** Tiles overlap by this much; two ends that are nearer are one place. */
const NEAR_PX = 20;
/** More rows of cells than a map of the largest zoom has: a number as a key is found much faster than a text. */
const SIDE = 16_777_216;

/** Join pieces of one street, the longest first; no name goes around a sharp corner. */
export function chains(pieces: readonly Line[]): Line[] {
  const lines = pieces.filter((piece) => piece.length > 1);
  const lengths = lines.map(lengthOf);
  const order = lines
    .map((_, at) => at)
    .sort((one, other) => (lengths[other] ?? 0) - (lengths[one] ?? 0));
  const ends = new Ends(lines);
  const used = new Set<number>();
  const found: Line[] = [];
  for (const seed of order) {
    if (used.has(seed)) continue;
    used.add(seed);
    const chain = [...(lines[seed] as Line)];
    grow(chain, lines, ends, used);
    chain.reverse();
    grow(chain, lines, ends, used);
    found.push(chain);
  }
  return found;
}

export function lengthOf(line: Line): number {
  let length = 0;
  for (let at = 1; at < line.length; at++) length += distance(line[at - 1], line[at]);
  return length;
}

/** Which lines begin or end near a point, without looking at all of them. */
class Ends {
  private readonly cells = new Map<number, number[]>();

  constructor(lines: readonly Line[]) {
    for (const [at, line] of lines.entries()) {
      for (const end of [line[0], line[line.length - 1]]) {
        if (!end) continue;
        const key = Ends.key(Math.floor(end[0] / NEAR_PX), Math.floor(end[1] / NEAR_PX));
        const held = this.cells.get(key);
        if (held) held.push(at);
        else this.cells.set(key, [at]);
      }
    }
  }

  near([x, y]: Point): number[] {
    const [column, row] = [Math.floor(x / NEAR_PX), Math.floor(y / NEAR_PX)];
    const found: number[] = [];
    for (let by = -1; by <= 1; by++)
      for (let down = -1; down <= 1; down++)
        for (const at of this.cells.get(Ends.key(column + by, row + down)) ?? []) found.push(at);
    return found;
  }

  private static key(column: number, row: number): number {
    return column * SIDE + row;
  }
}

/** Put pieces behind the end of a chain as long as one goes on from there. */
function grow(chain: Point[], lines: readonly Line[], ends: Ends, used: Set<number>): void {
  for (let grew = true; grew; ) {
    grew = false;
    for (const at of ends.near(chain[chain.length - 1] as Point)) {
      if (used.has(at)) continue;
      const more = ahead(chain, lines[at] as Line);
      if (!more) continue;
      used.add(at);
      chain.push(...more);
      grew = true;
      break;
    }
  }
}

/** The points of a piece that go on from the end of a chain; null when none do. */
function ahead(chain: readonly Point[], piece: Line): Point[] | null {
  const end = chain[chain.length - 1] as Point;
  const before = chain[chain.length - 2] as Point;
  const [dx, dy] = [end[0] - before[0], end[1] - before[1]];
  for (const line of [piece, [...piece].reverse()]) {
    if (distance(line[0], end) > NEAR_PX) continue;
    const more = line.filter(([x, y]) => (x - end[0]) * dx + (y - end[1]) * dy > 0);
    const last = more[more.length - 1];
    if (!last || distance(last, end) < NEAR_PX / 2) continue;
    const turn = (last[0] - end[0]) * dx + (last[1] - end[1]) * dy;
    if (turn < 0.5 * distance(last, end) * Math.hypot(dx, dy)) continue;
    return more;
  }
  return null;
}

function distance(one: Point | undefined, other: Point | undefined): number {
  return one && other ? Math.hypot(one[0] - other[0], one[1] - other[1]) : Number.POSITIVE_INFINITY;
}
