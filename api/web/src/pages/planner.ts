import { FEATURES } from "../features/index.ts";
import { makeShell } from "../shell/make.ts";

async function open(): Promise<void> {
  const shell = await makeShell("planner");
  if (shell) for (const mount of FEATURES) mount(shell);
}

void open();
