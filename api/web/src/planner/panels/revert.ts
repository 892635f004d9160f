/** Undoing a publication: the generation before is published again, nothing is deleted. */

import { h } from "../../ui/dom.ts";
import type { PlanDesk } from "./desk.ts";
import { field, openDialog, Refusal, textInput } from "./dialog.ts";
import { type Published, tellPublished } from "./published.ts";

export function openRevert(desk: PlanDesk, generation: number): void {
  const { draft, shell, w } = desk;
  const name = textInput(w.revert.name(generation), { maxlength: 200, name: "name" });
  openDialog({
    title: w.revert.title,
    body: [h("p", { class: "mut" }, w.revert.note(generation)), field(w.publish.name, name)],
    close: w.close,
    action: w.revert.title,
    away: w.bar.away,
    bad: true,
    run: async () => {
      if (!name.value.trim()) throw new Refusal(w.publish.noName);
      const path = `/api/v1/generations/${generation}/revert`;
      const done = await shell.api.send<Published>("POST", path, { name: name.value.trim() });
      if (done.plan) draft.use(done.plan);
      tellPublished(desk, done);
    },
  });
}
