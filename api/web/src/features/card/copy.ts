/** A button that copies a text, also where the page is not secure and has no clipboard of its own. */

import type { Shell } from "../../shell/shell.ts";
import { h } from "../../ui/dom.ts";
import type { IconName } from "../../ui/icons.ts";
import { button } from "../../ui/parts.ts";
import type { FeatureWords } from "../words/index.ts";

export function copyButton(
  shell: Shell,
  words: FeatureWords,
  label: string,
  text: () => string,
  sign: IconName,
): HTMLButtonElement {
  return button(label, () => void copy(shell, words, text()), { size: "sm", icon: sign });
}

export async function copy(shell: Shell, words: FeatureWords, text: string): Promise<void> {
  const done = (await copied(text)) || byHand(text);
  shell.notify(done ? words.card.copied(shortened(text)) : words.card.cannotCopy);
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // no permission, or plain HTTP inside a city's network
  }
}

function byHand(text: string): boolean {
  const field = h("textarea", { class: "visually-hidden", "aria-hidden": "true" });
  const before = document.activeElement;
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
