/** All names of the map on one canvas: laid out when the view is at rest, moved with it meanwhile. */

import Layer from "ol/layer/Layer.js";
import type { FrameState } from "ol/Map.js";
import { layOut, type Placed, type Wanted } from "./layout.ts";

export const FONT =
  '"PingFang SC","Microsoft YaHei UI","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC","WenQuanYi Zen Hei","Segoe UI",sans-serif';
/** Names are laid out this far beyond the view, so that they are there when it is moved. */
const MARGIN_PX = 96;

export interface LabelColours {
  tones: Record<Placed["tone"], string>;
  halo: string;
}

interface Laid {
  /** Map coordinates of the top left corner of the canvas. */
  corner: [x: number, y: number];
  resolution: number;
}

export type Gathered = Omit<Wanted, "measure" | "width" | "height">;
type Gather = (pixel: (x: number, y: number) => [number, number], resolution: number) => Gathered;

export class LabelLayer extends Layer {
  private readonly canvas = document.createElement("canvas");
  private readonly box = document.createElement("div");
  private readonly pen = this.canvas.getContext("2d") as CanvasRenderingContext2D;
  private readonly widths = new Map<string, number>();
  private laid: Laid | null = null;
  /** What is shown, for tests and for those who cannot see it. */
  shown: Placed[] = [];
  private frame: FrameState | null = null;

  constructor(zIndex: number) {
    super({ zIndex });
    this.box.className = "ol-layer names";
    this.box.append(this.canvas);
    Object.assign(this.box.style, { position: "absolute", inset: "0", pointerEvents: "none" });
    Object.assign(this.canvas.style, {
      position: "absolute",
      left: "0",
      top: "0",
      transformOrigin: "0 0",
    });
  }

  override render(frame: FrameState | null): HTMLElement {
    this.frame = frame;
    if (frame && this.laid) {
      const { center, resolution } = frame.viewState;
      const [width = 0, height = 0] = frame.size;
      const scale = this.laid.resolution / resolution / frame.pixelRatio;
      const x = (this.laid.corner[0] - (center[0] ?? 0)) / resolution + width / 2;
      const y = ((center[1] ?? 0) - this.laid.corner[1]) / resolution + height / 2;
      this.canvas.style.transform = `matrix(${scale}, 0, 0, ${scale}, ${x}, ${y})`;
    }
    return this.box;
  }

  /** Lay all names out for a view at rest. */
  lay(gather: Gather, colours: LabelColours): void {
    const { frame } = this;
    if (!frame) return;
    const { center, resolution } = frame.viewState;
    const [wide = 0, high = 0] = frame.size;
    const [width, height] = [wide + 2 * MARGIN_PX, high + 2 * MARGIN_PX];
    const left = (center[0] ?? 0) - (width / 2) * resolution;
    const top = (center[1] ?? 0) + (height / 2) * resolution;
    const pixel = (x: number, y: number): [number, number] => [
      (x - left) / resolution,
      (top - y) / resolution,
    ];
    const measure = (text: string, size: number, bold: boolean) => this.measure(text, size, bold);
    this.shown = layOut({ ...gather(pixel, resolution), width, height, measure });
    this.laid = { corner: [left, top], resolution };
    this.draw(width, height, frame.pixelRatio, colours);
    this.changed();
  }

  private draw(width: number, height: number, ratio: number, colours: LabelColours): void {
    const { canvas, pen } = this;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.strokeStyle = colours.halo;
    for (const label of this.shown) {
      pen.font = `${label.italic ? "italic " : ""}${label.bold ? 700 : 400} ${label.size}px ${FONT}`;
      pen.fillStyle = colours.tones[label.tone];
      pen.lineWidth = label.halo;
      const each = (use: (text: string) => void) => {
        for (const glyph of label.glyphs) {
          const [cos, sin] = [Math.cos(glyph.turn) * ratio, Math.sin(glyph.turn) * ratio];
          pen.setTransform(cos, sin, -sin, cos, glyph.x * ratio, glyph.y * ratio);
          use(glyph.text);
        }
      };
      if (label.halo) each((text) => pen.strokeText(text, 0, 0));
      each((text) => pen.fillText(text, 0, 0));
    }
    pen.setTransform(1, 0, 0, 1, 0, 0);
  }

  private measure(text: string, size: number, bold: boolean): number {
    const key = `${size}${bold ? "b" : ""}${text}`;
    let width = this.widths.get(key);
    if (width === undefined) {
      this.pen.font = `${bold ? 700 : 400} ${size}px ${FONT}`;
      width = this.pen.measureText(text).width;
      if (this.widths.size > 20_000) this.widths.clear();
      this.widths.set(key, width);
    }
    return width;
  }
}
