/** The planner's page: the plan that the address names, else the plans there are and the grids as they are. */

import { chosenLang } from "../i18n/index.ts";
import { planInAddress } from "../planner/address.ts";
import { mountCurrent } from "../planner/current.ts";
import { fetchWords } from "../planner/words/index.ts";
import { showFailure } from "../shell/failure.ts";
import type { Shell } from "../shell/shell.ts";
import { open } from "./open.ts";
import { readOverview } from "./overview-data.ts";

const words = fetchWords(chosenLang(new URLSearchParams(location.search))); // while the session is asked for
words.catch(() => undefined); // heard by whoever waits for them

void open("planner", (shell) => void mount(shell).catch(showFailure));

async function mount(shell: Shell): Promise<void> {
  const number = planInAddress(shell.address);
  const isPlaced = shell.address.get("at") !== null; // the map writes it when it comes to rest
  if (number === null) {
    const sums = readOverview(shell.api);
    sums.catch(() => undefined); // heard by the panel
    await words;
    mountCurrent(shell, sums);
  } else {
    const [{ mountPlan }] = await Promise.all([import("../planner/mount.ts"), words]);
    await mountPlan(shell, number, isPlaced);
  }
}
