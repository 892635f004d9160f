/** What the service finds for a text. */

import type { Api } from "../../api.ts";
import type { FeatureWords } from "../words/index.ts";

export interface Result {
  kind: keyof FeatureWords["kinds"];
  layer: string | null;
  code: string;
  name: string;
  note: string;
  lon: number | null;
  lat: number | null;
  bbox: [number, number, number, number] | null;
  level: string | null;
  datum: "wgs84" | "gcj02" | "bd09" | null;
  apart_m: number | null;
  unmatched: string | null;
}

const MOST = 12;

export async function askFor(api: Api, text: string, signal: AbortSignal): Promise<Result[]> {
  const found = await api.get<{ results: Result[] }>(
    "/api/v1/search",
    { q: text, limit: MOST },
    signal,
  );
  return found.results;
}

/** Results by kind, kinds in the order of their best result. */
export function sorted(results: readonly Result[]): Result[] {
  const kinds = [...new Set(results.map((one) => one.kind))];
  return kinds.flatMap((kind) => results.filter((one) => one.kind === kind));
}
