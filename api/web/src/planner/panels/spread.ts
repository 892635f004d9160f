/** How evenly something is spread over grids; the same figures as `gis_grid.plan.metrics.spread`. */

export interface Spread {
  count: number;
  mean: number | null;
  /** Largest to smallest; null when the smallest is 0. */
  ratio: number | null;
  /** Standard deviation over mean. */
  cv: number | null;
  gini: number | null;
  p90_p10: number | null;
}

export type SpreadName = "ratio" | "cv" | "gini" | "p90_p10";
export const SPREADS: readonly SpreadName[] = ["ratio", "cv", "gini", "p90_p10"];

/** Measure; what is not known is left out. */
export function spreadOf(values: Iterable<number | null | undefined>): Spread {
  const known = [...values].filter((one): one is number => typeof one === "number");
  known.sort((one, other) => one - other);
  const n = known.length;
  const total = known.reduce((sum, one) => sum + one, 0);
  const mean = n ? total / n : null;
  if (mean === null || total <= 0) {
    return { count: n, mean, ratio: null, cv: null, gini: null, p90_p10: null };
  }
  const [least, most] = [known[0] ?? 0, known[n - 1] ?? 0];
  const [low, high] = [percentile(known, 0.1), percentile(known, 0.9)];
  const variance = known.reduce((sum, one) => sum + (one - mean) ** 2, 0) / n;
  const ranked = known.reduce((sum, one, at) => sum + (2 * (at + 1) - n - 1) * one, 0);
  return {
    count: n,
    mean,
    ratio: least > 0 ? most / least : null,
    cv: Math.sqrt(variance) / mean,
    gini: ranked / (n * total),
    p90_p10: low > 0 ? high / low : null,
  };
}

/** The value below which a share of sorted values lies, linear between two of them. */
function percentile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const [one, other] = [sorted[below] ?? 0, sorted[Math.min(below + 1, sorted.length - 1)] ?? 0];
  return one + (other - one) * (at - below);
}

/** Change of a figure as a share; null when one of the two is missing or the first is 0. */
export function changeOf(before: number | null | undefined, now: number | null | undefined) {
  if (typeof before !== "number" || typeof now !== "number" || before === 0) return null;
  return now / before - 1;
}
