/** The planner with a plan: the map with its tools, the draft bar, the panels and the table. */

import "./panels/panels.css";
import "./planner.css";
import { ApiError } from "../api.ts";
import type { Shell } from "../shell/shell.ts";
import { replace } from "../ui/dom.ts";
import { skeleton, state } from "../ui/parts.ts";
import { openDraft } from "./draft.ts";
import { mountBar } from "./panels/bar.ts";
import { makeDesk } from "./panels/desk.ts";
import { mountPanel } from "./panels/panel.ts";
import { mountTableBar } from "./panels/table-bar.ts";
import { mountStage } from "./stage.ts";

/** Open a plan; `isPlaced` says that the address tells where to look, else the plan is shown whole. */
export async function mountPlan(shell: Shell, number: number, isPlaced: boolean): Promise<void> {
  const { slots, t } = shell;
  slots.panel.append(skeleton(8));
  try {
    const draft = await openDraft(shell, number);
    replace(slots.panel);
    Object.assign(globalThis, { gisGridDraft: draft }); // for whoever looks into a page, and tests
    mountStage(shell, draft, isPlaced);
    const desk = makeDesk(shell, draft);
    mountBar(desk);
    mountPanel(desk);
    mountTableBar(desk);
  } catch (error) {
    const note = error instanceof ApiError ? error.message : t.states.failedNote;
    const way = { label: t.states.retry, run: () => location.reload() };
    replace(slots.panel, state("alert", t.states.failed, note, way));
    if (!(error instanceof ApiError)) throw error;
  }
}
