/** One's own account: password, authenticator, sessions and tokens. */

import { h, replace } from "../ui/dom.ts";
import { badge, button } from "../ui/parts.ts";
import { ACCOUNT, placeWord, roleWord } from "./accounts.ts";
import { authenticatorSection } from "./authenticator.ts";
import type { Frame } from "./frame.ts";
import { form, textField, Unfit } from "./parts.ts";
import { sessionsSection } from "./sessions.ts";
import { tokensSection } from "./tokens.ts";

export function mountAccount(frame: Frame): void {
  const { session, w } = frame;
  const first = [head(frame), passwordSection(frame)];
  const more = session.must_change
    ? []
    : [
        authenticatorSection(frame),
        sessionsSection(frame, `${ACCOUNT}/sessions`, w.sessions.endOthers),
        tokensSection(frame, { path: `${ACCOUNT}/tokens`, roles: session.user.roles }),
      ];
  replace(frame.main, h("div", { class: "column" }, ...first, ...more));
}

function head(frame: Frame): HTMLElement {
  const { session, w } = frame;
  const { user } = session;
  const roles = user.roles.map((one) =>
    badge(`${roleWord(frame, one.role)} · ${placeWord(frame, one)}`, "acc"),
  );
  return h(
    "section",
    { class: "sec" },
    h(
      "div",
      { class: "row sp" },
      h("h1", { class: "t28" }, user.name),
      button(w.account.out, frame.signOut, { kind: "bad" }),
    ),
    h("p", { class: "mono dim" }, user.code),
    h("h3", { class: "visually-hidden" }, w.account.rolesOf),
    h("div", { class: "row wrap" }, ...(roles.length ? roles : [w.users.noRoles])),
    session.must_change ? h("p", { class: "warnline", role: "alert" }, w.account.mustChange) : null,
  );
}

function passwordSection(frame: Frame): HTMLElement {
  const { w, api, notify, session } = frame;
  const field = (label: string, autocomplete: string, note = "") =>
    textField(label, { type: "password", maxlength: 256, autocomplete }, note);
  const old = field(w.account.old, "current-password");
  const fresh = field(w.account.new, "new-password", w.account.rule);
  const again = field(w.account.again, "new-password");
  const fields = [old, fresh, again];
  const send = button(w.account.password, () => undefined, { kind: "pri" });
  const run = async () => {
    const empty = fields.find((one) => !one.input.value);
    if (empty) {
      empty.input.focus();
      throw new Unfit(w.account.empty);
    }
    if (fresh.input.value !== again.input.value) throw new Unfit(w.account.differ);
    await api.send("PUT", `${ACCOUNT}/password`, {
      old: old.input.value,
      new: fresh.input.value,
    });
    for (const one of fields) one.input.value = "";
    if (session.must_change)
      location.replace("/signin"); // which leads on to one's own page
    else notify(w.account.changed);
  };
  return h(
    "section",
    { class: "sec password" },
    h("h3", {}, w.account.password),
    form(send, run, ...fields.map((one) => one.box)),
  );
}
