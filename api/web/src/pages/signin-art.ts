/** A made-up piece of a city: the product in one picture, a shared border caught while it moves. */

const COLUMNS = 13;
const ROWS = 11;
const SIDE_PX = 118;
const TURN = -0.14;
const RIVER = 7.4;

type Point = [x: number, y: number];
type Quad = [Point, Point, Point, Point];

/** Numbers that look like chance and are the same on every screen. */
function chance(column: number, row: number, salt: number): number {
  let mixed = Math.imul((column * 73856093) ^ (row * 19349663) ^ (salt * 83492791), 2246822519);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 3266489917);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296;
}

export function paintArt(box: HTMLElement): void {
  const canvas = document.createElement("canvas");
  box.append(canvas);
  const paint = () => draw(canvas, box.clientWidth, box.clientHeight);
  new ResizeObserver(paint).observe(box);
}

function draw(canvas: HTMLCanvasElement, width: number, height: number): void {
  const pen = canvas.getContext("2d");
  if (!pen || !width || !height) return;
  const ratio = Math.max(1, devicePixelRatio);
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  pen.scale(ratio, ratio);
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  pen.fillStyle = colour("--m-land");
  pen.fillRect(0, 0, width, height);
  pen.translate(width / 2, height / 2);
  pen.rotate(TURN);
  const scale = Math.max(width, height) / 980;
  pen.scale(scale, scale);
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) block(pen, colour, column, row);
  }
  water(pen, colour);
  borders(pen, colour);
  moving(pen, colour);
}

function corner(column: number, row: number): Point {
  const x = (column - COLUMNS / 2 + (chance(column, row, 1) - 0.5) * 0.34) * SIDE_PX;
  const bow = Math.sin(column / 3.1) * 14 + (row > RIVER ? 46 : 0);
  return [x, (row - ROWS / 2 + (chance(column, row, 2) - 0.5) * 0.26) * SIDE_PX * 0.92 + bow];
}

function quad(column: number, row: number): Quad {
  return [
    corner(column, row),
    corner(column + 1, row),
    corner(column + 1, row + 1),
    corner(column, row + 1),
  ];
}

function at([a, b, c, d]: Quad, u: number, v: number): Point {
  const mix = (k: 0 | 1) => (a[k] * (1 - u) + b[k] * u) * (1 - v) + (d[k] * (1 - u) + c[k] * u) * v;
  return [mix(0), mix(1)];
}

function trace(pen: CanvasRenderingContext2D, points: readonly Point[], close = true): void {
  pen.beginPath();
  for (const [index, [x, y]] of points.entries()) index ? pen.lineTo(x, y) : pen.moveTo(x, y);
  if (close) pen.closePath();
}

/** A block: its colour, lanes as light strips, houses in rows along them. */
function block(
  pen: CanvasRenderingContext2D,
  colour: (name: string) => string,
  column: number,
  row: number,
): void {
  const shape = quad(column, row);
  const hue = 1 + ((column * 2 + row * 3 + (chance(column >> 1, row, 3) > 0.6 ? 1 : 0)) % 5);
  trace(pen, shape);
  pen.globalAlpha = 0.62;
  pen.fillStyle = chance(column, row, 4) > 0.94 ? colour("--m-green") : colour(`--n${hue}`);
  pen.fill();
  pen.globalAlpha = 1;
  const lane = 0.35 + chance(column, row, 5) * 0.3;
  pen.strokeStyle = colour("--m-land");
  pen.lineWidth = 5;
  trace(
    pen,
    chance(column, row, 6) > 0.5
      ? [at(shape, lane, 0), at(shape, lane, 1)]
      : [at(shape, 0, lane), at(shape, 1, lane)],
    false,
  );
  pen.stroke();
  pen.fillStyle = colour("--ink");
  pen.globalAlpha = 0.09;
  const rows = 3 + Math.floor(chance(column, row, 7) * 2);
  for (let line = 0; line < rows; line++) {
    for (let house = 0; house < 4; house++) {
      const [u, v] = [0.1 + house * 0.21, 0.1 + (line * 0.82) / rows];
      if (Math.abs(u + 0.08 - lane) < 0.1 || chance(house + column * 9, line + row * 9, 8) < 0.12)
        continue;
      trace(pen, [
        at(shape, u, v),
        at(shape, u + 0.15, v),
        at(shape, u + 0.15, v + 0.1),
        at(shape, u, v + 0.1),
      ]);
      pen.fill();
    }
  }
  pen.globalAlpha = 1;
}

