/** One account: what it may do where, how it signs in, its sessions and tokens. */

import { moment } from "../i18n/format.ts";
import { type Child, h, replace } from "../ui/dom.ts";
import { badge, button } from "../ui/parts.ts";
import { type Grant, placeWord, roleWord, type User, userPath } from "./accounts.ts";
import type { Frame } from "./frame.ts";
import { makeGridPicker } from "./grid-picker.ts";
import { ask, type Doubt, form } from "./parts.ts";
import { sessionsSection } from "./sessions.ts";
import { tokensSection } from "./tokens.ts";
import { givePassword, roleField } from "./user-new.ts";

export function showUser(frame: Frame, user: User, changed: () => void): void {
  const { w } = frame;
  replace(
    frame.panel,
    head(frame, user),
    rolesSection(frame, user, changed),
    securitySection(frame, user, changed),
    sessionsSection(frame, userPath(user.code, "sessions"), w.sessions.endAll),
    tokensSection(frame, { path: userPath(user.code, "tokens"), roles: user.roles }),
  );
}

function head({ w, lang }: Frame, user: User): HTMLElement {
  return h(
    "section",
    { class: "sec" },
    h(
      "div",
      { class: "row sp" },
      h("h2", { class: "t20" }, user.name),
      user.is_disabled ? badge(w.users.disabled, "bad") : badge(w.users.active, "ok"),
    ),
    h(
      "p",
      { class: "t12 dim" },
      `${user.code} · ${w.users.created(moment(user.created_at, lang))}`,
    ),
  );
}

function rolesSection(frame: Frame, user: User, changed: () => void): HTMLElement {
  const { w, api, notify } = frame;
  const rows = user.roles.map((grant) => roleRow(frame, user, grant, changed));
  const role = roleField(frame);
  const grid = makeGridPicker(frame);
  const send = button(w.users.grant, () => undefined);
  const run = async () => {
    const given = { role: role.input.value, grid_code: grid.value() };
    await api.send("POST", userPath(user.code, "roles"), given);
    notify(w.users.granted(roleWord(frame, given.role), grid.name()));
    changed();
  };
  return h(
    "section",
    { class: "sec roles" },
    h("h3", {}, w.users.rolesOf),
    rows.length
      ? h("ul", { class: "rows" }, ...rows)
      : h("p", { class: "warnline" }, w.users.noRoles),
    h(
      "details",
      { class: "more" },
      h("summary", {}, w.users.grant),
      form(send, run, role.box, grid.element),
    ),
  );
}

function roleRow(frame: Frame, user: User, grant: Grant, changed: () => void): HTMLElement {
  const { w, api } = frame;
  const [role, place] = [roleWord(frame, grant.role), placeWord(frame, grant)];
  const path = `${userPath(user.code, "roles", grant.role)}`;
  const on = grant.grid_code === null ? "" : `?grid_code=${encodeURIComponent(grant.grid_code)}`;
  const title = w.users.revoke(role, place);
  const revoke = danger(frame, w.users.revokeVerb, {
    title,
    note: w.users.revokeNote,
    verb: w.users.revokeVerb,
    run: async () => {
      await api.send("DELETE", path + on);
      changed();
    },
  });
  revoke.setAttribute("aria-label", `${w.users.revokeVerb} ${role} ${place}`);
  return h(
    "li",
    {},
    h("b", { class: "nowrap" }, role),
    h("span", { class: "grow ell", title: place }, place),
    revoke,
  );
}

function securitySection(frame: Frame, user: User, changed: () => void): HTMLElement {
  const { w, lang, api } = frame;
  const path = userPath(user.code);
  const state = user.password_until
    ? w.users.oneTimeUntil(moment(user.password_until, lang))
    : user.has_password
      ? w.users.password
      : w.users.noWay;
  const line = (text: string, ...children: Child[]) =>
    h("li", {}, h("span", { class: "grow" }, text), ...children);
  const sent = (method: "PATCH" | "DELETE", at: string, body?: unknown) => async () => {
    await api.send(method, at, body);
    changed();
  };
  const give = button(
    w.users.givePassword,
    () =>
      ask(frame, {
        title: w.users.givePassword,
        note: w.users.giveNote(user.name),
        verb: w.users.givePassword,
        run: async () => {
          await givePassword(frame, user);
          changed();
        },
      }),
    { size: "sm" },
  );
  const totp = danger(frame, w.users.removeTotp, {
    title: w.users.removeTotp,
    note: w.users.removeTotpNote,
    verb: w.users.removeTotp,
    run: sent("DELETE", userPath(user.code, "totp")),
  });
  const disable = danger(frame, w.users.disable, {
    title: w.users.disable,
    note: w.users.disableNote,
    verb: w.users.disable,
    run: sent("PATCH", path, { is_disabled: true }),
  });
  const enable = button(w.users.enable, () => void sent("PATCH", path, { is_disabled: false })(), {
    size: "sm",
  });
  const linked = user.identities.map((one) => {
    const unlink = danger(frame, w.users.unlink, {
      title: w.users.unlink,
      note: `${one.provider}  ${one.subject}`,
      verb: w.users.unlink,
      run: sent("DELETE", userPath(user.code, "identities", one.provider)),
    });
    return line(`${w.users.provider} ${one.provider} ${one.subject}`, unlink);
  });
  return h(
    "section",
    { class: "sec security" },
    h("h3", {}, w.users.security),
    h(
      "ul",
      { class: "rows" },
      line(state, give),
      user.has_totp ? line(w.users.totp, totp) : null,
      ...linked,
      line(w.users.state, user.is_disabled ? enable : disable),
    ),
  );
}

/** A small button that asks once more. */
function danger(frame: Frame, label: string, doubt: Doubt): HTMLButtonElement {
  return button(label, () => ask(frame, doubt), { size: "sm", kind: "bad" });
}
