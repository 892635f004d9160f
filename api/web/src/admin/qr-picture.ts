/** A QR code as a picture: one path, dark on light in any theme, for that is how they are read. */

import { svg } from "../ui/dom.ts";
import type { Modules } from "./qr.ts";

const QUIET = 4;

export function qrPicture(modules: Modules, label: string): SVGSVGElement {
  const size = modules.length + 2 * QUIET;
  const dark = modules.flatMap((row, y) =>
    row.flatMap((is, x) => (is ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : [])),
  );
  const picture = svg(
    "svg",
    { class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label },
    svg("path", { d: `M0 0h${size}v${size}H0z`, fill: "#fff" }),
    svg("path", { d: dark.join(""), fill: "#000", "shape-rendering": "crispEdges" }),
  );
  return picture;
}
