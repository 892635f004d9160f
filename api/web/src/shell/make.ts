/** Build the page around the map and give its parts what they share. */

import "ol/ol.css";
import "../look.css";
import "../shell.css";
import "../states.css";
import { type Api, makeApi } from "../api.ts";
import { chosenLang, fetchWords } from "../i18n/index.ts";
import { readCatalogue } from "../map/catalogue.ts";
import { readCity } from "../map/city.ts";
import { makeCityMap } from "../map/city-map.ts";
import { mountControls } from "../map/controls.ts";
import { mountSelection } from "../map/select.ts";
import { h } from "../ui/dom.ts";
import { makeToasts } from "../ui/toast.ts";
import { makeAddress } from "./address.ts";
import { mountHelp } from "./help.ts";
import { makeKeys } from "./keys.ts";
import { watchService } from "./live.ts";
import { makeSelection } from "./selection.ts";
import { askToSignIn, currentSession, pagesOf, SESSION } from "./session.ts";
import type { PageName, Shell, Slots } from "./shell.ts";
import { makeTheme } from "./theme.ts";
import { topBar } from "./topbar.ts";

/** Make the shell of a page; null when the browser is on its way to the sign-in page. */
export async function makeShell(page: PageName): Promise<Shell | null> {
  const address = makeAddress();
  const lang = chosenLang(new URLSearchParams(location.search));
  const theme = makeTheme(address);
  const api = makeApi();
  document.body.dataset["page"] = page;
  const [t, session] = await Promise.all([fetchWords(lang), currentSession(api)]);
  document.title = `${t.pages[page]} · ${t.title}`;
  if (!session) {
    askToSignIn();
    return null;
  }
  if (session.must_change) {
    location.replace("/account");
    return null;
  }
  const [city, catalogue] = await Promise.all([readCity(api), readCatalogue(api)]);

  const keys = makeKeys();
  const slots = makeSlots();
  const live = h("span", { class: "live" }, t.shell.live);
  const target = h("div", {
    class: "map",
    id: "map",
    tabindex: 0,
    role: "application",
    "aria-label": t.map.label,
  });
  const stage = h("main", { class: "stage" }, target, slots.tools, slots.card);
  const help = mountHelp(t, keys);
  document.body.append(
    h("a", { class: "skip", href: "#map" }, t.shell.skip),
    topBar({
      page,
      pages: pagesOf(session),
      city,
      t,
      lang,
      address,
      theme,
      session,
      search: slots.search,
      live,
      showKeys: help,
      signOut: () => void signOut(api),
    }),
    h("p", { class: "note narrow" }, t.shell.narrow),
    slots.bar,
    slots.left,
    stage,
    slots.foot,
    slots.panel,
  );
  const cityMap = makeCityMap({ element: target, api, page, city, catalogue, address, theme });
  const shell: Shell = {
    page,
    city: cityMap,
    api,
    t,
    lang,
    slots,
    selection: makeSelection(address),
    address,
    keys,
    theme,
    session,
    notify: makeToasts(),
  };
  Object.assign(globalThis, { gisGrid: shell }); // for whoever looks into a page, and for tests
  mountControls(shell, stage);
  mountSelection(shell);
  watchService(shell, live);
  return shell;
}

function makeSlots(): Slots {
  return {
    search: h("div", { class: "find slot", role: "search" }),
    bar: h("div", { class: "bar" }),
    left: h("aside", { class: "panel left" }),
    panel: h("aside", { class: "panel right" }),
    tools: h("div", { class: "at float ctl tools", role: "toolbar" }),
    card: h("div", { class: "at float card" }),
    controls: h("div", { class: "float ctl" }),
    foot: h("div", { class: "foot" }),
  };
}

async function signOut(api: Api): Promise<void> {
  await api.send("DELETE", SESSION);
  location.assign("/signin");
}
