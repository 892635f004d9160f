/** What a page shows when nothing else can be shown: what failed, and the way out. */

import "../look.css";
import "../shell.css";
import { ApiError } from "../api.ts";
import { chosenLang, wordsOf } from "../i18n/index.ts";
import { h } from "../ui/dom.ts";
import { state } from "../ui/parts.ts";

export function showFailure(error: unknown): void {
  const t = wordsOf(chosenLang(new URLSearchParams(location.search)));
  const note = error instanceof ApiError ? error.message : t.states.failedNote;
  const way = { label: t.states.retry, run: () => location.reload() };
  document.body.replaceChildren(
    h("main", { class: "alone" }, state("alert", t.states.failed, note, way)),
  );
  if (!(error instanceof ApiError)) throw error;
}
