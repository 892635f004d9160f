/** Vector tiles of the city, drawn on a canvas: nothing here needs WebGL. */

import MVT from "ol/format/MVT.js";
import VectorTileLayer from "ol/layer/VectorTile.js";
import type RenderFeature from "ol/render/Feature.js";
import VectorTileSource from "ol/source/VectorTile.js";
import { createXYZ } from "ol/tilegrid.js";
import type { TileLayer } from "./catalogue.ts";
import type { Painter } from "./style/paint.ts";

export type CityTiles = VectorTileLayer<VectorTileSource<RenderFeature>, RenderFeature>;

/** A tile is 512 pixels wide, as vector tiles are: tile zoom 14 is drawn from view zoom 15. */
const TILE_PX = 512;
const JUST_BELOW = 1e-6;

export function sourceOf(layer: TileLayer): VectorTileSource<RenderFeature> {
  return new VectorTileSource({
    format: new MVT(),
    tileGrid: createXYZ({ minZoom: layer.min_zoom, maxZoom: layer.max_zoom, tileSize: TILE_PX }),
    url: layer.url,
    wrapX: false,
    transition: 0,
  });
}

export function tilesOf(
  source: VectorTileSource<RenderFeature>,
  paint: Painter,
  zIndex: number,
): CityTiles {
  const least = source.getTileGrid()?.getMinZoom() ?? 0;
  return new VectorTileLayer({
    source,
    style: paint,
    zIndex,
    minZoom: least === 0 ? Number.NEGATIVE_INFINITY : least + 1 - JUST_BELOW,
    renderBuffer: 32,
    cacheSize: 48,
    updateWhileAnimating: false,
    updateWhileInteracting: false,
  });
}
