/** Which tiles the service has, and since when: the address of a tile changes with its content. */

import type { Api } from "../api.ts";

export interface TileLayer {
  name: string;
  min_zoom: number;
  max_zoom: number;
  /** Changes when the content does, so that a tile may be kept for ever. */
  token: string;
  /** Where a tile is, with {z}, {x} and {y} in it and the token at its end. */
  url: string;
}

export interface Catalogue {
  layers: TileLayer[];
}

export function readCatalogue(api: Api): Promise<Catalogue> {
  return api.get<Catalogue>("/api/v1/tiles");
}
