/** Open sessions of an account, and the way to end them. */

import { moment } from "../i18n/format.ts";
import { h, replace } from "../ui/dom.ts";
import { badge, button } from "../ui/parts.ts";
import type { Frame } from "./frame.ts";
import { ask, filled } from "./parts.ts";

interface OpenSession {
  id: string;
  opened_at: string;
  seen_at: string;
  address: string;
  is_this: boolean;
}

/** `path` lists them by GET and ends them by DELETE, one's own present one excepted. */
export function sessionsSection(frame: Frame, path: string, endAll: string): HTMLElement {
  const { w, lang, api } = frame;
  const list = h("ul", { class: "rows" });
  const end = button(
    endAll,
    () =>
      ask(frame, {
        title: endAll,
        note: w.sessions.endNote,
        verb: endAll,
        run: async () => {
          await api.send("DELETE", path);
          await load();
        },
      }),
    { size: "sm", kind: "bad" },
  );
  const row = (one: OpenSession) =>
    h(
      "li",
      {},
      h("span", { class: "grow ell" }, w.sessions.from(one.address)),
      one.is_this ? badge(w.sessions.mine, "acc") : null,
      h("span", { class: "t12 dim" }, w.sessions.seen(moment(one.seen_at, lang))),
    );
  const load = async () => {
    const found = await api.get<OpenSession[]>(path);
    end.hidden = found.every((one) => one.is_this);
    if (found.length) replace(list, ...found.map(row));
    else replace(list, h("li", { class: "dim" }, w.sessions.none));
  };
  filled(list, load);
  return h(
    "section",
    { class: "sec sessions" },
    h("div", { class: "row sp" }, h("h3", { class: "h3" }, w.sessions.title), end),
    list,
  );
}
