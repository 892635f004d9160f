/** The planner's page: the plan that the address names, else the plans there are and the grids as they are. */

import { planInAddress } from "../planner/address.ts";
import { mountCurrent } from "../planner/current.ts";
import { fetchWords } from "../planner/words/index.ts";
import { showFailure } from "../shell/failure.ts";
import type { Shell } from "../shell/shell.ts";
import { open } from "./open.ts";

void open("planner", (shell) => void mount(shell).catch(showFailure));

async function mount(shell: Shell): Promise<void> {
  const number = planInAddress(shell.address);
  const isPlaced = shell.address.get("at") !== null; // the map writes it when it comes to rest
  const words = fetchWords(shell.lang);
  if (number === null) {
    await words;
    mountCurrent(shell);
  } else {
    const [{ mountPlan }] = await Promise.all([import("../planner/mount.ts"), words]);
    await mountPlan(shell, number, isPlaced);
  }
}
