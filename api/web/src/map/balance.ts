/** How far a ground grid is from the mean, in fixed classes, so that two maps can be compared. */

import type { FeatureLike } from "ol/Feature.js";
import { number, type Scene } from "./style/paint.ts";

/** Limits of the classes, shares of the mean. */
export const LIMITS = [-0.2, -0.13, -0.05, 0.05, 0.13, 0.2] as const;

export interface Balance {
  /** Share by which a grid lies above the mean; null where nobody lives or nobody counted. */
  deviation(feature: FeatureLike): number | null;
  colour(feature: FeatureLike, scene: Scene): string | null;
  readonly mean: number;
}

export function makeBalance(mean: number): Balance {
  const deviation = (feature: FeatureLike) => {
    const households = number(feature, "households");
    return !households || mean <= 0 ? null : households / mean - 1;
  };
  return {
    mean,
    deviation,
    colour(feature, scene) {
      const share = deviation(feature);
      return share === null ? null : (scene.colours.balance[classOf(share)] ?? null);
    },
  };
}

export function classOf(share: number): number {
  return LIMITS.filter((limit) => share >= limit).length;
}

/** Change with its sign: +9%, −14%, ±0%. */
export function signed(share: number): string {
  const percent = Math.round(share * 100);
  if (percent === 0) return "±0%";
  return `${percent > 0 ? "+" : "−"}${Math.abs(percent)}%`;
}
