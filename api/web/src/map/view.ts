/** Where the map looks: written into the address, read from it, moved to a place. */

import type OlMap from "ol/Map.js";
import { fromLonLat, toLonLat, transformExtent } from "ol/proj.js";
import View from "ol/View.js";

export const MAX_ZOOM = 20;
const MIN_ZOOM = 8;
const FLY_MS = 240;
const EMPTY: Bounds = [73.5, 18, 135.1, 53.6];

export type Bounds = [west: number, south: number, east: number, north: number];
export interface Place {
  lon: number;
  lat: number;
  zoom?: number;
}

export function makeView(bounds: Bounds | null): View {
  const extent = mercator(bounds ?? EMPTY);
  const [west = 0, south = 0, east = 0, north = 0] = extent;
  return new View({
    center: [(west + east) / 2, (south + north) / 2],
    zoom: 12,
    minZoom: bounds ? MIN_ZOOM : 3,
    maxZoom: MAX_ZOOM,
    enableRotation: false,
  });
}

export function mercator(bounds: Bounds): number[] {
  return transformExtent(bounds, "EPSG:4326", "EPSG:3857");
}

/** Metres on the ground for each unit of the map, in the middle of a box. */
export function shrinkOf(bounds: Bounds | null): number {
  const [, south, , north] = bounds ?? EMPTY;
  return Math.cos((((south + north) / 2) * Math.PI) / 180);
}

export function fit(map: OlMap, bounds: Bounds | null, padding: number, maxZoom = MAX_ZOOM): void {
  const size = map.getSize() ?? [800, 600];
  const around = [padding, padding, padding, padding];
  map.getView().fit(mercator(bounds ?? EMPTY), { padding: around, maxZoom, size });
}

export function centreOf(view: View): Required<Place> {
  const [lon = 0, lat = 0] = toLonLat(view.getCenter() ?? [0, 0]);
  return { lon, lat, zoom: view.getZoom() ?? 0 };
}

/** `lon,lat,zoom` as it stands in the address. */
export function written({ lon, lat, zoom }: Required<Place>): string {
  return `${lon.toFixed(6)},${lat.toFixed(6)},${zoom.toFixed(2)}`;
}

export function parsed(text: string | null): Required<Place> | null {
  const [lon = Number.NaN, lat = Number.NaN, zoom = Number.NaN] = (text ?? "")
    .split(",")
    .map(Number);
  const fine = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 30;
  return fine ? { lon, lat, zoom } : null;
}

/** Go to a place or a box: flying at most two screens far, else at once. */
export function go(map: OlMap, to: Place | Bounds): void {
  if (Array.isArray(to)) {
    fit(map, to, 48, 17);
    return;
  }
  const view = map.getView();
  const centre = fromLonLat([to.lon, to.lat]);
  const zoom = to.zoom ?? view.getZoom() ?? 16;
  view.cancelAnimations();
  if (isFar(map, centre, zoom) || matchMedia("(prefers-reduced-motion: reduce)").matches) {
    view.setCenter(centre);
    view.setZoom(zoom);
  } else view.animate({ center: centre, zoom, duration: FLY_MS });
}

function isFar(map: OlMap, centre: number[], zoom: number): boolean {
  const view = map.getView();
  const [x = 0, y = 0] = view.getCenter() ?? [];
  const pixels =
    Math.hypot((centre[0] ?? 0) - x, (centre[1] ?? 0) - y) / (view.getResolution() ?? 1);
  const screen = Math.max(...(map.getSize() ?? [800, 600]));
  return pixels > 2 * screen || Math.abs(zoom - (view.getZoom() ?? zoom)) > 2;
}
