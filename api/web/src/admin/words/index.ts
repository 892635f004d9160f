/** The words of the pages of administration and of one's own account. */

import type { Lang } from "../../i18n/index.ts";
import { en } from "./en.ts";
import { type AdminWords, zh } from "./zh.ts";

export type { AdminWords } from "./zh.ts";

export function adminWords(lang: Lang): AdminWords {
  return lang === "en" ? en : zh;
}
