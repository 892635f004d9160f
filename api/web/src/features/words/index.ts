/** The words of the features in the language of the page: only that language is fetched. */

import type { Lang } from "../../i18n/index.ts";
import type { FeatureWords } from "./zh.ts";

export type { FeatureWords } from "./zh.ts";

interface Kept {
  readonly words: FeatureWords;
  readonly fields: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

let kept: Kept | null = null;

/** Fetch them, before any feature is shown. */
export async function fetchFeatureWords(lang: Lang): Promise<void> {
  kept = lang === "en" ? await import("./all-en.ts") : await import("./all-zh.ts");
}

export function featureWords(): FeatureWords {
  return fetched().words;
}

/** What a field of a layer is called. */
export function fieldWord(name: string): string | undefined {
  return fetched().fields[name];
}

/** What a fixed value of a field is called. */
export function valueWord(field: string, value: string): string | undefined {
  return fetched().values[field]?.[value];
}

function fetched(): Kept {
  if (!kept) throw new Error("the words of the features were not fetched");
  return kept;
}
