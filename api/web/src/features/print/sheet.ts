/** A sheet: title, map, legend, scale, north, source, generation, date and page on one canvas. */

import type { Shell } from "../../shell/shell.ts";
import type { FeatureWords } from "../words/index.ts";
import { drawLegend } from "./key.ts";
import { pictureOf, SCALE } from "./picture.ts";
import type { Size } from "./sizes.ts";

const FONT =
  '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Zen Hei","Segoe UI",sans-serif';
const MARGIN = 24;
const HEAD = 56;
const FOOT = 44;
const INK = "#1A1E25";
const GREY = "#4A515D";

/** Everything below is in pixels of the screen; the canvas has `SCALE` times as many. */
export async function sheetOf(
  shell: Shell,
  words: FeatureWords,
  size: Size,
  title: string,
  now: Date,
): Promise<HTMLCanvasElement> {
  const wide = size.width / SCALE;
  const high = size.height / SCALE;
  const map = { x: MARGIN, y: HEAD, width: wide - 2 * MARGIN, height: high - HEAD - FOOT };
  const resolution = await onPaper(shell, () => resolutionWhile(shell, map.width, map.height));
  const sheet = document.createElement("canvas");
  sheet.width = size.width;
  sheet.height = size.height;
  const pen = sheet.getContext("2d");
  if (!pen) throw new Error("this browser has no canvas");
  pen.scale(SCALE, SCALE);
  pen.fillStyle = "#FFFFFF";
  pen.fillRect(0, 0, wide, high);
  pen.drawImage(resolution.picture, map.x, map.y, map.width, map.height);
  pen.strokeStyle = "#CDC9BF";
  pen.lineWidth = 1;
  pen.strokeRect(map.x, map.y, map.width, map.height);
  write(pen, title, MARGIN, 37, `700 20px ${FONT}`, INK, map.width);
  north(pen, words.print.north, map.x + map.width - 28, map.y + 34);
  await drawLegend(pen, shell, map.x + 12, map.y + map.height - 12, FONT);
  foot(pen, shell, words, { wide, high, metresPerPixel: resolution.metresPerPixel, now });
  return sheet;
}

/** Paper is white: a dark page is drawn in the light theme, and is dark again afterwards. */
async function onPaper<T>({ theme }: Shell, draw: () => Promise<T>): Promise<T> {
  const before = theme.get();
  if (before === "light") return draw();
  theme.set("light");
  try {
    return await draw();
  } finally {
    theme.set(before);
  }
}

async function resolutionWhile(shell: Shell, width: number, height: number) {
  const { map } = shell.city;
  const view = map.getView();
  let resolution = view.getResolution() ?? 1;
  const seen = () => {
    resolution = view.getResolution() ?? resolution;
  };
  map.on("rendercomplete", seen);
  try {
    const picture = await pictureOf(map, Math.round(width * SCALE), Math.round(height * SCALE));
    const shrink = Math.cos((shell.city.centre().lat * Math.PI) / 180);
    return { picture, metresPerPixel: resolution * shrink };
  } finally {
    map.un("rendercomplete", seen);
  }
}

interface Foot {
  wide: number;
  high: number;
  metresPerPixel: number;
  now: Date;
}

function foot(pen: CanvasRenderingContext2D, shell: Shell, words: FeatureWords, at: Foot): void {
  const { city } = shell.city;
  const base = at.high - 17;
  const length = scaleBar(pen, shell, at.metresPerPixel, MARGIN, base);
  const generation = city.generation
    ? words.print.generation(city.generation.number, city.generation.name)
    : shell.t.shell.noGeneration;
  const date = at.now.toLocaleString(shell.lang === "en" ? "en-GB" : "zh-CN", {
    timeZone: "Asia/Shanghai",
    dateStyle: "medium",
    timeStyle: "short",
    hour12: false,
  });
  const facts = [words.print.source, generation, date, words.print.page(1, 1)];
  const room = at.wide - 2 * MARGIN - length - 24;
  pen.textAlign = "right";
  write(pen, facts.join("　"), at.wide - MARGIN, base, `12px ${FONT}`, GREY, room);
  pen.textAlign = "left";
}

function write(
  pen: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  font: string,
  ink: string,
  most: number,
): void {
  pen.font = font;
  pen.fillStyle = ink;
  pen.fillText(shortened(pen, text, most), x, y, most);
}

/** A text that is too long ends in an ellipsis; it is never squeezed. */
function shortened(pen: CanvasRenderingContext2D, text: string, most: number): string {
  const glyphs = [...text.slice(0, 400)];
  if (glyphs.length === text.length && pen.measureText(text).width <= most) return text;
  while (glyphs.length && pen.measureText(`${glyphs.join("")}…`).width > most) glyphs.pop();
  return `${glyphs.join("")}…`;
}

function north(pen: CanvasRenderingContext2D, word: string, x: number, y: number): void {
  pen.beginPath();
  pen.arc(x, y, 18, 0, 7);
  pen.fillStyle = "#FFFFFFE6";
  pen.fill();
  pen.beginPath();
  pen.moveTo(x, y - 13);
  pen.lineTo(x + 6, y + 3);
  pen.lineTo(x, y - 1);
  pen.lineTo(x - 6, y + 3);
  pen.closePath();
  pen.fillStyle = INK;
  pen.fill();
  pen.textAlign = "center";
  write(pen, word, x, y + 14, `700 11px ${FONT}`, INK, 30);
  pen.textAlign = "left";
}

function scaleBar(
  pen: CanvasRenderingContext2D,
  shell: Shell,
  metresPerPixel: number,
  x: number,
  y: number,
): number {
  const most = 150 * metresPerPixel;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = ([5, 3, 2, 1].find((one) => one * power <= most) ?? 1) * power;
  const length = metres / metresPerPixel;
  const words = shell.t.map;
  const text = metres >= 1000 ? words.kilometres(metres / 1000) : words.metres(metres);
  pen.beginPath();
  pen.moveTo(x, y - 8);
  pen.lineTo(x, y - 2);
  pen.lineTo(x + length, y - 2);
  pen.lineTo(x + length, y - 8);
  pen.lineWidth = 1.5;
  pen.strokeStyle = GREY;
  pen.stroke();
  write(pen, text, x + length + 10, y, `12px ${FONT}`, GREY, 100);
  return length + 10 + pen.measureText(text).width;
}
