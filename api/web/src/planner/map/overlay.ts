/**
 * What is drawn over the map, on two canvases of its own: what stays, and over it what moves.
 *
 * While something is dragged only the upper one is drawn, in the frame of the event: the map and
 * what stays are as they were, so a frame costs the same with ten grids and with thirteen thousand.
 */

import type OlMap from "ol/Map.js";
import { Pen } from "./pen.ts";

export type Draw = (pen: Pen) => void;

/** Names of what does not follow the pointer. */
const STILL: ReadonlySet<string> = new Set(["locks", "blocks", "picked", "broken"]);

export interface Overlay {
  /** What is drawn under a name; null takes it away. Drawn by the next `render`. */
  set(name: string, draw: Draw | null): void;
  /** Draw at once what moves, and what was set. */
  render(): void;
  /** Draw everything: what stays would look otherwise now. */
  refresh(): void;
}

export function mountOverlay(map: OlMap): Overlay {
  const [still, moving] = [makeSheet(map), makeSheet(map)];
  let isStale = true;
  const render = () => {
    if (isStale) still.draw();
    isStale = false;
    moving.draw();
  };
  const refresh = () => {
    isStale = true;
    render();
  };
  map.on("postrender", refresh);
  return {
    set(name, draw) {
      const isStill = STILL.has(name);
      const { draws } = isStill ? still : moving;
      isStale ||= isStill;
      draws.delete(name);
      if (draw) draws.set(name, draw);
    },
    render,
    refresh,
  };
}

function makeSheet(map: OlMap) {
  const canvas = document.createElement("canvas");
  canvas.className = "plan-overlay";
  map.getTargetElement()?.append(canvas);
  const ctx = canvas.getContext("2d") as CanvasRenderingContext2D;
  const draws = new Map<string, Draw>();
  let isClear = false;

  const draw = () => {
    if (isClear && !draws.size) return;
    const [width = 0, height = 0] = map.getSize() ?? [];
    const ratio = Math.min(2, Math.max(1, devicePixelRatio));
    fit(canvas, width, height, ratio);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    const view = map.getView();
    const [x = 0, y = 0] = view.getCenter() ?? [];
    const resolution = view.getResolution() ?? 1;
    const [west, north] = [x - (width / 2) * resolution, y + (height / 2) * resolution];
    const pen = new Pen(ctx, west, north, 1 / resolution);
    for (const one of draws.values()) one(pen);
    isClear = !draws.size;
  };
  return { draws, draw };
}

/** A canvas that is given its size again is cleared: only when the map has another one. */
function fit(canvas: HTMLCanvasElement, width: number, height: number, ratio: number): void {
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width === w && canvas.height === h) return;
  canvas.width = w;
  canvas.height = h;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}
