/** The grids that a thing lies in, from the one in charge up to the city. */

import { ApiError } from "../../api.ts";
import { toGcj02 } from "../../map/datum.ts";
import type { Shell } from "../../shell/shell.ts";
import { type Child, h } from "../../ui/dom.ts";
import { levelName } from "../described.ts";
import type { Spot } from "../spot.ts";
import type { FeatureWords } from "../words/index.ts";

export interface Link {
  code: string;
  name: string | null;
  level: string;
}

/** Grids above a feature: above its owner, or above itself when it is a grid. */
export async function chainOf(shell: Shell, properties: Record<string, unknown>): Promise<Child[]> {
  const owner = properties["grid_code"] ?? properties["parent_code"];
  if (typeof owner !== "string" || !owner) return [];
  try {
    const path = `/api/v1/chains/${encodeURIComponent(owner)}`;
    return chainRows(shell, await shell.api.get<Link[]>(path));
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return [];
    throw error;
  }
}

export function chainRows(shell: Shell, chain: readonly Link[]): HTMLElement[] {
  return chain.map((link) =>
    h(
      "button",
      {
        type: "button",
        class: "chain",
        "data-code": link.code,
        onclick: () => shell.selection.set({ layer: "grids", code: link.code }),
      },
      h("span", { class: "dim" }, levelName(shell, link.level)),
      h("bdi", { class: "ell" }, link.name ?? link.code),
    ),
  );
}

export function routeOf(shell: Shell, spot: Spot): Promise<{ chain: Link[] }> {
  return shell.api.get<{ chain: Link[] }>("/api/v1/route", { lon: spot.lon, lat: spot.lat });
}

/** A point in the two datums that people paste, each with its name. */
export function codesOf(words: FeatureWords, { lon, lat }: Spot): [name: string, text: string][] {
  const [east, north] = toGcj02(lon, lat);
  return [
    [words.datums.wgs84, `${lon.toFixed(6)}, ${lat.toFixed(6)}`],
    [words.datums.gcj02, `${east.toFixed(6)}, ${north.toFixed(6)}`],
  ];
}
