/** Sizes of paper and screens, in pixels of the picture. */

export type SizeName = "a4l" | "a4p" | "a3l" | "a3p" | "hd" | "own";

export interface Size {
  width: number;
  height: number;
  /** For the rule of the page when it is printed. */
  paper: string | null;
}

/** 150 pixels to the inch: sharp on an office printer, and every browser can make such a canvas. */
export const SIZES: Record<Exclude<SizeName, "own">, Size> = {
  a4l: { width: 1754, height: 1240, paper: "A4 landscape" },
  a4p: { width: 1240, height: 1754, paper: "A4 portrait" },
  a3l: { width: 2480, height: 1754, paper: "A3 landscape" },
  a3p: { width: 1754, height: 2480, paper: "A3 portrait" },
  hd: { width: 1920, height: 1080, paper: null },
};

export const LEAST_PX = 400;
export const MOST_PX = 5000;

export function fits(pixels: number): boolean {
  return Number.isInteger(pixels) && pixels >= LEAST_PX && pixels <= MOST_PX;
}
