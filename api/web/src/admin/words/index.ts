/** The words of administration and of one's own account in the language of the page. */

import type { Lang } from "../../i18n/index.ts";
import type { AdminWords } from "./zh.ts";

export type { AdminWords } from "./zh.ts";

/** Fetch them: only the language that is shown. */
export async function fetchAdminWords(lang: Lang): Promise<AdminWords> {
  return lang === "en" ? (await import("./en.ts")).en : (await import("./zh.ts")).zh;
}
