/** The dispatcher's page: open incidents by the time that is left, and where they lie. */

import type { Feature } from "../api.ts";
import { count, left, moment } from "../i18n/format.ts";
import { STATES, type State, stateMark, stateOf } from "../map/style/marks.ts";
import { refused } from "../shell/refusal.ts";
import type { Shell } from "../shell/shell.ts";
import { h, replace } from "../ui/dom.ts";
import { skeleton, state } from "../ui/parts.ts";
import { whenReleased } from "../ui/pressed.ts";
import { mountCase } from "./dispatch/case.ts";
import { open } from "./open.ts";

interface Case {
  code: string;
  kind: string | null;
  category: string | null;
  state: string;
  source: string | null;
  reported_at: string;
  due_at: string | null;
  address: string | null;
  grid_code: string | null;
}

interface Queue {
  numberMatched: number;
  features: Feature<Case>[];
}

type Names = Record<string, Record<string, { zh: string; en: string }>>;

const EVERY_MS = 30_000;
const FILTER = "state";

void open("dispatch", mount);

function mount(shell: Shell): void {
  const { slots, api, t, keys, selection, address } = shell;
  const list = h("ol", { class: "queue", "aria-label": t.dispatch.title });
  const chips = h("div", { class: "sec chips", role: "group", "aria-label": t.dispatch.filter });
  const note = h("div", { class: "sec queue-note t12 dim" });
  let queue: Queue | null = null;
  let names: Names = {};
  replace(slots.left, chips, list, note);
  mountCase(shell);
  list.append(skeleton(8));

  const show = whenReleased(slots.left, () => {
    if (!queue) return;
    const now = Date.now();
    const all = queue.features.map((one) => ({ feature: one, state: stateOfCase(one, now) }));
    const wanted = address.get(FILTER);
    const shown = all.filter((one) => !wanted || one.state === wanted);
    replace(
      chips,
      ...filters(
        shell,
        all.map((one) => one.state),
        show,
      ),
    );
    const focused = (document.activeElement as HTMLElement | null)?.dataset.key;
    replace(list, ...shown.map((one) => row(shell, one.feature, one.state, names, now)));
    if (!shown.length) list.append(h("li", {}, nothing(shell, Boolean(wanted), show)));
    const again = [...list.querySelectorAll<HTMLElement>("[data-key]")].find(
      (one) => one.dataset.key === focused,
    );
    again?.focus();
    note.textContent = t.dispatch.shown(count(shown.length), count(queue.numberMatched));
    mark();
  });
  const mark = () => {
    const now = selection.get();
    for (const one of list.querySelectorAll<HTMLElement>("[data-key]")) {
      const same = now?.layer === "incidents" && one.dataset.key === now.code;
      one.setAttribute("aria-current", String(same));
      if (same) one.scrollIntoView({ block: "nearest" });
    }
  };
  const load = async () => {
    try {
      const [found, told] = await Promise.all([
        api.get<Queue>("/api/v1/queue", { limit: 500 }),
        Object.keys(names).length ? names : api.get<Names>("/api/v1/categories"),
      ]);
      queue = found;
      names = told;
      show();
    } catch (error) {
      if (!queue)
        replace(
          list,
          h(
            "li",
            {},
            refused(error, () => void load()),
          ),
        );
    }
  };
  const step = (by: number) => {
    const rows = [...list.querySelectorAll<HTMLElement>("[data-key]")];
    const at = rows.findIndex((one) => one.getAttribute("aria-current") === "true");
    rows[Math.min(rows.length - 1, Math.max(0, at + by))]?.click();
  };
  keys.add({ key: "j", does: t.dispatch.next, run: () => step(1) });
  keys.add({ key: "k", does: t.dispatch.before, run: () => step(-1) });
  selection.on(mark);
  address.onChange(show);
  void load();
  setInterval(() => !document.hidden && void load(), EVERY_MS);
}

function stateOfCase({ properties }: Feature<Case>, now: number): State {
  return stateOf(properties.state, properties.due_at ?? "", now);
}

function filters({ address, t }: Shell, states: State[], show: () => void) {
  const wanted = address.get(FILTER);
  const chip = (name: string | null, label: string, many: number) => {
    const choose = () => {
      address.set(FILTER, name);
      show();
    };
    const pressed = String(wanted === name);
    return h(
      "button",
      { type: "button", class: "chip", "aria-pressed": pressed, onclick: choose },
      label,
      h("b", { class: "num" }, count(many)),
    );
  };
  const found = STATES.filter((one) => one !== "closed" && states.includes(one));
  return [
    chip(null, t.dispatch.all, states.length),
    ...found.map((one) => chip(one, t.states.cases[one], states.filter((s) => s === one).length)),
  ];
}

function row(
  shell: Shell,
  feature: Feature<Case>,
  shownAs: State,
  names: Names,
  now: number,
): HTMLElement {
  const { selection, city, lang, t } = shell;
  const one = feature.properties;
  const due = one.due_at ? left(one.due_at, now, t.dispatch.days) : t.dispatch.noLimit;
  const point = feature.geometry?.coordinates as [number, number] | undefined;
  const choose = () => {
    selection.set({ layer: "incidents", code: feature.id });
    if (point) city.go({ lon: point[0], lat: point[1], zoom: Math.max(16.5, city.centre().zoom) });
  };
  const kind = one.kind === "facility" ? "facilities" : "incidents";
  const title = names[kind]?.[one.category ?? ""]?.[lang] ?? one.category ?? t.states.unknown;
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "case", "data-key": feature.id, onclick: choose },
      stateMark(shownAs, 18),
      h("span", { class: "ell b" }, title),
      h(
        "span",
        {
          class: `num b ${shownAs === "overdue" ? "bad" : ""}`,
          title: one.due_at ? t.dispatch.due(moment(one.due_at, lang)) : null,
        },
        due,
      ),
      h(
        "span",
        { class: "ell t12 mut" },
        one.address || t.dispatch.reported(moment(one.reported_at, lang)),
      ),
      h("span", { class: "t12 dim mono" }, (one.grid_code ?? "").slice(0, 12) || t.dispatch.noGrid),
      h("span", { class: "visually-hidden" }, t.states.cases[shownAs]),
    ),
  );
}

function nothing({ address, t }: Shell, filtered: boolean, show: () => void): HTMLElement {
  if (!filtered) return state("check", t.dispatch.nothing, t.dispatch.nothingNote);
  const clear = () => {
    address.set(FILTER, null);
    show();
  };
  return state("check", t.dispatch.nothing, t.dispatch.filteredNote, {
    label: t.dispatch.clear,
    run: clear,
  });
}
