/**
 * Parts of OpenLayers that nothing here reaches, kept out of the bundle: a fifth of the library.
 *
 * OpenLayers imports them from what we do use, so a bundler alone cannot see that they are idle. Each
 * stands here with the reason; what is called after all throws, and a part that a new version
 * of OpenLayers no longer has, or that is never asked for, fails the build.
 */

import type { Plugin } from "vite";

const idle = (name: string) =>
  `export function ${name}() { throw new Error("${name} is left out of this console"); }`;

const LEFT_OUT: Record<string, string> = {
  // styles are functions or Style here, never flat objects with expressions
  "render/canvas/style.js": idle("flatStyleLikeToStyleFunction"),
  // layer.getFeatures(pixel); what lies at a pixel is asked of the map, which works another way
  "render/canvas/hitdetect.js":
    "export const HIT_DETECT_RESOLUTION = 0.5;" +
    idle("createHitDetectionImageData") +
    idle("hitDetect"),
  // no style has a text: names are laid out and drawn by map/labels
  "render/canvas/TextBuilder.js": "export const TEXT_ALIGN = {}; export default class {}",
  "geom/flat/textpath.js": `export const rtlRegEx = /$^/; ${idle("drawTextOnPath")}`,
  // no stroke is drawn beside its line
  "geom/flat/lineoffset.js": idle("offsetLineString") + idle("removeOffsetCycles"),
  // all tiles come in the projection of the map, and none is a picture
  "reproj/Tile.js": "export default class {}",
  "ImageTile.js": "export default class {}",
  "DataTile.js": `export default class {} ${idle("asImageLike")} ${idle("asArrayLike")}`,
  // the shell has buttons of its own, and map/moves.ts names the ways to move the map
  "control/defaults.js": idle("defaults"),
  "interaction/defaults.js": idle("defaults"),
  // only degrees and Web Mercator
  "proj/utm.js":
    "export const makeProjection = () => null; export const makeTransforms = () => null;",
};

export function lean(): Plugin {
  const met = new Set<string>();
  return {
    name: "lean",
    enforce: "pre",
    load(id) {
      const part = /\/node_modules\/ol\/(.+)$/.exec(id)?.[1] ?? "";
      const left = LEFT_OUT[part];
      if (left === undefined) return null;
      met.add(part);
      return left;
    },
    buildEnd(error) {
      const gone = Object.keys(LEFT_OUT).filter((part) => !met.has(part));
      if (!error && gone.length) this.error(`OpenLayers has no ${gone.join(", ")}: see lean.ts`);
    },
  };
}
