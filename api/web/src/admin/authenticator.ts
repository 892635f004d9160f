/** Add or remove the authenticator of one's own account; its QR code is drawn here. */

import { type Child, h, replace } from "../ui/dom.ts";
import { badge, button } from "../ui/parts.ts";
import { ACCOUNT } from "./accounts.ts";
import type { Frame } from "./frame.ts";
import { form, openDialog, textField } from "./parts.ts";
import { qrOf } from "./qr.ts";
import { qrPicture } from "./qr-picture.ts";

const TOTP = `${ACCOUNT}/totp`;

interface Enrolment {
  secret: string;
  uri: string;
}

export function authenticatorSection(frame: Frame): HTMLElement {
  const { w, session } = frame;
  const element = h("section", { class: "sec totp" });
  const show = (has: boolean) => {
    const set = () => askPassword(frame, w.account.bind, (password) => begin(password));
    const unset = () => askPassword(frame, w.account.unbind, (password) => remove(password));
    replace(
      element,
      h(
        "div",
        { class: "row sp" },
        h("h3", { class: "h3" }, w.account.totp, has ? badge(w.users.active, "ok") : null),
        has
          ? button(w.account.unbind, unset, { size: "sm", kind: "bad" })
          : button(w.account.bind, set, { size: "sm", icon: "plus" }),
      ),
      h("p", { class: "mut" }, has ? w.account.totpOn : w.account.totpOff),
    );
  };
  const begin = async (password: string) => {
    const made = await frame.api.send<Enrolment>("POST", TOTP, { password });
    enrol(frame, made, () => show(true));
  };
  const remove = async (password: string) => {
    await frame.api.send("POST", `${TOTP}/removal`, { password });
    frame.notify(w.account.unbound);
    show(false);
  };
  show(session.has_totp);
  return element;
}

/** The password is asked again before something dangerous. */
function askPassword(frame: Frame, title: string, then: (password: string) => Promise<void>): void {
  const password = textField(frame.w.account.old, {
    type: "password",
    autocomplete: "current-password",
  });
  const run = async () => {
    await then(password.input.value);
    dialog.close();
  };
  const send = button(title, () => undefined, { kind: "pri" });
  const dialog = openDialog(frame, title, form(send, run, password.box));
  password.input.focus();
}

function enrol(frame: Frame, made: Enrolment, confirmed: () => void): void {
  const { w, api } = frame;
  const modules = qrOf(made.uri);
  const code = textField(w.account.code, {
    inputmode: "numeric",
    autocomplete: "one-time-code",
    maxlength: 6,
  });
  const fact = (name: string, value: string): Child[] => [
    h("dt", {}, name),
    h("dd", { class: "mono wraps" }, value),
  ];
  const run = async () => {
    const told = await api.send<{ recovery_codes: string[] }>("PUT", TOTP, {
      code: code.input.value,
    });
    dialog.close();
    confirmed();
    tellRecovery(frame, told.recovery_codes);
  };
  const dialog = openDialog(
    frame,
    w.account.bind,
    h("p", { class: "mut" }, w.account.scan),
    modules ? qrPicture(modules, w.account.qr) : null,
    h("dl", { class: "facts" }, ...fact(w.account.key, made.secret)),
    h(
      "details",
      { class: "more" },
      h("summary", {}, w.account.address),
      h("p", { class: "mono wraps otpauth" }, made.uri),
    ),
    form(
      button(w.account.confirm, () => undefined, { kind: "pri" }),
      run,
      code.box,
    ),
  );
  dialog.classList.add("enrol");
}

function tellRecovery(frame: Frame, codes: readonly string[]): void {
  const { w } = frame;
  openDialog(
    frame,
    w.account.recovery,
    h("p", { class: "warnline" }, w.common.once),
    h("ul", { class: "codes mono" }, ...codes.map((code) => h("li", {}, code))),
    h("p", { class: "t12 mut" }, w.account.recoveryNote),
  );
}
