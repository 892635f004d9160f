/** What the service says about the city before anything is drawn. */

import type { Api } from "../api.ts";

export interface City {
  name: string | null;
  name_en: string | null;
  levels: { key: string; name_zh: string; name_en: string; tiles: boolean }[];
  ground: string;
  /** West, south, east, north in WGS-84 degrees; null before any grid was published. */
  bounds: [number, number, number, number] | null;
  generation: { number: number; name: string; valid_from: string } | null;
}

export function readCity(api: Api): Promise<City> {
  return api.get<City>("/api/v1/city");
}
