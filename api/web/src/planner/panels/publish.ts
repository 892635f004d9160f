/** The button that publishes a plan, and why it cannot be pressed. */

import { h, replace } from "../../ui/dom.ts";
import { badge, button } from "../../ui/parts.ts";
import type { Plan, Schedule } from "../told.ts";
import type { PlanDesk } from "./desk.ts";
import { stopping } from "./rules.ts";
import { dated } from "./when.ts";

const A_DAY_MS = 86_400_000;
const LOOK_AFTER_MS = 3_000;

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
    made.disabled = said !== null && !said.only;
    const waits = waiting(draft.plan);
    made.hidden = stage === "published" || waits !== null;
    why.className = said?.bad ? "t12 bad" : "t12 dim";
    if (stage === "published" && number !== null) {
      replace(
        why,
        badge(w.publish.published(number), "ok"),
        " ",
        desk.may.publish ? undo(desk, number) : null,
      );
    } else if (waits) {
      replace(
        why,
        badge(w.publish.waits(dated(waits.effective_from)), "acc"),
        " ",
        desk.may.publish ? cancel(desk) : null,
      );
    } else replace(why, said?.text ?? "");
    why.title = said?.only ? said.text : "";
  };
  draft.on("plan", show);
  draft.on("numbers", show);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    timer = lookAgain(desk);
  };
  draft.on("plan", look);
  look();
  show();
  return h("span", { class: "row" }, made, why);
}

/** The schedule of a plan that is still to be published. */
export function waiting({ schedule }: Plan): Schedule | null {
  return schedule && schedule.problem === null ? schedule : null;
}

/** Look what became of a plan a little after its moment, when that comes while the page is open. */
function lookAgain(desk: PlanDesk): ReturnType<typeof setTimeout> | undefined {
  const { draft, complain } = desk;
  const waits = waiting(draft.plan);
  const left = waits ? Date.parse(waits.effective_from) - Date.now() : Infinity;
  if (left > A_DAY_MS) return undefined;
  const look = () =>
    void draft.refresh().then(() => waiting(draft.plan) && lookAgain(desk), complain);
  return setTimeout(look, Math.max(left, 0) + LOOK_AFTER_MS);
}

function cancel(desk: PlanDesk): HTMLElement {
  return button(
    desk.w.publish.cancel,
    () => void import("./cancel.ts").then(({ openCancel }) => openCancel(desk)),
    { size: "sm", kind: "bad" },
  );
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

/** Why the plan cannot be published now, or `only` what became of the last try; null when it can. */
function inTheWay({
  draft,
  may,
  w,
}: PlanDesk): { text: string; bad: boolean; only?: boolean } | null {
  if (!may.publish) return { text: w.publish.noRight, bad: false };
  if (!draft.numbers) return { text: w.publish.checking, bad: false };
  const stops = stopping(draft.numbers).length;
  if (stops) return { text: w.publish.mendFirst(stops), bad: true };
  const held = draft.plan.schedule?.problem;
  if (held) return { text: w.publish.heldUp(held), bad: true, only: true };
  if (draft.plan.stage !== "approved") return { text: w.publish.approveFirst, bad: false };
  return null;
}
