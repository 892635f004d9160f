/** All accounts in a list, found by any of their words; the chosen one is shown at the right. */

import { count } from "../i18n/format.ts";
import { h, replace } from "../ui/dom.ts";
import { badge, button, skeleton, state } from "../ui/parts.ts";
import { makeTable } from "../ui/table.ts";
import { placeWord, roleWord, USERS, type User } from "./accounts.ts";
import type { Frame } from "./frame.ts";
import { filled } from "./parts.ts";
import { showUser } from "./user.ts";
import { addUser } from "./user-new.ts";

const CHOSEN = "user";
const SOUGHT = "q";

export function mountUsers(frame: Frame, tabs: HTMLElement): void {
  const { w, address, api } = frame;
  let users: User[] = [];
  const find = h("input", {
    class: "inp short",
    type: "search",
    placeholder: w.users.find,
    "aria-label": w.users.find,
    value: address.get(SOUGHT) ?? "",
    oninput: () => {
      address.set(SOUGHT, find.value || null);
      show();
    },
  });
  const many = h("span", { class: "t12 dim num", role: "status" });
  const table = makeTable<User>({
    label: w.users.table,
    key: (user) => user.code,
    onPick: (user) => choose(user.code),
    columns: [
      { title: w.users.code, value: (user) => user.code, cell: (user) => mono(user.code) },
      { title: w.users.name, value: (user) => user.name, cell: (user) => user.name },
      { title: w.users.rolesOf, cell: (user) => roles(frame, user) },
      { title: w.users.signIn, cell: (user) => ways(frame, user) },
      {
        title: w.users.state,
        value: (user) => Number(user.is_disabled),
        cell: (user) =>
          user.is_disabled ? badge(w.users.disabled, "bad") : badge(w.users.active, "ok"),
      },
    ],
  });
  const add = button(w.users.add, () => addUser(frame, (code) => void reload(code)), {
    kind: "pri",
    icon: "plus",
  });

  function show(): void {
    const sought = find.value.trim().toLocaleLowerCase();
    const found = users.filter((user) => words(frame, user).includes(sought));
    many.textContent = w.users.count(count(found.length));
    if (found.length) {
      replace(frame.main, table.element);
      table.show(found);
      table.pick(address.get(CHOSEN));
      return;
    }
    const clear = () => {
      find.value = "";
      address.set(SOUGHT, null);
      show();
    };
    replace(
      frame.main,
      state("find", w.users.none, w.users.noneNote, { label: w.users.clear, run: clear }),
    );
  }

  function choose(code: string | null): void {
    address.set(CHOSEN, code);
    table.pick(code);
    document.body.classList.toggle("drawer-open", code !== null);
    const user = users.find((one) => one.code === code);
    if (user) showUser(frame, user, () => void reload(user.code));
    else replace(frame.panel, state("user", w.users.pick, w.users.pickNote));
  }

  async function reload(code: string | null): Promise<void> {
    users = await api.get<User[]>(USERS);
    show();
    choose(code);
  }

  replace(frame.bar, tabs, find, many, h("span", { class: "grow" }), add);
  replace(frame.main, skeleton(8));
  filled(frame.main, () => reload(address.get(CHOSEN)));
}

function mono(text: string): HTMLElement {
  return h("span", { class: "mono b" }, text);
}

function roles(frame: Frame, user: User): HTMLElement {
  const told = user.roles.map((one) => `${roleWord(frame, one.role)} · ${placeWord(frame, one)}`);
  return h("span", { class: "ell some", title: told.join("\n") }, told.join("；"));
}

function ways({ w }: Frame, user: User): string {
  const found = [
    user.password_until ? w.users.oneTime : user.has_password ? w.users.password : "",
    user.has_totp ? w.users.totp : "",
    user.identities.length ? w.users.provider : "",
  ].filter(Boolean);
  return found.length ? found.join("、") : w.users.noWay;
}

function words(frame: Frame, user: User): string {
  const told = user.roles.map((one) => `${roleWord(frame, one.role)} ${placeWord(frame, one)}`);
  return [user.code, user.name, ...told].join(" ").toLocaleLowerCase();
}
