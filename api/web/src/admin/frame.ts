/** A page without a map: top bar, bar, a list in the middle, details at the right. */

import "../look.css";
import "../shell.css";
import "../states.css";
import "./admin.css";
import { type Api, ApiError, makeApi } from "../api.ts";
import { chosenLang, fetchWords, type Lang, type Words } from "../i18n/index.ts";
import { type City, readCity } from "../map/city.ts";
import { type Address, makeAddress } from "../shell/address.ts";
import { askToSignIn, currentSession, pagesOf, SESSION, type Session } from "../shell/session.ts";
import type { Notify } from "../shell/shell.ts";
import { makeTheme, type Theme } from "../shell/theme.ts";
import { topBar } from "../shell/topbar.ts";
import { h } from "../ui/dom.ts";
import { makeToasts } from "../ui/toast.ts";
import { type AdminWords, fetchAdminWords } from "./words/index.ts";

export interface Frame {
  readonly api: Api;
  readonly t: Words;
  readonly w: AdminWords;
  readonly lang: Lang;
  readonly session: Session;
  readonly city: City;
  readonly address: Address;
  readonly theme: Theme;
  readonly notify: Notify;
  readonly bar: HTMLElement;
  readonly main: HTMLElement;
  readonly panel: HTMLElement;
  signOut(): void;
}

const NO_CITY: City = {
  name: null,
  name_en: null,
  levels: [],
  ground: "",
  bounds: null,
  generation: null,
};

/** Make the frame of a page; null when the browser is on its way to another one. */
export async function makeFrame(page: "admin" | "account"): Promise<Frame | null> {
  const address = makeAddress();
  const lang = chosenLang(new URLSearchParams(location.search));
  const theme = makeTheme(address);
  const api = makeApi();
  document.body.dataset["page"] = page;
  const [t, w, session] = await Promise.all([
    fetchWords(lang),
    fetchAdminWords(lang),
    currentSession(api),
  ]);
  document.title = `${t.pages[page]} · ${t.title}`;
  if (!session) {
    askToSignIn();
    return null;
  }
  if (session.must_change && page !== "account") {
    location.replace("/account");
    return null;
  }
  // whoever has no role yet, or a password to change, may not ask for the city
  const city = session.must_change ? NO_CITY : await readCity(api).catch(orNone);
  const live = h("span", { class: "live" }, t.shell.live);
  const frame: Frame = {
    api,
    t,
    w,
    lang,
    session,
    city,
    address,
    theme,
    notify: makeToasts(),
    bar: h("div", { class: "bar" }),
    main: h("main", { class: "stage sheet", id: "main", tabindex: -1 }),
    panel: h("aside", { class: "panel right", "aria-label": t.shell.panel }),
    signOut: () => void api.send("DELETE", SESSION).then(() => location.assign("/signin")),
  };
  watch(api, live, t);
  document.body.append(
    h("a", { class: "skip", href: "#main" }, t.shell.skipToContent),
    topBar({
      page,
      pages: session.must_change ? [] : pagesOf(session),
      city,
      t,
      lang,
      address,
      theme,
      session,
      search: h("div", { class: "find slot" }),
      live,
      signOut: frame.signOut,
    }),
    frame.bar,
    frame.main,
    frame.panel,
  );
  Object.assign(globalThis, { gisGrid: frame }); // for whoever looks into a page, and for tests
  return frame;
}

function orNone(error: unknown): City {
  if (error instanceof ApiError && error.status === 403) return NO_CITY;
  throw error;
}

function watch(api: Api, sign: HTMLElement, t: Words): void {
  let answeredAt = new Date();
  api.onAnswer((answered) => {
    if (answered) answeredAt = new Date();
    const clock = answeredAt.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    sign.classList.toggle("away", !answered);
    sign.textContent = answered ? t.shell.live : t.shell.away(clock);
  });
}
