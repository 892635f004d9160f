/** Open a page: its shell, what belongs to it alone, then every feature. */

import { FEATURES } from "../features/index.ts";
import { fetchFeatureWords } from "../features/words/index.ts";
import { chosenLang } from "../i18n/index.ts";
import { showFailure } from "../shell/failure.ts";
import { makeShell } from "../shell/make.ts";
import type { PageName, Shell } from "../shell/shell.ts";

export async function open(page: PageName, mount: (shell: Shell) => void): Promise<void> {
  try {
    const words = fetchFeatureWords(chosenLang(new URLSearchParams(location.search)));
    const [shell] = await Promise.all([makeShell(page), words]);
    if (!shell) return;
    mount(shell);
    for (const feature of FEATURES) feature(shell);
  } catch (error) {
    showFailure(error);
  }
}
