/** Sign in with a name and a password, a code where the account wants one, or a provider. */

import "../look.css";
import "../shell.css";
import "../states.css";
import "../signin.css";
import { ApiError, makeApi } from "../api.ts";
import { chosenLang, fetchWords, keepLang, type Words } from "../i18n/index.ts";
import type { City } from "../map/city.ts";
import { makeAddress } from "../shell/address.ts";
import { showFailure } from "../shell/failure.ts";
import { refusedLine } from "../shell/refusal.ts";
import { currentSession, pagesOf, SESSION, type Session } from "../shell/session.ts";
import { makeTheme } from "../shell/theme.ts";
import { type Child, h, replace } from "../ui/dom.ts";
import { icon, mark } from "../ui/icons.ts";
import { button } from "../ui/parts.ts";
import { paintArt } from "./signin-art.ts";

const SECOND_FACTOR = "urn:gis-grid:second-factor";

interface Provider {
  key: string;
  name: string;
}

void open().catch(showFailure);

async function open(): Promise<void> {
  const address = makeAddress();
  const lang = chosenLang(new URLSearchParams(location.search));
  makeTheme(address);
  const api = makeApi();
  const asked = currentSession(api).catch(() => null);
  const [t, found] = await Promise.all([fetchWords(lang), asked]);
  document.title = `${t.shell.signIn} · ${t.title}`;
  if (found) {
    goOn(found);
    return;
  }
  const other = lang === "zh" ? "en" : "zh";
  const language = button(
    lang === "zh" ? "English" : "中文",
    () => {
      keepLang(other);
      address.set("lang", other);
      location.reload();
    },
    { kind: "ghost", size: "sm", icon: "globe" },
  );
  const place = h("p", { class: "mut t14" });
  const providers = h("div", { class: "providers" });
  const art = h("div", { class: "map art", "aria-hidden": "true" });
  document.body.dataset.page = "signin";
  document.body.append(
    art,
    h(
      "main",
      { class: "enter" },
      h("div", { class: "row sp" }, h("div", { class: "brand t16" }, mark(28), t.title), language),
      form(t, place, providers),
      h("p", { class: "t12 dim row" }, icon("check"), t.signin.offline),
    ),
  );
  paintArt(art);
  void api.get<City>("/api/v1/city").then(
    (city) => replace(place, (lang === "en" && city.name_en) || city.name),
    () => place.remove(),
  );
  void api.get<Provider[]>(`${SESSION}/providers`).then(
    (list) => replace(providers, ...list.map((one) => provider(t, one))),
    () => providers.remove(),
  );

  function form(words: Words, city: HTMLElement, ways: HTMLElement): HTMLFormElement {
    const name = field("name", words.signin.name, "text", "username");
    const password = field("password", words.signin.password, "password", "current-password");
    const code = field("totp", words.signin.code, "text", "one-time-code");
    code.box.hidden = true;
    const refused = new URLSearchParams(location.search).get("refused");
    const why = refused ? words.signin.refused(refused) : "";
    const said = h("p", { class: "msg bad", role: "alert" }, why);
    const send = h("button", { type: "submit", class: "btn pri lg" }, words.shell.signIn);
    const submit = async (event: Event) => {
      event.preventDefault();
      if (!name.input.value || !password.input.value) {
        said.textContent = words.signin.empty;
        (name.input.value ? password : name).input.focus();
        return;
      }
      send.disabled = true;
      said.textContent = "";
      try {
        const session = await api.send<Session>("POST", SESSION, {
          name: name.input.value,
          password: password.input.value,
          ...(code.input.value ? { totp: code.input.value } : {}),
        });
        goOn(session);
      } catch (error) {
        send.disabled = false;
        if (error instanceof ApiError && error.problem.type === SECOND_FACTOR && code.box.hidden) {
          code.box.hidden = false;
          code.input.focus();
          return;
        }
        replace(said, ...reason(error, words));
        password.input.select();
      }
    };
    return h(
      "form",
      { novalidate: true, onsubmit: (event) => void submit(event) },
      h("div", {}, h("h1", { class: "t28" }, words.shell.signIn), city),
      name.box,
      password.box,
      code.box,
      said,
      send,
      ways,
    );
  }
}

function field(id: string, label: string, type: string, autocomplete: string) {
  const input = h("input", {
    id,
    name: id,
    type,
    autocomplete,
    class: "inp",
    spellcheck: "false",
    autocapitalize: "none",
  });
  return { input, box: h("div", { class: "field" }, h("label", { for: id }, label), input) };
}

function reason(error: unknown, t: Words): Child[] {
  if (error instanceof ApiError && error.status === 401) return [t.signin.wrong];
  if (error instanceof ApiError && error.status === 429) return [t.signin.wait];
  return refusedLine(error);
}

function provider(t: Words, { key, name }: Provider): HTMLElement {
  const next = encodeURIComponent(nextPage() ?? "/signin");
  return h(
    "a",
    { href: `${SESSION}/oidc/${encodeURIComponent(key)}/login?back=${next}` },
    t.signin.with(name),
  );
}

/** Where somebody wanted to go; only a path of this service. */
function nextPage(): string | null {
  const next = new URLSearchParams(location.search).get("next");
  if (!next) return null;
  const url = new URL(next, location.origin);
  return url.origin === location.origin && url.pathname !== "/signin"
    ? url.pathname + url.search
    : null;
}

function goOn(session: Session): void {
  const first = session.must_change ? "/account" : nextPage();
  location.replace(first ?? `/${pagesOf(session)[0] ?? "overview"}`);
}
