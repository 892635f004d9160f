/** Open a page: its shell, what belongs to it alone, then every feature. */

import { FEATURES } from "../features/index.ts";
import { showFailure } from "../shell/failure.ts";
import { makeShell } from "../shell/make.ts";
import type { PageName, Shell } from "../shell/shell.ts";

export async function open(page: PageName, mount: (shell: Shell) => void): Promise<void> {
  try {
    const shell = await makeShell(page);
    if (!shell) return;
    mount(shell);
    for (const feature of FEATURES) feature(shell);
  } catch (error) {
    showFailure(error);
  }
}
