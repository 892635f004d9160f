/** The words of the console in the language of the page: Chinese first, English by a switch. */

import type { Words } from "./zh.ts";

export type { Words } from "./zh.ts";
export type Lang = "zh" | "en";

const KEPT = "gis-grid.lang";
const TAGS: Record<Lang, string> = { zh: "zh-CN", en: "en" };

/** The language that the address asks for, else the one chosen last, else Chinese. */
export function chosenLang(query: URLSearchParams): Lang {
  const wanted = query.get("lang") ?? localStorage.getItem(KEPT);
  return wanted === "en" ? "en" : "zh";
}

export function keepLang(lang: Lang): void {
  localStorage.setItem(KEPT, lang);
}

let kept: Words | null = null;

/** Fetch the words, only those of one language, and say on the page which one it is. */
export async function fetchWords(lang: Lang): Promise<Words> {
  document.documentElement.lang = TAGS[lang];
  kept = lang === "en" ? (await import("./en.ts")).en : (await import("./zh.ts")).zh;
  return kept;
}

/** The words that were fetched, for what is reached by no page. */
export function keptWords(): Words {
  if (!kept) throw new Error("the words of the console were not fetched");
  return kept;
}

/** A name in the language of the page, from things that carry both. */
export function either(lang: Lang, both: { zh: string; en: string }): string {
  return both[lang];
}
