/** The way of a plan from draft to publication, and what may be done to it now. */

import { h, replace } from "../../ui/dom.ts";
import { button } from "../../ui/parts.ts";
import type { Plan, Stage } from "../told.ts";
import type { PlanDesk } from "./desk.ts";

const WAY: readonly Stage[] = ["draft", "review", "approved", "published"];

/** Stages that a plan may be brought to by hand; publishing has a door of its own. */
const NEXT: Record<Stage, readonly Stage[]> = {
  draft: ["review"],
  review: ["approved", "draft"],
  approved: ["draft"],
  published: [],
  dropped: ["draft"],
};

export function stageSteps({ w }: PlanDesk, stage: Stage): HTMLElement {
  const shown: readonly Stage[] = stage === "dropped" ? ["dropped"] : WAY;
  const steps = shown.flatMap((one, at) => [
    at ? h("i", { "aria-hidden": "true" }) : null,
    h(
      "li",
      { class: one === stage ? "on" : null, "aria-current": one === stage ? "step" : null },
      w.stages[one],
    ),
  ]);
  return h("ol", { class: "pl-steps", "aria-label": w.bar.stage }, ...steps);
}

/** Buttons of the stages that may come next, for those who may. */
export function stageActions(desk: PlanDesk): HTMLElement {
  const box = h("span", { class: "row" });
  const show = ({ stage }: Plan) => {
    const wanted = desk.may.write ? NEXT[stage] : [];
    replace(
      box,
      ...wanted.map((to) =>
        button(
          desk.w.stageActions[stage === "draft" || to !== "draft" ? to : "back"],
          () => void move(desk, to),
          { size: "sm" },
        ),
      ),
    );
  };
  show(desk.draft.plan);
  desk.draft.on("plan", show);
  return box;
}

export async function move({ draft, shell, complain }: PlanDesk, stage: Stage): Promise<void> {
  try {
    draft.use(await shell.api.send<Plan>("PUT", `${draft.base}/stage`, { stage }));
  } catch (error) {
    complain(error);
    await draft.refresh().catch(complain);
  }
}
