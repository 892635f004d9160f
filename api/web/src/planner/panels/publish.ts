/** The button that publishes a plan, and why it cannot be pressed. */

import { h, replace } from "../../ui/dom.ts";
import { badge, button } from "../../ui/parts.ts";
import type { PlanDesk } from "./desk.ts";
import { stopping } from "./rules.ts";

/** The one primary button of the page; disabled it keeps its place and says why beside it. */
export function publishButton(desk: PlanDesk): HTMLElement {
  const { draft, w } = desk;
  const made = button(
    w.publish.open,
    () => void import("./publish-dialog.ts").then(({ openPublish }) => openPublish(desk)),
    { kind: "pri", icon: "lock" },
  );
  made.setAttribute("aria-describedby", "pl-why");
  const why = h("span", { class: "t12", id: "pl-why" });
  const show = () => {
    const said = inTheWay(desk);
    const { stage, published_as: number } = draft.plan;
    made.disabled = said !== null;
    made.hidden = stage === "published";
    why.className = said?.bad ? "t12 bad" : "t12 dim";
    if (stage === "published" && number !== null) {
      replace(
        why,
        badge(w.publish.published(number), "ok"),
        " ",
        desk.may.publish ? undo(desk, number) : null,
      );
    } else replace(why, said?.text ?? "");
  };
  draft.on("plan", show);
  draft.on("numbers", show);
  show();
  return h("span", { class: "row" }, made, why);
}

function undo(desk: PlanDesk, generation: number): HTMLElement {
  return button(
    desk.w.revert.open,
    () => void import("./revert.ts").then(({ openRevert }) => openRevert(desk, generation)),
    {
      size: "sm",
      kind: "bad",
    },
  );
}

/** Why the plan cannot be published now; null when it can. */
function inTheWay({ draft, may, w }: PlanDesk): { text: string; bad: boolean } | null {
  if (!may.publish) return { text: w.publish.noRight, bad: false };
  if (!draft.numbers) return { text: w.publish.checking, bad: false };
  const stops = stopping(draft.numbers).length;
  if (stops) return { text: w.publish.mendFirst(stops), bad: true };
  if (draft.plan.stage !== "approved") return { text: w.publish.approveFirst, bad: false };
  return null;
}
