/** What could be named in the view, read from the tiles that are drawn. */

import type { FeatureLike } from "ol/Feature.js";
import type RenderFeature from "ol/render/Feature.js";
import { rankOf } from "../style/base.ts";
import type { Levels } from "../style/grids.ts";
import { number, text } from "../style/paint.ts";
import type { Line, Point } from "./chains.ts";
import type { AtPoint, Inside, StreetName } from "./layout.ts";

export interface View {
  /** From map coordinates to pixels of the label canvas. */
  pixel: (x: number, y: number) => Point;
  resolution: number;
  shrink: number;
  zoom: number;
}

const SIZES = { arterial: 13, secondary: 12, local: 12, lane: 12 };
const FROM = { arterial: 11.5, secondary: 13.5, local: 15.6, lane: 17 };
const GAPS = { arterial: 2.1, secondary: 1.7, local: 1.7, lane: 1.5 };
const ORDER = { arterial: 0, secondary: 1, local: 2, lane: 3 };

export function streetNames(features: readonly FeatureLike[], view: View): StreetName[] {
  const named = new Map<string, StreetName & { order: number }>();
  for (const feature of features) {
    const name = text(feature, "name");
    const rank = rankOf(text(feature, "category"));
    if (!name || !rank || view.zoom < FROM[rank]) continue;
    const key = `${rank}/${name}`;
    let street = named.get(key);
    if (!street) {
      const size = SIZES[rank];
      const once = rank === "arterial";
      street = { text: name, size, gap: GAPS[rank], once, pieces: [], order: ORDER[rank] };
      named.set(key, street);
    }
    street.pieces.push(...lines(feature as RenderFeature, view));
  }
  return [...named.values()].sort((one, other) => one.order - other.order);
}

function lines(feature: RenderFeature, view: View): Line[] {
  const flat = feature.getFlatCoordinates();
  const ends = (feature.getEnds() ?? [flat.length]) as number[];
  const found: Line[] = [];
  let from = 0;
  for (const end of ends.length ? ends : [flat.length]) {
    const line: Point[] = [];
    for (let at = from; at < end; at += 2) line.push(view.pixel(flat[at] ?? 0, flat[at + 1] ?? 0));
    found.push(line);
    from = end;
  }
  return found;
}

/** Radius of a grid in pixels from which its name has room, and up to which it still helps. */
const ROOM_PX = 34;
const INSIDE_PX = 420;
/** The level that is named above the finest one has grids so many times as wide. */
const WIDER = 2.2;

export function gridNames(
  features: readonly FeatureLike[],
  view: View,
  levels: Levels,
  values: ReadonlyMap<string, string | null>,
  quiet: boolean,
): AtPoint[] {
  const found = new Map<string, AtPoint & { depth: number }>();
  const roomOf = (feature: FeatureLike) =>
    (number(feature, "radius_m") ?? 0) / view.shrink / view.resolution;
  const named = namedLevels(features, levels, roomOf, quiet ? 2 : 0);
  for (const feature of features) {
    const code = text(feature, "code");
    const depth = levels.all.indexOf(text(feature, "level"));
    const room = roomOf(feature);
    if (found.has(code) || depth < 1 || room > INSIDE_PX || !named.has(depth)) continue;
    const flat = (feature as RenderFeature).getFlatCoordinates();
    const [x, y] = view.pixel(flat[0] ?? 0, flat[1] ?? 0);
    const isGround = text(feature, "level") === levels.ground;
    const size = isGround ? 12 : 14;
    const names = isGround ? broken(text(feature, "name")) : [text(feature, "name")];
    const lines: AtPoint["lines"] = names
      .filter(Boolean)
      .map((name) => ({ text: name, size, bold: true, tone: "ink" }));
    const value = isGround ? values.get(code) : null;
    if (value) lines.push({ text: value, size: 12, bold: false, tone: "ink2" });
    if (lines.length) found.set(code, { x, y, room, lines, depth });
  }
  return [...found.values()].sort((one, other) => one.depth - other.depth);
}

/** The finest level whose grids have room for a name, and the next one that is clearly wider. */
function namedLevels(
  features: readonly FeatureLike[],
  levels: Levels,
  roomOf: (feature: FeatureLike) => number,
  above: number,
): Set<number> {
  const medians = levels.all.map((level) => {
    const rooms = features.filter((one) => text(one, "level") === level).map(roomOf);
    return rooms.sort((one, other) => one - other)[Math.floor(rooms.length / 2)] ?? 0;
  });
  let finest = Math.max(1, medians.length - 1 - above);
  while (finest > 1 && (medians[finest] ?? 0) < ROOM_PX) finest--;
  let wider = finest - 1;
  while (wider > 0 && (medians[wider] ?? 0) <= WIDER * (medians[finest] ?? 0)) wider--;
  return new Set([finest, wider]);
}

/** A long name stands in two lines: 瑞园家园 第1网格. */
function broken(name: string): string[] {
  if (name.length <= 6) return [name];
  const at = name.lastIndexOf("第");
  const cut = at > 1 ? at : Math.ceil(name.length / 2);
  return [name.slice(0, cut), name.slice(cut)];
}

export function areaNames(features: readonly FeatureLike[], view: View): Inside[] {
  const found = new Map<string, Inside>();
  for (const feature of features) {
    const name = text(feature, "name");
    const water = text(feature, "kind") === "water";
    if (!name || (!water && view.zoom < 14.5)) continue;
    const [px, py, across] = innermost(feature as RenderFeature);
    const [, south = 0, , north = 0] = feature.getGeometry()?.getExtent() ?? [];
    const width = across / view.resolution;
    const height = (north - south) / view.resolution;
    const known = found.get(name);
    if (known && known.width >= width) continue;
    const [x, y] = view.pixel(px, py);
    found.set(name, { text: name, x, y, width, height, water });
  }
  return [...found.values()].sort((one, other) => Number(other.water) - Number(one.water));
}

/** A point inside an area, and how wide the area is there. */
function innermost(feature: RenderFeature): [x: number, y: number, width: number] {
  const flat = feature.getFlatInteriorPoints();
  let best: [number, number, number] = [0, 0, 0];
  for (let at = 0; at + 2 < flat.length; at += 3) {
    const [x = 0, y = 0, width = 0] = flat.slice(at, at + 3);
    if (width > best[2]) best = [x, y, width];
  }
  return best;
}

export function placeNames(features: readonly FeatureLike[], view: View): AtPoint[] {
  if (view.zoom < 17) return [];
  return features.flatMap((feature) => {
    const name = text(feature, "name");
    const flat = (feature as RenderFeature).getFlatCoordinates();
    const [x, y] = view.pixel(flat[0] ?? 0, flat[1] ?? 0);
    const lines: AtPoint["lines"] = [{ text: name, size: 12, bold: false, tone: "ink" }];
    return name ? [{ x, y: y + 16, room: Number.POSITIVE_INFINITY, lines }] : [];
  });
}
