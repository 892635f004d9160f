/** Pointer and keys of the map while a tool is at work: a tool may take a drag away from the map. */

import type OlMap from "ol/Map.js";
import { TOOL } from "../../features/tool.ts";
import type { Point } from "../map/shapes.ts";
import type { Spot, Tool } from "./tool.ts";

const STILL_PX = 4;

export function mountPointer(map: OlMap, now: () => Tool): void {
  const target = map.getTargetElement();
  if (!target) return;
  let isTaken = false;
  let pressed: Spot | null = null;
  let clicked: (Spot | null)[] = [];
  const isOurs = () => map.get(TOOL) === "planner";
  const spotOf = (event: PointerEvent | MouseEvent): Spot => ({
    at: map.getEventCoordinate(event) as Point,
    pixel: map.getEventPixel(event) as Point,
    alt: event.altKey,
    shift: event.shiftKey || event.ctrlKey,
  });
  const isSame = (one: Spot | null | undefined, other: Spot | null | undefined) =>
    one && other
      ? Math.hypot(one.pixel[0] - other.pixel[0], one.pixel[1] - other.pixel[1]) <= STILL_PX
      : false;

  target.addEventListener(
    "pointerdown",
    (event) => {
      if (!isOurs() || event.button !== 0 || !event.isPrimary) return;
      pressed = spotOf(event);
      isTaken = now().down?.(pressed) ?? false;
      if (!isTaken) return;
      event.stopPropagation(); // the map stays where it is
      target.setPointerCapture(event.pointerId);
      target.focus({ preventScroll: true });
    },
    true,
  );
  target.addEventListener(
    "pointermove",
    (event) => {
      if (!isOurs()) return;
      const spot = spotOf(event);
      if (isTaken) {
        event.stopPropagation();
        now().move?.(spot);
      } else if (!event.buttons) now().hover?.(spot);
    },
    true,
  );
  target.addEventListener(
    "pointerup",
    (event) => {
      if (!isOurs() || event.button !== 0) return;
      const spot = spotOf(event);
      const still = isSame(spot, pressed);
      clicked = [clicked[1] ?? null, still ? spot : null];
      if (isTaken) {
        event.stopPropagation();
        now().up?.(spot);
      }
      isTaken = false;
      pressed = null;
      if (still) now().click?.(spot);
    },
    true,
  );
  target.addEventListener("pointercancel", () => {
    if (isTaken) now().cancel?.();
    isTaken = false;
    pressed = null;
  });
  map.on("dblclick", (event) => {
    if (!isOurs()) return;
    event.stopPropagation(); // no zoom
    if (!isSame(clicked[0], clicked[1])) return; // two quick clicks at two places are no double one
    now().double?.(spotOf(event.originalEvent as MouseEvent));
  });
}