function water(pen: CanvasRenderingContext2D, colour: (name: string) => string): void {
  const line: Point[] = [];
  for (let column = -1; column <= COLUMNS + 1; column++) {
    const [x, y] = corner(column, Math.round(RIVER));
    line.push([x, (y + corner(column, Math.round(RIVER) + 1)[1]) / 2 - 18]);
  }
  for (const [name, width] of [
    ["--m-bank", 98],
    ["--m-water", 94],
  ] as const) {
    pen.beginPath();
    pen.moveTo(...(line[0] as Point));
    for (let index = 1; index < line.length - 1; index++) {
      const [x, y] = line[index] as Point;
      const [nx, ny] = line[index + 1] as Point;
      pen.quadraticCurveTo(x, y, (x + nx) / 2, (y + ny) / 2);
    }
    pen.strokeStyle = colour(name);
    pen.lineWidth = width;
    pen.stroke();
  }
}

/** Streets between the blocks with the border of the grids on them; some blocks are one grid. */
function borders(pen: CanvasRenderingContext2D, colour: (name: string) => string): void {
  const wet = (row: number) => row === Math.round(RIVER);
  for (const [width, name] of [
    [9, "--m-st2"],
    [1.3, "--ink2"],
  ] as const) {
    pen.lineWidth = width;
    pen.strokeStyle = colour(name);
    pen.lineJoin = "round";
    for (let row = 0; row <= ROWS; row++) {
      for (let column = 0; column <= COLUMNS; column++) {
        const [here, east, south] = [
          corner(column, row),
          corner(column + 1, row),
          corner(column, row + 1),
        ];
        trace(pen, [here, east], false);
        if (!wet(row + 1) || width < 2) pen.stroke();
        trace(pen, [here, south], false);
        if (!wet(row) && chance(column, row, 9) > 0.16) pen.stroke();
      }
    }
  }
}

/** One border on its way from where it was: hatched ground, handles at its vertices. */
function moving(pen: CanvasRenderingContext2D, colour: (name: string) => string): void {
  const shape = quad(7, 4);
  const moved: Quad = [
    at(shape, 0.08, 0),
    at(shape, 0.6, 0.02),
    at(shape, 0.56, 0.62),
    at(shape, 0.02, 0.56),
  ];
  pen.save();
  trace(pen, moved);
  pen.clip();
  pen.strokeStyle = colour("--accent");
  pen.globalAlpha = 0.4;
  pen.lineWidth = 2;
  for (let x = -900; x < 900; x += 8) {
    trace(
      pen,
      [
        [x, 600],
        [x + 1200, -600],
      ],
      false,
    );
    pen.stroke();
  }
  pen.restore();
  const line: Point[] = [
    at(shape, 0, 0.98),
    at(shape, 0.02, 0.56),
    at(shape, 0.08, 0),
    at(shape, 0.6, 0.02),
    at(shape, 0.56, 0.62),
    at(shape, 1, 0.66),
  ];
  pen.setLineDash([6, 5]);
  pen.lineWidth = 1.8;
  pen.strokeStyle = colour("--ink");
  trace(pen, [at(shape, 0.02, 0.56), at(shape, 0.56, 0.62)], false);
  pen.stroke();
  pen.setLineDash([]);
  for (const [width, name] of [
    [8, "--surface"],
    [4.5, "--accent"],
  ] as const) {
    pen.lineWidth = width;
    pen.strokeStyle = colour(name);
    trace(pen, line, false);
    pen.stroke();
  }
  for (const [x, y] of line) {
    pen.beginPath();
    pen.arc(x, y, 5, 0, 7);
    pen.fillStyle = colour("--surface");
    pen.fill();
    pen.lineWidth = 2.2;
    pen.stroke();
  }
}
