/** What a page shows when nothing else can be shown: what failed, and the way out. */

import "../look.css";
import "../shell.css";
import { ApiError } from "../api.ts";
import { chosenLang, fetchWords, type Words } from "../i18n/index.ts";
import { h } from "../ui/dom.ts";
import { state } from "../ui/parts.ts";

/** Said when not even the words came, in both languages. */
const NO_WORDS = {
  failed: "页面没有载入 · The page did not load",
  failedNote: "请检查网络 · Look whether the network is there",
  retry: "重试 · Again",
};

export function showFailure(error: unknown): void {
  const lang = chosenLang(new URLSearchParams(location.search));
  void fetchWords(lang).then(
    (t) => show(error, t),
    () => show(error, { states: NO_WORDS }),
  );
  if (!(error instanceof ApiError)) throw error;
}

function show(error: unknown, t: { states: Pick<Words["states"], keyof typeof NO_WORDS> }): void {
  const note = error instanceof ApiError ? error.message : t.states.failedNote;
  const way = { label: t.states.retry, run: () => location.reload() };
  document.body.replaceChildren(
    h("main", { class: "alone" }, state("alert", t.states.failed, note, way)),
  );
}
