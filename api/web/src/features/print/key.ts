/** The legends of the page on a canvas: whatever the page shows, the picture shows too. */

import type { Shell } from "../../shell/shell.ts";

const LINE = 20;
const PAD = 10;
const WIDTH = 260;
const NARROW = 130;

/** Draw every legend upwards from a corner; the answer is where the highest one begins. */
export async function drawLegend(
  pen: CanvasRenderingContext2D,
  shell: Shell,
  x: number,
  bottom: number,
  font: string,
): Promise<number> {
  const stage = shell.city.map.getTargetElement()?.parentElement;
  let y = bottom;
  for (const legend of [...(stage?.querySelectorAll<HTMLElement>(".leg") ?? [])].reverse()) {
    y = (await one(pen, legend, x, y, font)) - 8;
  }
  return y;
}

async function one(
  pen: CanvasRenderingContext2D,
  legend: HTMLElement,
  x: number,
  bottom: number,
  font: string,
): Promise<number> {
  const ramp = [...legend.querySelectorAll<HTMLElement>(".ramp i")];
  const limits = [...legend.querySelectorAll<HTMLElement>(".ramp-l span")];
  const keys = [...legend.querySelectorAll<HTMLElement>(".state-key")];
  const head = legend.querySelector("b")?.textContent ?? "";
  const notes = [...legend.querySelectorAll<HTMLElement>(".dim")].map((note) => note.textContent);
  const said = notes.filter((note) => note);
  const lines = (head ? 1 : 0) + (ramp.length ? 1.8 : 0) + keys.length + said.length;
  const height = lines * LINE + 2 * PAD;
  const top = bottom - height;
  const wide = ramp.length || said.length ? WIDTH : NARROW;
  pen.fillStyle = "#FFFFFFF2";
  pen.fillRect(x, top, wide, height);
  pen.strokeStyle = "#E3E0D8";
  pen.strokeRect(x, top, wide, height);
  let y = top + PAD + 13;
  const write = (text: string, at: number, bold = false) => {
    pen.font = `${bold ? "700 " : ""}12px ${font}`;
    pen.fillStyle = "#1A1E25";
    pen.fillText(text, at, y, x + wide - PAD - at);
  };
  if (head) {
    write(head, x + PAD, true);
    y += LINE;
  }
  if (ramp.length) y = swatches(pen, ramp, limits, x, y, font);
  for (const key of keys) {
    await mark(pen, key.querySelector("svg"), x + PAD, y - 12);
    write(key.textContent ?? "", x + PAD + 22);
    y += LINE;
  }
  for (const note of said) {
    write(note ?? "", x + PAD);
    y += LINE;
  }
  return top;
}

function swatches(
  pen: CanvasRenderingContext2D,
  ramp: HTMLElement[],
  limits: HTMLElement[],
  x: number,
  y: number,
  font: string,
): number {
  const wide = (WIDTH - 2 * PAD) / ramp.length;
  ramp.forEach((swatch, at) => {
    pen.globalAlpha = Number(swatch.style.opacity || 1);
    pen.fillStyle = swatch.style.background || swatch.style.backgroundColor;
    pen.fillRect(x + PAD + at * wide, y - 10, wide, 10);
  });
  pen.globalAlpha = 1;
  pen.font = `11px ${font}`;
  pen.fillStyle = "#4A515D";
  limits.forEach((limit, at) => {
    pen.fillText(limit.textContent ?? "", x + PAD + at * wide, y + 14, wide);
  });
  return y + 1.8 * LINE;
}

/** A sign of the legend: its colours come from the page, so they are written into the copy. */
function mark(
  pen: CanvasRenderingContext2D,
  sign: SVGSVGElement | null,
  x: number,
  y: number,
): Promise<void> {
  if (!sign) return Promise.resolve();
  const copy = sign.cloneNode(true) as SVGSVGElement;
  const parts = [...sign.querySelectorAll("*")];
  [...copy.querySelectorAll<SVGElement>("*")].forEach((part, at) => {
    const from = parts[at];
    if (!from) return;
    const { fill, stroke, strokeWidth } = getComputedStyle(from);
    Object.assign(part.style, { fill, stroke, strokeWidth });
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const text = new XMLSerializer().serializeToString(copy);
  return new Promise((done) => {
    const image = new Image();
    image.onload = () => {
      pen.drawImage(image, x, y, 16, 16);
      done();
    };
    image.onerror = () => done();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  });
}
