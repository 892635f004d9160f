/** The steps of a plan under the panel: who did what and when; a click goes back to that step. */

import { moment } from "../../i18n/format.ts";
import { h, replace } from "../../ui/dom.ts";
import { button } from "../../ui/parts.ts";
import { stepTitle } from "../step-title.ts";
import type { Entry } from "../told.ts";
import type { PlanDesk } from "./desk.ts";
import { pastOf } from "./past.ts";
import { clock, day } from "./when.ts";

/** Steps drawn at once; older ones are a click away. */
const SHOWN = 60;

export function mountHistory(desk: PlanDesk): HTMLElement {
  const { draft, w } = desk;
  const list = h("ul", { class: "pl-hist" });
  let most = SHOWN;
  let shown = "";
  const show = () => {
    const now = `${draft.entries.length}/${draft.plan.stage}/${most}`;
    if (now === shown) return; // what has the focus keeps it
    shown = now;
    const { done, undone } = pastOf(draft.entries);
    const rows = [
      ...undone.map((entry, at) => ({ entry, steps: -(undone.length - at), now: false })).reverse(),
      ...[...done].reverse().map((entry, at) => ({ entry, steps: at, now: at === 0 })),
    ];
    const lines = rows.slice(0, most).map((row) => line(desk, row.entry, row.steps, row.now));
    const rest = rows.length - most;
    replace(list, ...lines, rest > 0 ? more(rest) : first(desk, done.length));
  };
  const more = (rest: number) =>
    h(
      "li",
      {},
      button(
        w.history.more(rest),
        () => {
          most += 1000;
          show();
        },
        { size: "sm", kind: "ghost" },
      ),
    );
  show();
  draft.on("changed", show);
  draft.on("plan", show);
  return h(
    "section",
    { class: "sec pl-past" },
    h(
      "h3",
      { class: "sp" },
      w.history.title,
      h("span", { class: "t12 dim plain" }, w.history.note),
    ),
    list,
  );
}

function line(desk: PlanDesk, entry: Entry, steps: number, now: boolean): HTMLElement {
  const { w, shell, draft } = desk;
  const today = day(entry.at) === day(new Date().toISOString());
  const at = today ? clock(entry.at, false) : moment(entry.at, shell.lang);
  const title = stepTitle(entry.title, shell.lang, desk.short);
  const isOpen = desk.may.write && draft.isEditable;
  const said = steps < 0 ? w.history.again(-steps) : w.history.back(steps);
  const shown = [
    h("span", { class: "n" }, entry.number),
    h("span", { class: "ell" }, title),
    h("span", { class: "dim who-at" }, entry.author, " ", now ? w.history.now : at),
  ];
  const tip = `${title} · ${entry.author} · ${moment(entry.at, shell.lang)}`;
  const className = `${now ? "cur" : ""}${steps < 0 ? "un" : ""}` || null;
  if (!isOpen || steps === 0) {
    return h("li", { class: className, title: tip, "aria-current": now ? "step" : null }, ...shown);
  }
  const onclick = () => void goBack(desk, steps);
  return h(
    "li",
    { class: className },
    h(
      "button",
      { type: "button", title: `${said}\n${tip}`, onclick, "data-steps": steps },
      ...shown,
    ),
  );
}

/** Where the plan began. */
function first(desk: PlanDesk, steps: number): HTMLElement {
  const { w, draft } = desk;
  const text = w.history.start(draft.plan.generation);
  const shown = [h("span", { class: "n" }, 0), h("span", { class: "ell" }, text)];
  if (!steps || !desk.may.write || !draft.isEditable) return h("li", {}, ...shown);
  const onclick = () => void goBack(desk, steps);
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", onclick, title: w.history.back(steps), "data-steps": steps },
      ...shown,
    ),
  );
}

/** Take steps back one after the other, or forward when there are less than none. */
export async function goBack({ draft }: PlanDesk, steps: number): Promise<void> {
  for (let left = Math.abs(steps); left > 0; left--) {
    const taken = steps > 0 ? await draft.undo() : await draft.redo();
    if (!taken) return; // refused: it has been said why
  }
}
