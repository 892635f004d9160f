/** API tokens of an account: made, shown once, revoked. */

import { moment } from "../i18n/format.ts";
import { type Child, h, replace } from "../ui/dom.ts";
import { badge, button } from "../ui/parts.ts";
import { type Grant, placeWord, roleWord } from "./accounts.ts";
import type { Frame } from "./frame.ts";
import {
  ask,
  filled,
  form,
  openDialog,
  selectField,
  tellSecret,
  textField,
  tick,
} from "./parts.ts";

interface Token {
  id: string;
  label: string;
  roles: Grant[] | null;
  is_read_only: boolean;
  expires_at: string;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface TokenPlace {
  /** Lists them by GET, makes one by POST; `/{id}` below it is revoked by DELETE. */
  path: string;
  /** What the account holds: a token may be made for less. */
  roles: readonly Grant[];
}

export function tokensSection(frame: Frame, place: TokenPlace): HTMLElement {
  const { w, api } = frame;
  const list = h("ul", { class: "rows" });
  const past = h("p", { class: "t12 dim" });
  const load = async () => {
    const found = await api.get<Token[]>(place.path);
    const valid = found.filter((one) => !ended(one));
    const rows = valid.map((one) => row(frame, one, place, load));
    replace(list, ...(rows.length ? rows : [h("li", { class: "dim" }, w.tokens.none)]));
    past.textContent =
      found.length > valid.length ? w.tokens.past(found.length - valid.length) : "";
  };
  const make = button(w.tokens.make, () => makeDialog(frame, place, load), {
    size: "sm",
    icon: "plus",
  });
  filled(list, load);
  return h(
    "section",
    { class: "sec tokens" },
    h("div", { class: "row sp" }, h("h3", { class: "h3" }, w.tokens.title), make),
    list,
    past,
  );
}

function ended(one: Token): boolean {
  return one.revoked_at !== null || Date.parse(one.expires_at) <= Date.now();
}

function row(frame: Frame, one: Token, place: TokenPlace, load: () => Promise<void>): HTMLElement {
  const { w, lang, api } = frame;
  const used = one.last_used_at ? w.tokens.used(moment(one.last_used_at, lang)) : w.tokens.unused;
  const limits: Child[] = (one.roles ?? []).map((grant) =>
    badge(`${roleWord(frame, grant.role)} · ${placeWord(frame, grant)}`),
  );
  const revoke = button(
    w.tokens.revoke,
    () =>
      ask(frame, {
        title: w.tokens.revokeVerb,
        note: w.tokens.revokeNote(one.label),
        verb: w.tokens.revokeVerb,
        run: async () => {
          await api.send("DELETE", `${place.path}/${encodeURIComponent(one.id)}`);
          await load();
        },
      }),
    { size: "sm", kind: "bad" },
  );
  revoke.setAttribute("aria-label", `${w.tokens.revoke} ${one.label}`);
  return h(
    "li",
    {},
    h(
      "div",
      { class: "grow two" },
      h("span", { class: "ell" }, one.label),
      h(
        "span",
        { class: "t12 dim" },
        `${w.tokens.expires(moment(one.expires_at, lang))} · ${used}`,
      ),
      limits.length ? h("span", { class: "row wrap" }, ...limits) : null,
    ),
    badge(
      one.is_read_only ? w.tokens.readOnly : w.tokens.readWrite,
      one.is_read_only ? undefined : "warn",
    ),
    revoke,
  );
}

function makeDialog(frame: Frame, place: TokenPlace, load: () => Promise<void>): void {
  const { w, api } = frame;
  const label = textField(w.tokens.label, { maxlength: 100, autocomplete: "off" });
  const days = textField(w.tokens.days, { type: "number", min: 1, max: 366, value: 90 });
  const scope = selectField(w.tokens.scope, [
    { value: "", label: w.tokens.same },
    ...place.roles.map((grant, at) => ({
      value: String(at),
      label: `${roleWord(frame, grant.role)} · ${placeWord(frame, grant)}`,
    })),
  ]);
  const write = tick(w.tokens.write);
  const send = button(w.tokens.make, () => undefined, { kind: "pri" });
  const run = async () => {
    const held = scope.input.value === "" ? null : place.roles[Number(scope.input.value)];
    const roles = held ? [{ role: held.role, grid_code: held.grid_code }] : null;
    const made = await api.send<{ secret: string }>("POST", place.path, {
      label: label.input.value.trim(),
      days: days.input.valueAsNumber,
      is_read_only: !write.input.checked,
      roles,
    });
    dialog.close();
    await load();
    tellSecret(frame, w.tokens.made, made.secret);
  };
  const dialog = openDialog(
    frame,
    w.tokens.make,
    form(send, run, label.box, days.box, scope.box, write.box),
  );
}
