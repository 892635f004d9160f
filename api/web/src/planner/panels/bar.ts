/** The bar of a draft: title, number, stage, whether it is saved, and what is done with the whole of it. */

import { h, replace } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { badge, button } from "../../ui/parts.ts";
import type { Saved } from "../draft-told.ts";
import type { Plan } from "../told.ts";
import type { PlanDesk } from "./desk.ts";
import { exportMenu } from "./exporting.ts";
import { publishButton } from "./publish.ts";
import { stageActions, stageSteps } from "./stages.ts";
import { clock } from "./when.ts";

export function mountBar(desk: PlanDesk): void {
  const { draft, shell, w } = desk;
  const steps = h("span");
  const showSteps = ({ stage }: Plan) => replace(steps, stageSteps(desk, stage));
  showSteps(draft.plan);
  draft.on("plan", showSteps);
  const balance = button(
    w.bar.balance,
    () => void import("./balance.ts").then(({ openBalance }) => openBalance(desk)),
    { icon: "trend" },
  );
  const show = () => {
    balance.disabled = !desk.may.write || !draft.isEditable;
  };
  show();
  draft.on("plan", show);
  shell.slots.bar.classList.add("pl-bar");
  replace(
    shell.slots.bar,
    h(
      "a",
      {
        class: "btn ghost sm pl-home",
        href: homeOf(desk),
        title: w.bar.all,
        "aria-label": w.bar.all,
      },
      icon("down2"),
    ),
    title(desk),
    badge(w.bar.number(draft.plan.number)),
    steps,
    stageActions(desk),
    h("div", { class: "grow" }),
    savedSign(desk),
    balance,
    button(w.bar.compare, () => desk.tell("tab", "compare"), { icon: "dup" }),
    exportMenu(desk),
    publishButton(desk),
  );
}

function homeOf({ shell }: PlanDesk): string {
  const query = new URLSearchParams();
  for (const name of ["lang", "theme"]) {
    const value = shell.address.get(name);
    if (value) query.set(name, value);
  }
  const text = query.toString();
  return text ? `/planner?${text}` : "/planner";
}

/** The title is its own field: Enter keeps it, Escape takes the old one back. */
function title({ draft, shell, w, may, complain }: PlanDesk): HTMLElement {
  const input = h("input", {
    class: "pl-title",
    type: "text",
    maxlength: 200,
    autocomplete: "off",
    "aria-label": w.bar.title,
    readonly: !may.write,
  });
  const show = (plan: Plan) => {
    if (document.activeElement !== input) input.value = plan.title;
    input.style.width = `${widthOf(plan.title)}em`;
    document.title = `${plan.title} · ${shell.t.pages.planner}`;
  };
  const keep = async () => {
    const wanted = input.value.trim();
    if (!wanted || wanted === draft.plan.title) {
      input.value = draft.plan.title;
      return;
    }
    try {
      draft.use(await shell.api.send<Plan>("PATCH", draft.base, { title: wanted }));
    } catch (error) {
      input.value = draft.plan.title;
      complain(error);
    }
  };
  input.addEventListener("change", () => void keep());
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") input.value = draft.plan.title;
    if (event.key === "Enter" || event.key === "Escape") input.blur();
  });
  show(draft.plan);
  draft.on("plan", show);
  return input;
}

/** About as many em as a text is wide: half of one for Latin, a whole one for Chinese. */
function widthOf(text: string): number {
  const wide = [...text].reduce(
    (sum, sign) => sum + (sign.charCodeAt(0) > 0x2e7f ? 1.02 : 0.6),
    1.2,
  );
  return Math.min(20, Math.max(6, wide));
}

/** "Step 47 saved · 14:32:07", or what is the matter, and the way out. */
function savedSign({ draft, w, complain }: PlanDesk): HTMLElement {
  const box = h("span", { class: "t12 mut row pl-saved", role: "status" });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const retry = () => void draft.refresh().then(() => show(draft.saved()), complain);
  const show = (saved: Saved) => {
    clearTimeout(timer);
    box.dataset["state"] = saved.state;
    if (saved.state === "saving") {
      // what is kept within the blink of an eye is not announced
      timer = setTimeout(() => replace(box, icon("clock"), w.bar.saving), 250);
      return;
    }
    const at = clock(saved.at);
    if (saved.state === "saved") replace(box, icon("check"), w.bar.saved(saved.step, at));
    else
      replace(
        box,
        icon("wifi"),
        w.bar.kept(saved.step),
        button(w.bar.retry, retry, { size: "sm" }),
      );
  };
  show(draft.saved());
  draft.on("saved", show);
  return box;
}
