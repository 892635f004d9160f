/** The words of the features in the language of the page. */

import type { Lang } from "../../i18n/index.ts";
import { en } from "./en.ts";
import { type FeatureWords, zh } from "./zh.ts";

export type { FeatureWords } from "./zh.ts";

export function featureWords(lang: Lang): FeatureWords {
  return lang === "en" ? en : zh;
}
