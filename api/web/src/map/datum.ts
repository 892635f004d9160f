/** WGS-84 to GCJ-02, as `gis_grid.geo.datum` computes it: a test compares the two on many points. */

import { STEPS } from "./mainland.ts";

const AXIS_M = 6378245.0; // Krasovsky 1940
const ECCENTRICITY2 = 0.006693421622965943;
const FADE_DEG = 0.0105;

type Ring = readonly (readonly number[])[];

const MAINLAND: readonly (readonly Ring[])[] = STEPS.map((part) => part.map(walked));

/** Corners of steps in 0.0001 of a degree. */
function walked(steps: readonly number[]): Ring {
  let [lon, lat] = [0, 0];
  return Array.from({ length: steps.length / 2 }, (_, at) => {
    lon += steps[2 * at] ?? 0;
    lat += steps[2 * at + 1] ?? 0;
    return [lon / 10_000, lat / 10_000];
  });
}

/** Return lon and lat in GCJ-02; outside mainland China they are those of WGS-84. */
export function toGcj02(lon: number, lat: number): [lon: number, lat: number] {
  const weight = nearness(lon, lat);
  if (weight === 0) return [lon, lat];
  const [east, north] = offset(lon, lat);
  return [lon + weight * east, lat + weight * north];
}

/** 1 inside mainland China, falling to 0 over a narrow belt outside, so that nothing jumps. */
function nearness(lon: number, lat: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const part of MAINLAND) {
    if (part.reduce((odd, ring) => odd !== crosses(ring, lon, lat), false)) return 1;
    for (const ring of part) nearest = Math.min(nearest, distance(ring, lon, lat));
  }
  return Math.min(1, Math.max(0, 1 - nearest / FADE_DEG));
}

function crosses(ring: Ring, lon: number, lat: number): boolean {
  let inside = false;
  eachEdge(ring, (x0, y0, x1, y1) => {
    if (y0 > lat !== y1 > lat && lon < ((x1 - x0) * (lat - y0)) / (y1 - y0) + x0) inside = !inside;
  });
  return inside;
}

function distance(ring: Ring, lon: number, lat: number): number {
  let least = Number.POSITIVE_INFINITY;
  eachEdge(ring, (x0, y0, x1, y1) => {
    const [dx, dy] = [x1 - x0, y1 - y0];
    const along = ((lon - x0) * dx + (lat - y0) * dy) / (dx * dx + dy * dy || 1);
    const share = Math.min(1, Math.max(0, along));
    least = Math.min(least, Math.hypot(lon - x0 - share * dx, lat - y0 - share * dy));
  });
  return least;
}

function eachEdge(ring: Ring, use: (x0: number, y0: number, x1: number, y1: number) => void): void {
  for (let at = 1; at < ring.length; at++) {
    const [from, to] = [ring[at - 1] ?? [], ring[at] ?? []];
    use(from[0] ?? 0, from[1] ?? 0, to[0] ?? 0, to[1] ?? 0);
  }
}

function offset(lon: number, lat: number): [east: number, north: number] {
  const [x, y] = [lon - 105, lat - 35];
  const root = Math.sqrt(Math.abs(x));
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root;
  north += sines(x, [20, 6], [20, 2]) + sines(y, [20, 1], [40, 1 / 3], [160, 1 / 12]);
  north += sines(y, [320, 1 / 30]);
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root;
  east += sines(x, [20, 6], [20, 2], [20, 1], [40, 1 / 3], [150, 1 / 12], [300, 1 / 30]);
  return metresToDegrees(east, north, lat);
}

function sines(t: number, ...waves: [amplitude: number, rate: number][]): number {
  const sum = waves.reduce(
    (so, [amplitude, rate]) => so + amplitude * Math.sin(t * rate * Math.PI),
    0,
  );
  return (sum * 2) / 3;
}

function metresToDegrees(eastM: number, northM: number, lat: number): [number, number] {
  const radians = (lat * Math.PI) / 180;
  const magic = 1 - ECCENTRICITY2 * Math.sin(radians) ** 2;
  const meridianM = (AXIS_M * (1 - ECCENTRICITY2)) / (magic * Math.sqrt(magic));
  const parallelM = (AXIS_M / Math.sqrt(magic)) * Math.cos(radians);
  return [((eastM / parallelM) * 180) / Math.PI, ((northM / meridianM) * 180) / Math.PI];
}
