/** The words of the planner in the language of the page: only that language is fetched. */

import type { Lang } from "../../i18n/index.ts";
import type { PanelWords } from "../panels/words/zh.ts";
import type { ToolWords } from "./zh.ts";

export type { PanelWords } from "../panels/words/zh.ts";
export type { ToolWords } from "./zh.ts";

let kept: { tools: ToolWords; panels: PanelWords } | null = null;

/** Fetch them, before anything of the planner is shown. */
export async function fetchWords(lang: Lang): Promise<void> {
  kept = lang === "en" ? await import("./all-en.ts") : await import("./all-zh.ts");
}

/** On the map. */
export function toolWords(): ToolWords {
  return words().tools;
}

/** Beside the map. */
export function panelWords(): PanelWords {
  return words().panels;
}

function words() {
  if (!kept) throw new Error("the words of the planner were not fetched");
  return kept;
}
