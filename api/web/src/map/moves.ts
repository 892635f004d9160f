/** The ways to move the map by mouse, touch and keys; north is always up. */

import DoubleClickZoom from "ol/interaction/DoubleClickZoom.js";
import DragPan from "ol/interaction/DragPan.js";
import DragZoom from "ol/interaction/DragZoom.js";
import type Interaction from "ol/interaction/Interaction.js";
import KeyboardPan from "ol/interaction/KeyboardPan.js";
import KeyboardZoom from "ol/interaction/KeyboardZoom.js";
import MouseWheelZoom from "ol/interaction/MouseWheelZoom.js";
import PinchZoom from "ol/interaction/PinchZoom.js";
import Kinetic from "ol/Kinetic.js";

/** How a map that is let go glides to rest: as in OpenLayers' own set. */
const glide = () => new Kinetic(-0.005, 0.05, 100);

export function waysToMove(): Interaction[] {
  return [
    new DoubleClickZoom(),
    new DragPan({ kinetic: glide() }),
    new PinchZoom(),
    new KeyboardPan(),
    new KeyboardZoom(),
    new MouseWheelZoom(),
    new DragZoom(),
  ];
}
