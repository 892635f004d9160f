/** The top bar: which city, which page, search, whether it lives, language, theme, who. */

import { keepLang, type Lang, type Words } from "../i18n/index.ts";
import type { City } from "../map/city.ts";
import { h } from "../ui/dom.ts";
import { mark } from "../ui/icons.ts";
import { button } from "../ui/parts.ts";
import type { Address } from "./address.ts";
import type { Session } from "./session.ts";
import type { AnyPage } from "./shell.ts";
import type { Theme } from "./theme.ts";

export interface TopParts {
  page: AnyPage;
  pages: readonly AnyPage[];
  city: City;
  t: Words;
  lang: Lang;
  address: Address;
  theme: Theme;
  session: Session;
  search: HTMLElement;
  live: HTMLElement;
  /** Without keys of its own a page shows none. */
  showKeys?: () => void;
  signOut: () => void;
}

export function topBar(parts: TopParts): HTMLElement {
  const { t, city, lang } = parts;
  const cityName = (lang === "en" && city.name_en) || city.name || t.shell.unnamed;
  return h(
    "header",
    { class: "top" },
    h("div", { class: "brand" }, mark(), t.title, h("small", {}, cityName)),
    navigation(parts),
    parts.search,
    h("div", { class: "grow" }),
    h(
      "div",
      { class: "right-side" },
      parts.live,
      generation(parts),
      themeButton(parts),
      languageButton(parts),
      keysButton(parts),
      who(parts),
      drawerButton(parts),
    ),
  );
}

function navigation({ pages, page, t }: TopParts): HTMLElement {
  const link = (name: AnyPage) =>
    h("a", { href: `/${name}`, "aria-current": name === page ? "page" : null }, t.pages[name]);
  return h("nav", { class: "nav", "aria-label": t.shell.nav }, ...pages.map(link));
}

function generation({ city, t }: TopParts): HTMLElement {
  const now = city.generation;
  const text = now ? t.shell.generation(now.number, now.name) : t.shell.noGeneration;
  return h("span", { class: "badge gen", title: t.shell.generationTip }, text);
}

function themeButton({ theme, t }: TopParts): HTMLElement {
  const label = () => (theme.get() === "dark" ? t.shell.light : t.shell.dark);
  const switched = button(label(), () => theme.set(theme.get() === "dark" ? "light" : "dark"), {
    kind: "ghost",
    size: "sm",
  });
  theme.on(() => {
    switched.textContent = label();
  });
  return switched;
}

/** Everything is in the address, so the page may simply be opened again in the other language. */
function languageButton({ lang, t, address }: TopParts): HTMLElement {
  const other: Lang = lang === "zh" ? "en" : "zh";
  const switched = button(
    t.shell.other,
    () => {
      keepLang(other);
      address.set("lang", other);
      location.reload();
    },
    { kind: "ghost", size: "sm", title: t.shell.otherTip },
  );
  switched.lang = other === "zh" ? "zh-CN" : "en";
  return switched;
}

function keysButton({ t, showKeys }: TopParts): HTMLElement | null {
  if (!showKeys) return null;
  const help = button("?", showKeys, { kind: "ghost", size: "sm", title: t.shell.help });
  help.setAttribute("aria-label", t.shell.help);
  return help;
}

function who({ session, t, signOut }: TopParts): HTMLElement {
  const name = session.user.name;
  return h(
    "div",
    { class: "who" },
    h("b", { "aria-hidden": "true" }, name.slice(0, 1)),
    h("a", { href: "/account", class: "me", title: t.pages.account }, name),
    button(t.shell.signOut, signOut, { kind: "ghost", size: "sm" }),
  );
}

/** On a narrow screen the right panel is a drawer. */
function drawerButton({ t }: TopParts): HTMLElement {
  const toggle = () => {
    const isOpen = document.body.classList.toggle("drawer-open");
    opener.setAttribute("aria-expanded", String(isOpen));
  };
  const opener = button(t.shell.panel, toggle, { size: "sm" });
  opener.classList.add("drawer");
  opener.setAttribute("aria-expanded", "false");
  return opener;
}
