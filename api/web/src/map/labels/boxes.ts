/** Room on the screen: what was placed first keeps it. */

const CELL_PX = 64;
/** More rows than a screen has; a number as a key is found much faster than a text. */
const SIDE = 65_536;

export interface Box {
  x: number;
  y: number;
  /** Half of its width and of its height, pixels. */
  w: number;
  h: number;
}

export class Boxes {
  private readonly cells = new Map<number, Box[]>();

  /** Whether a box touches none that was added before. */
  fits(box: Box): boolean {
    let free = true;
    this.eachCell(box, (key) => {
      for (const other of this.cells.get(key) ?? []) {
        if (
          Math.abs(other.x - box.x) < other.w + box.w &&
          Math.abs(other.y - box.y) < other.h + box.h
        )
          free = false;
      }
    });
    return free;
  }

  add(box: Box): void {
    this.eachCell(box, (key) => {
      const held = this.cells.get(key);
      if (held) held.push(box);
      else this.cells.set(key, [box]);
    });
  }

  private eachCell({ x, y, w, h }: Box, use: (key: number) => void): void {
    for (
      let column = Math.floor((x - w) / CELL_PX);
      column <= Math.floor((x + w) / CELL_PX);
      column++
    )
      for (let row = Math.floor((y - h) / CELL_PX); row <= Math.floor((y + h) / CELL_PX); row++)
        use(column * SIDE + row);
  }
}
