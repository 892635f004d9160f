/** The audit log: searched, verified, taken away; the filter is in the address. */

import { count, moment } from "../i18n/format.ts";
import { h, replace } from "../ui/dom.ts";
import { button, skeleton, state } from "../ui/parts.ts";
import { makeTable } from "../ui/table.ts";
import { chainSign } from "./audit-chain.ts";
import { actionWord, type Entry, showEntry, thing } from "./audit-entry.ts";
import type { Frame } from "./frame.ts";
import { filled, selectField, textField } from "./parts.ts";

const AUDIT = "/api/v1/audit";
const NAMES = ["who", "action", "layer", "code"] as const;
const CHOSEN = "entry";

interface Page {
  entries: Entry[];
  more: number | null;
}

export function mountAudit(frame: Frame, tabs: HTMLElement): void {
  const { w, address, api, lang } = frame;
  let entries: Entry[] = [];
  let more: number | null = null;
  const filter = makeFilter(frame, search);
  const table = makeTable<Entry>({
    label: w.audit.table,
    key: (entry) => String(entry.number),
    most: 5_000,
    onPick: (entry) => choose(entry.number),
    columns: [
      { title: w.audit.number, cell: (entry) => count(entry.number), figure: true },
      { title: w.audit.time, cell: (entry) => moment(entry.at, lang) },
      { title: w.audit.who, cell: (entry) => h("span", { class: "mono" }, entry.who || "–") },
      { title: w.audit.action, cell: (entry) => actionWord(frame, entry.action) },
      { title: w.audit.layer, cell: (entry) => thing(frame, entry.layer) },
      { title: w.audit.code, cell: (entry) => h("span", { class: "mono ell some" }, entry.code) },
      { title: w.audit.from, cell: (entry) => entry.address || w.audit.local },
    ],
  });
  const next = button(w.audit.more, () => filled(foot, load), { size: "sm" });
  const foot = h("div", { class: "sec center" }, next);

  async function load(): Promise<void> {
    const query = { ...filter.query(), before: more, limit: 100 };
    const page = await api.get<Page>(AUDIT, query);
    entries = [...entries, ...page.entries];
    more = page.more;
    next.hidden = more === null;
    if (entries.length) {
      replace(frame.main, table.element, foot);
      table.show(entries);
    } else {
      const clear = { label: w.audit.clear, run: filter.clear };
      replace(frame.main, state("find", w.audit.none, w.audit.noneNote, clear));
    }
    choose(Number(address.get(CHOSEN)) || null);
  }

  function search(): void {
    entries = [];
    more = null;
    replace(frame.main, skeleton(8));
    for (const link of exports) link.href = exportOf(link.dataset["format"] ?? "", filter.query());
    filled(frame.main, load);
  }

  function choose(number: number | null): void {
    address.set(CHOSEN, number === null ? null : String(number));
    table.pick(number === null ? null : String(number));
    const entry = entries.find((one) => one.number === number);
    document.body.classList.toggle("drawer-open", entry !== undefined);
    if (entry) showEntry(frame, entry, filter.only);
    else replace(frame.panel, state("clock", w.audit.pick, w.audit.pickNote));
  }

  const exports = (["csv", "jsonl"] as const).map((format) =>
    h(
      "a",
      { class: "btn sm", download: `audit.${format}`, "data-format": format },
      w.audit[format],
    ),
  );
  replace(frame.bar, tabs, filter.element, h("span", { class: "grow" }), ...exports);
  frame.bar.append(chainSign(frame));
  search();
}

type Given = Record<string, string>;

function exportOf(format: string, query: Given): string {
  return `${AUDIT}/export?${new URLSearchParams({ ...query, format })}`;
}

interface Filter {
  readonly element: HTMLElement;
  query(): Given;
  clear: () => void;
  /** Look for these alone. */
  only: (given: Given) => void;
}

function makeFilter(frame: Frame, changed: () => void): Filter {
  const { w, t, address } = frame;
  const any = { value: "", label: w.audit.any };
  const choices = (words: Record<string, string>) =>
    Object.entries(words).map(([value, label]) => ({ value, label }));
  const inputs = {
    who: textField(w.audit.who, { maxlength: 256 }),
    action: selectField(w.audit.action, [any, ...choices(w.actions)]),
    layer: selectField(w.audit.layer, [any, ...choices({ ...t.layers, ...w.things })]),
    code: textField(w.audit.code, { maxlength: 256 }),
    since: textField(w.audit.since, { type: "date" }),
    until: textField(w.audit.until, { type: "date" }),
  };
  const all = Object.entries(inputs);
  const read = () => {
    for (const [name, { input }] of all) input.value = address.get(name) ?? "";
  };
  const write = () => {
    for (const [name, { input }] of all) address.set(name, input.value.trim() || null);
    changed();
  };
  const only = (given: Given) => {
    for (const [name, { input }] of all) input.value = given[name] ?? "";
    write();
  };
  read();
  address.onChange(() => {
    read();
    changed();
  });
  const find = button(w.audit.find, () => undefined, { icon: "find" });
  find.type = "submit";
  const element = h(
    "form",
    {
      class: "filter",
      role: "search",
      onsubmit: (event: Event) => {
        event.preventDefault();
        write();
      },
    },
    ...all.map(([, one]) => one.box),
    find,
    button(w.audit.clear, () => only({}), { kind: "ghost" }),
  );
  return { element, query: () => queryOf(inputs), clear: () => only({}), only };
}

/** Days are those of the city: from its midnight to the one after. */
function queryOf(inputs: Record<string, { input: HTMLInputElement | HTMLSelectElement }>): Given {
  const query: Given = {};
  for (const name of NAMES) {
    const value = inputs[name]?.input.value.trim();
    if (value) query[name] = value;
  }
  const day = (name: string) => inputs[name]?.input.value ?? "";
  if (day("since")) query["since"] = `${day("since")}T00:00:00+08:00`;
  if (day("until")) {
    const after = Date.parse(`${day("until")}T00:00:00+08:00`) + 86_400_000;
    query["until"] = new Date(after).toISOString();
  }
  return query;
}
