/** Add an account; its one-time password is shown once. */

import { h } from "../ui/dom.ts";
import { button } from "../ui/parts.ts";
import { roleWord, USERS, type User, userPath } from "./accounts.ts";
import type { Frame } from "./frame.ts";
import { makeGridPicker } from "./grid-picker.ts";
import { form, openDialog, selectField, tellSecret, textField, tick } from "./parts.ts";

/** The choices of a role, the least first. */
export function roleField(frame: Frame) {
  const names = Object.keys(frame.w.roles);
  return selectField(
    frame.w.users.role,
    names.map((name) => ({ value: name, label: roleWord(frame, name) })),
  );
}

export function addUser(frame: Frame, added: (code: string) => void): void {
  const { w, api } = frame;
  const code = textField(w.users.code, { maxlength: 64, autocomplete: "off" }, w.users.codeHint);
  const name = textField(w.users.name, { maxlength: 100, autocomplete: "off" });
  const role = roleField(frame);
  const grid = makeGridPicker(frame);
  const machine = tick(w.users.machine);
  const send = button(w.users.add, () => undefined, { kind: "pri" });
  const run = async () => {
    const user = await api.send<User>("POST", USERS, {
      code: code.input.value,
      name: name.input.value,
      roles: [{ role: role.input.value, grid_code: grid.value() }],
    });
    dialog.close();
    if (!machine.input.checked) await givePassword(frame, user);
    added(user.code);
  };
  const dialog = openDialog(
    frame,
    w.users.add,
    form(
      send,
      run,
      h("div", { class: "pair" }, code.box, name.box),
      role.box,
      grid.element,
      machine.box,
    ),
  );
}

/** Let the service make a password and show it once. */
export async function givePassword(frame: Frame, user: User): Promise<void> {
  const { w, api } = frame;
  const made = await api.send<{ password: string }>("POST", userPath(user.code, "password"));
  tellSecret(frame, w.users.given(user.name), made.password, w.users.givenNote);
}
