/** The features of a layer in view, a page at a time, by key. */

import { transformExtent } from "ol/proj.js";
import type { Feature, Page } from "../../api.ts";
import type { Shell } from "../../shell/shell.ts";

export interface Row {
  code: string;
  feature: Feature;
}

export interface Rows {
  rows: Row[];
  /** The code behind which the next page begins; null on the last page. */
  next: string | null;
}

const PAGE = 100;

export async function fetchRows(
  shell: Shell,
  layer: string,
  after: string | null,
  signal: AbortSignal,
): Promise<Rows> {
  const { city, api } = shell;
  const level = layer === "grids" ? city.city.ground : null;
  const page = await api.get<Page>(
    `/api/v1/${layer}`,
    { bbox: boxOf(shell), limit: PAGE, level, after },
    signal,
  );
  const rows = page.features.map((feature) => ({
    code: String(feature.properties["code"] ?? feature.id),
    feature,
  }));
  const hasMore = page.links.some((link) => link.rel === "next");
  return { rows, next: hasMore ? (rows.at(-1)?.code ?? null) : null };
}

/** What is in view, as the service is asked for it. */
export function boxOf({ city }: Shell): string {
  const extent = city.map.getView().calculateExtent(city.map.getSize() ?? [0, 0]);
  const [west = 0, south = 0, east = 0, north = 0] = transformExtent(
    extent,
    "EPSG:3857",
    "EPSG:4326",
  );
  const box = [
    Math.max(west, -180),
    Math.max(south, -90),
    Math.min(east, 180),
    Math.min(north, 90),
  ];
  return box.map((degrees) => degrees.toFixed(7)).join(",");
}
