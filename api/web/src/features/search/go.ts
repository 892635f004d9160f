/** Go to what was found and select it. */

import type { Shell } from "../../shell/shell.ts";
import { spotsOf } from "../spot.ts";
import type { FeatureWords } from "../words/index.ts";
import type { Result } from "./results.ts";
import { noteOf } from "./row.ts";

/** Zoom from which a single thing of the street is drawn and named. */
const CLOSE = 18;

export function goTo(shell: Shell, words: FeatureWords, one: Result): void {
  const { city, selection } = shell;
  if (one.layer) selection.set({ layer: one.layer, code: one.code });
  if (one.lon === null || one.lat === null) {
    shell.notify(words.card.noPlace);
    return;
  }
  if (!one.layer) {
    const note = noteOf(shell, words, one);
    const title = one.datum ? one.name : `${words.kinds[one.kind]} ${one.name}`;
    spotsOf(shell).set({ lon: one.lon, lat: one.lat, title, note, bbox: one.bbox });
  }
  city.go(one.bbox ?? { lon: one.lon, lat: one.lat, zoom: CLOSE });
}
