/** The words beside the map of a plan, in the language of the page. */

import type { Lang } from "../../../i18n/index.ts";
import { en } from "./en.ts";
import { type PanelWords, zh } from "./zh.ts";

export type { PanelWords } from "./zh.ts";

export function panelWords(lang: Lang): PanelWords {
  return lang === "en" ? en : zh;
}
