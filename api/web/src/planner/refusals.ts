/** Why a step was not taken, over the map until the planner has seen it. */

import { moment } from "../i18n/format.ts";
import type { Shell } from "../shell/shell.ts";
import { h, replace } from "../ui/dom.ts";
import { button } from "../ui/parts.ts";
import { shortCode } from "./codes.ts";
import type { Draft } from "./draft.ts";
import { stepTitle } from "./step-title.ts";
import type { Entry, Wish } from "./told.ts";
import type { Trouble } from "./trouble.ts";
import type { ToolWords } from "./words/index.ts";

const LOOKS_EVERY_MS = 15_000;
const MOST = 4;

export function mountRefusals(
  shell: Shell,
  draft: Draft,
  words: ToolWords,
  stage: HTMLElement,
): void {
  const titled = (one: Entry) =>
    stepTitle(one.title, shell.lang, (code) => shortCode(code, draft.plan.area_code));
  const box = h("div", { class: "at float plan-trouble", role: "alert", hidden: true });
  stage.append(box);
  const close = () => {
    box.hidden = true;
    replace(box);
  };
  const open = (unlock: Wish) => {
    close();
    void draft.take(unlock);
  };
  const show = ({ kind, said, unlock, entries, again }: Trouble) => {
    const who = entries.slice(-MOST).map((one) => {
      const told = words.trouble.who(
        one.author,
        moment(one.at, shell.lang),
        one.number,
        titled(one),
      );
      return h("li", {}, told);
    });
    const retry = () => {
      close();
      void again();
    };
    replace(
      box,
      h("b", { class: kind === "stale" ? "warn" : "bad" }, words.trouble[kind]),
      said && kind !== "stale" ? h("p", { class: "t12" }, said) : null,
      who.length ? h("ul", { class: "t12" }, ...who) : null,
      h(
        "div",
        { class: "row" },
        kind === "stale" || kind === "away"
          ? button(words.trouble.again, retry, { size: "sm", kind: "pri" })
          : null,
        unlock
          ? button(words.trouble.unlock, () => open(unlock), { size: "sm", kind: "pri" })
          : null,
        button(words.trouble.seen, close, { size: "sm" }),
      ),
    );
    box.hidden = false;
  };
  draft.on("trouble", show);
  draft.on("changed", ({ entries }) => {
    const mine = shell.session.user.code;
    if (entries.some((one) => one.author === mine)) close();
  });

  // what others do is taken in now and then, and told
  const look = () => {
    if (document.hidden || draft.busy) return;
    const before = draft.plan.step;
    draft.refresh().then(
      (isNew) => {
        const last = draft.entries.at(-1);
        if (isNew && last && last.number > before)
          shell.notify(words.others(last.author, titled(last)));
      },
      () => {}, // the sign in the top bar says that the service is away
    );
  };
  setInterval(look, LOOKS_EVERY_MS);
}
