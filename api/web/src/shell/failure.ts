/** What a page shows when nothing else can be shown: what failed, and the way out. */

import "../look.css";
import "../shell.css";
import "../states.css";
import { ApiError, AwayError } from "../api.ts";
import { chosenLang, fetchWords } from "../i18n/index.ts";
import { h } from "../ui/dom.ts";
import { state } from "../ui/parts.ts";
import { refused } from "./refusal.ts";

/** Said when not even the words came, in both languages. */
const NO_WORDS = {
  what: "页面没有载入 · The page did not load",
  way: "请检查网络 · Look whether the network is there",
  again: "重试 · Again",
};

export function showFailure(error: unknown): void {
  const again = () => location.reload();
  const show = (told: HTMLElement) =>
    document.body.replaceChildren(h("main", { class: "alone" }, told));
  void fetchWords(chosenLang(new URLSearchParams(location.search))).then(
    () => show(refused(error, again)),
    () => show(state("alert", NO_WORDS.what, NO_WORDS.way, { label: NO_WORDS.again, run: again })),
  );
  if (!(error instanceof ApiError || error instanceof AwayError)) throw error;
}
