/** Lines, grounds and handles drawn over the map, in its coordinates. */

import type { Point, Shape } from "./shapes.ts";

export interface Line {
  color: string;
  width: number;
  dash?: number[];
}

export class Pen {
  readonly ctx: CanvasRenderingContext2D;
  /** CSS pixels of the map's corner and scale. */
  private readonly west: number;
  private readonly north: number;
  private readonly scale: number;

  constructor(ctx: CanvasRenderingContext2D, west: number, north: number, scale: number) {
    this.ctx = ctx;
    this.west = west;
    this.north = north;
    this.scale = scale;
  }

  pixel([x, y]: Point): Point {
    return [(x - this.west) * this.scale, (this.north - y) * this.scale];
  }

  line(points: readonly Point[], ...lines: Line[]): void {
    this.path([points], false);
    this.stroke(lines);
  }

  outline(shape: Shape, ...lines: Line[]): void {
    this.path(shape.flat(), true);
    this.stroke(lines);
  }

  /** Thin lines of very many shapes, in one go. */
  outlines(shapes: readonly Shape[], line: Line): void {
    this.path(shapes.flat(2), true);
    this.stroke([line]);
  }

  fill(shape: Shape, color: string): void {
    this.path(shape.flat(), true);
    this.ctx.fillStyle = color;
    this.ctx.fill("evenodd");
  }

  /** Slanted lines, `gap` pixels apart. */
  hatch(shape: Shape, color: string, gap = 8, width = 2): void {
    const { ctx } = this;
    ctx.save();
    this.path(shape.flat(), true);
    ctx.clip("evenodd");
    const [left, top, right, bottom] = this.bounds(shape);
    ctx.beginPath();
    const tall = bottom - top;
    for (let x = Math.floor((left - tall) / gap) * gap; x < right; x += gap) {
      ctx.moveTo(x, bottom);
      ctx.lineTo(x + tall, top);
    }
    ctx.strokeStyle = color;
    ctx.lineWidth = width;
    ctx.stroke();
    ctx.restore();
  }

  /** A corner that can be held: a white square. */
  handle(at: Point, color: string): void {
    const [x, y] = this.pixel(at);
    this.ctx.fillStyle = "#fff";
    this.ctx.strokeStyle = color;
    this.ctx.lineWidth = 2;
    this.ctx.fillRect(x - 4.5, y - 4.5, 9, 9);
    this.ctx.strokeRect(x - 4.5, y - 4.5, 9, 9);
  }

  dot(at: Point, radius: number, color: string, ring = "#fff"): void {
    const [x, y] = this.pixel(at);
    this.ctx.beginPath();
    this.ctx.arc(x, y, radius, 0, 2 * Math.PI);
    this.ctx.fillStyle = color;
    this.ctx.fill();
    this.ctx.strokeStyle = ring;
    this.ctx.lineWidth = 3;
    this.ctx.stroke();
  }

  private stroke(lines: readonly Line[]): void {
    for (const { color, width, dash } of lines) {
      this.ctx.strokeStyle = color;
      this.ctx.lineWidth = width;
      this.ctx.setLineDash(dash ?? []);
      this.ctx.lineCap = dash ? "butt" : "round";
      this.ctx.stroke();
    }
    this.ctx.setLineDash([]);
  }

  private path(lines: readonly (readonly Point[])[], closed: boolean): void {
    const { ctx } = this;
    ctx.lineJoin = "round";
    ctx.beginPath();
    for (const line of lines) {
      line.forEach((point, at) => {
        const [x, y] = this.pixel(point);
        if (at) ctx.lineTo(x, y);
        else ctx.moveTo(x, y);
      });
      if (closed) ctx.closePath();
    }
  }

  private bounds(shape: Shape): [number, number, number, number] {
    const { canvas } = this.ctx;
    let [left, top, right, bottom] = [canvas.width, canvas.height, 0, 0];
    for (const point of shape.flat(2)) {
      const [x, y] = this.pixel(point);
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x);
      bottom = Math.max(bottom, y);
    }
    return [
      Math.max(0, left),
      Math.max(0, top),
      Math.min(canvas.width, right),
      Math.min(canvas.height, bottom),
    ];
  }
}
