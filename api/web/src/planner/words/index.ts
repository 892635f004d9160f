/** The words of the tools in the language of the page. */

import type { Lang } from "../../i18n/index.ts";
import { en } from "./en.ts";
import { type ToolWords, zh } from "./zh.ts";

export type { ToolWords } from "./zh.ts";

export function toolWords(lang: Lang): ToolWords {
  return lang === "en" ? en : zh;
}
