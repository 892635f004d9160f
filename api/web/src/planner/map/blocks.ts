/** Blocks of the view: read when a tool needs them, found by place. */

import { toLonLat } from "ol/proj.js";
import RBush from "ol/structs/RBush.js";
import type { Shell } from "../../shell/shell.ts";
import type { Draft } from "../draft.ts";
import type { Box } from "../plan-service.ts";
import type { Block } from "../told.ts";
import { boxOf, holds, type Point, shapeOf } from "./shapes.ts";

/** Wider views than this hold too many blocks to be read at once, metres. */
const WIDEST_M = 6000;
const WAIT_MS = 120;

export interface BlockMap {
  /** Keep the blocks of the view read, until the answer is called. */
  need(onRead: () => void): () => void;
  /** Whether the view is small enough for its blocks to be read. */
  isNear(): boolean;
  at(point: Point): Block | null;
  within(extent: readonly number[]): Block[];
}

export function mountBlocks({ city }: Shell, draft: Draft): BlockMap {
  let users = 0;
  let read: Box | null = null;
  let asking: AbortController | null = null;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();
  let tree: RBush<Block> | null = null;
  let planted = 0;

  /** Blocks by place, sorted anew when some were read or changed. */
  const byPlace = () => {
    if (tree && planted === draft.blocks.size) return tree;
    const blocks = [...draft.blocks.values()].filter((one) => one.geometry);
    tree = new RBush<Block>();
    tree.load(
      blocks.map((one) => boxOf(shapeOf(one))),
      blocks,
    );
    planted = draft.blocks.size;
    return tree;
  };
  const viewBox = (grow = 0): Box => {
    const extent = city.map.getView().calculateExtent(city.map.getSize());
    const [west = 0, south = 0, east = 0, north = 0] = extent;
    const [dx, dy] = [(east - west) * grow, (north - south) * grow];
    const [w = 0, s = 0] = toLonLat([west - dx, south - dy]);
    const [e = 0, n = 0] = toLonLat([east + dx, north + dy]);
    return [w, s, e, n];
  };
  const isNear = () => {
    const [west, , east] = viewBox();
    return (east - west) * 111_320 * city.scene().shrink < WIDEST_M;
  };
  const look = async () => {
    if (!users || !isNear()) return;
    const seen = viewBox();
    if (read && covers(read, seen)) return;
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    const wide = viewBox(0.25);
    try {
      await draft.blocksIn(wide, mine.signal);
    } catch {
      return; // the next move of the view asks again, and the shell shows that nobody answered
    }
    if (mine.signal.aborted) return;
    read = wide;
    tree = null;
    for (const tell of listeners) tell();
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void look(), WAIT_MS);
  };
  city.map.on("moveend", soon);
  draft.on("changed", ({ all }) => {
    if (all) read = null;
    tree = null;
    for (const tell of listeners) tell();
  });

  return {
    need(onRead) {
      users += 1;
      listeners.add(onRead);
      void look();
      return () => {
        users -= 1;
        listeners.delete(onRead);
      };
    },
    isNear,
    at: (point) =>
      byPlace()
        .getInExtent([...point, ...point])
        .find((block) => holds(shapeOf(block), point)) ?? null,
    within: (extent) => byPlace().getInExtent([...extent]),
  };
}

function covers(outer: Box, inner: Box): boolean {
  return (
    outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]
  );
}
