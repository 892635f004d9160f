/** The planner with a plan: the map with its tools, the draft bar, the panels and the table. */

import "./planner.css";
import { ApiError } from "../api.ts";
import type { Address } from "../shell/address.ts";
import type { Shell } from "../shell/shell.ts";
import { replace } from "../ui/dom.ts";
import { skeleton, state } from "../ui/parts.ts";
import { mountBar } from "./bar.ts";
import { mountDesk } from "./desk.ts";
import { openDraft } from "./draft.ts";
import { mountStage } from "./stage.ts";
import { mountTable } from "./table.ts";

const NAME = "plan";

/** Number of the plan in the address: `?plan=3`. */
export function planInAddress(address: Address): number | null {
  const given = address.get(NAME);
  return given !== null && /^[1-9][0-9]{0,14}$/.test(given) ? Number(given) : null;
}

export async function mountPlan(shell: Shell, number: number): Promise<void> {
  const { slots, t } = shell;
  const isPlaced = shell.address.get("at") !== null; // the map writes it when it comes to rest
  slots.panel.append(skeleton(8));
  try {
    const draft = await openDraft(shell, number);
    replace(slots.panel);
    Object.assign(globalThis, { gisGridDraft: draft }); // for whoever looks into a page, and tests
    mountStage(shell, draft, isPlaced);
    mountBar(shell, draft);
    mountDesk(shell, draft);
    mountTable(shell, draft);
  } catch (error) {
    const note = error instanceof ApiError ? error.message : t.states.failedNote;
    const way = { label: t.states.retry, run: () => location.reload() };
    replace(slots.panel, state("alert", t.states.failed, note, way));
    if (!(error instanceof ApiError)) throw error;
  }
}
