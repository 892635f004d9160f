/** Figures as the planner reads them (LOOK §8): minus is −, a change carries its sign. */

import { count } from "../../i18n/format.ts";
import { DAYS_A_YEAR } from "../work.ts";

/** Minutes a day of minutes a year: the formula counts years, planners think in days. */
export function perDay(minutesAYear: number | null | undefined): number | null {
  return typeof minutesAYear === "number" ? minutesAYear / DAYS_A_YEAR : null;
}

/** A number with some decimals, or what stands for "no data". */
export function fixed(value: number | null | undefined, decimals: number, none = "–"): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return none;
  const text = Math.abs(value).toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** A share with its sign, whole percents: +4%, −25%, ±0%. */
export function signedPercent(share: number | null | undefined, decimals = 0): string {
  if (typeof share !== "number" || !Number.isFinite(share)) return "";
  return `${signed(share * 100, decimals)}%`;
}

export function signed(value: number, decimals = 0): string {
  const size = fixed(Math.abs(value), decimals);
  if (!/[1-9]/.test(size)) return `±${size}`;
  return (value > 0 ? "+" : "−") + size;
}

export function share(value: number | null | undefined, decimals = 0): string {
  return typeof value === "number" ? `${fixed(value * 100, decimals)}%` : "–";
}

/** Hectares of square metres. */
export function hectares(areaM2: number): string {
  return fixed(areaM2 / 10_000, 1);
}

export { count };
