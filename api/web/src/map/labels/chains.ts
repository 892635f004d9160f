/** Pieces of a street, cut by junctions and by the borders of tiles, joined end to end. */

export type Point = readonly [x: number, y: number];
export type Line = readonly Point[];

/** Tiles overlap by this much; two ends that are nearer are one place. */
const NEAR_PX = 20;

/** Join pieces of one street, the longest first; pieces that add nothing are left out. */
export function chains(pieces: readonly Line[]): Line[] {
  const left = pieces
    .filter((piece) => piece.length > 1)
    .map((line) => ({ line, length: lengthOf(line) }))
    .sort((one, other) => other.length - one.length)
    .map((one) => one.line);
  const found: Line[] = [];
  while (left.length) {
    let chain = left.shift() as Line;
    for (let grew = true; grew; ) {
      grew = false;
      for (let at = 0; at < left.length; at++) {
        const piece = left[at] as Line;
        const longer = joined(chain, piece) ?? reversedJoin(chain, piece);
        if (!longer && !isInside(chain, piece)) continue;
        left.splice(at--, 1);
        if (longer) {
          chain = longer;
          grew = true;
        }
      }
    }
    found.push(chain);
  }
  return found;
}

export function lengthOf(line: Line): number {
  let length = 0;
  for (let at = 1; at < line.length; at++) length += distance(line[at - 1], line[at]);
  return length;
}

function reversedJoin(chain: Line, piece: Line): Line | null {
  const turned = joined([...chain].reverse(), piece);
  return turned ? [...turned].reverse() : null;
}

/** The chain with a piece behind its end, when the piece begins or ends there and goes on. */
function joined(chain: Line, piece: Line): Line | null {
  const end = chain[chain.length - 1] as Point;
  const before = chain[chain.length - 2] as Point;
  for (const line of [piece, [...piece].reverse()]) {
    if (distance(line[0], end) > NEAR_PX) continue;
    const [dx, dy] = [end[0] - before[0], end[1] - before[1]];
    const ahead = line.filter(([x, y]) => (x - end[0]) * dx + (y - end[1]) * dy > 0);
    const first = ahead[0];
    const last = ahead[ahead.length - 1];
    if (!first || !last || distance(last, end) < NEAR_PX / 2) continue;
    const turn = (last[0] - end[0]) * dx + (last[1] - end[1]) * dy;
    if (turn < 0.5 * distance(last, end) * Math.hypot(dx, dy)) continue; // no name around a corner
    return [...chain, ...ahead];
  }
  return null;
}

/** Whether both ends of a piece lie on a chain: the same piece of another tile. */
function isInside(chain: Line, piece: Line): boolean {
  const ends = [piece[0] as Point, piece[piece.length - 1] as Point];
  return ends.every((end) => away(chain, end) < 3);
}

function away(line: Line, [x, y]: Point): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 1; at < line.length; at++) {
    const [[ax, ay], [bx, by]] = [line[at - 1] as Point, line[at] as Point];
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.min(
      1,
      Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)),
    );
    least = Math.min(least, Math.hypot(x - ax - along * dx, y - ay - along * dy));
  }
  return least;
}

function distance(one: Point | undefined, other: Point | undefined): number {
  return one && other ? Math.hypot(one[0] - other[0], one[1] - other[1]) : Number.POSITIVE_INFINITY;
}
