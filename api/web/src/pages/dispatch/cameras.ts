/** Cameras whose direction, angle and range hold a point; what stands in between is not counted. */

import type { Api, Feature, Page } from "../../api.ts";
import type { Shell } from "../../shell/shell.ts";
import { h } from "../../ui/dom.ts";

interface Camera {
  code: string;
  name: string | null;
  azimuth_deg: number | null;
  fov_deg: number | null;
  range_m: number | null;
}

export interface Seen {
  code: string;
  name: string | null;
  distance_m: number;
}

const METRE_DEG = 1 / 111_320;
const REACH_M = 200;
const MOST = 5;

export async function camerasAt(api: Api, [lon, lat]: [number, number]): Promise<Seen[]> {
  const wide = Math.cos((lat * Math.PI) / 180);
  const [dx, dy] = [(REACH_M * METRE_DEG) / wide, REACH_M * METRE_DEG];
  const bbox = [lon - dx, lat - dy, lon + dx, lat + dy].map((one) => one.toFixed(6)).join(",");
  const page = await api.get<Page<Camera>>("/api/v1/cameras", { bbox, limit: 100 });
  const found = page.features.flatMap((one) => seenFrom(one, lon, lat, wide));
  return found.sort((one, other) => one.distance_m - other.distance_m).slice(0, MOST);
}

function seenFrom(camera: Feature<Camera>, lon: number, lat: number, wide: number): Seen[] {
  const { code, name, azimuth_deg: azimuth, fov_deg: fov, range_m: range } = camera.properties;
  const [x, y] = (camera.geometry?.coordinates ?? []) as number[];
  if (x === undefined || y === undefined || fov === null || range === null) return [];
  const east = ((lon - x) * wide) / METRE_DEG;
  const north = (lat - y) / METRE_DEG;
  const distance = Math.hypot(east, north);
  if (distance > range || (azimuth === null && fov < 360)) return [];
  const bearing = (Math.atan2(east, north) * 180) / Math.PI;
  const off = Math.abs(((bearing - (azimuth ?? 0) + 540) % 360) - 180);
  return fov >= 360 || off <= fov / 2 ? [{ code, name, distance_m: distance }] : [];
}

export function cameraRows({ selection, t }: Shell, cameras: readonly Seen[]): HTMLElement {
  const rows = cameras.map((one, at) =>
    h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: "camera-row",
          onclick: () => selection.set({ layer: "cameras", code: one.code }),
        },
        h("i", { class: "numbered" }, at + 1),
        h("bdi", { class: "ell" }, one.name ?? one.code),
        h("span", { class: "num dim" }, t.dispatch.case.metres(one.distance_m.toFixed(0))),
      ),
    ),
  );
  return h("ol", {}, ...rows);
}
