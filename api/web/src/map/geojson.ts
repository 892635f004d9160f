/** Features of the service as OpenLayers draws them: degrees become places of the map. */

import OlFeature from "ol/Feature.js";
import type Geometry from "ol/geom/Geometry.js";
import { LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon } from "ol/geom.js";
import { fromLonLat } from "ol/proj.js";
import type { Feature } from "../api.ts";

type Places = number[] | Places[];

const KINDS: Record<string, new (at: never) => Geometry> = {
  Point,
  MultiPoint,
  LineString,
  MultiLineString,
  Polygon,
  MultiPolygon,
};

/** Those that have a place; each keeps what the service says of it. */
export function drawable(features: readonly Feature<unknown>[]): OlFeature[] {
  return features.flatMap(({ geometry, properties }) => {
    const Kind = geometry && KINDS[geometry.type];
    if (!Kind) return [];
    const made = new OlFeature(new Kind(onMap(geometry.coordinates as Places) as never));
    made.setProperties(properties as Record<string, unknown>, true);
    return [made];
  });
}

function onMap(places: Places): Places {
  return typeof places[0] === "number"
    ? fromLonLat(places as number[])
    : (places as Places[]).map(onMap);
}
