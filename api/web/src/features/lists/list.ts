/** A table of what is in view: everything on the map can be reached here without a mouse. */

import { planInAddress } from "../../planner/address.ts";
import { refused } from "../../shell/refusal.ts";
import type { Selected } from "../../shell/selection.ts";
import type { Shell } from "../../shell/shell.ts";
import { h, replace } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { button, skeleton, state } from "../../ui/parts.ts";
import { whenReleased } from "../../ui/pressed.ts";
import { middleOf } from "../card/middle.ts";
import { type LayerTold, layersOf } from "../described.ts";
import { type FeatureWords, featureWords } from "../words/index.ts";
import { whenAsked } from "./open.ts";
import { boxOf, fetchRows, type Row, type Rows } from "./rows.ts";
import { columnsOf, headRow, type Sort, sortedRows, tableRow } from "./table.ts";

const LISTED = [
  ...["grids", "incidents", "facilities", "cameras", "places", "buildings", "entrances"],
  ...["special", "streets", "gates", "speakers", "walls", "landcover"],
];
const WAIT_MS = 250;

export function mount(shell: Shell): void {
  if (planInAddress(shell.address) !== null) return; // a plan has a table of its own
  void new List(shell).mount();
}

class List {
  private readonly shell: Shell;
  private readonly words: FeatureWords;
  private readonly body = h("div", { class: "list-body", hidden: true });
  private readonly told = h("span", { class: "dim t12", role: "status" });
  private readonly opener: HTMLButtonElement;
  private readonly layers = h("select", { class: "inp small" });
  private readonly next: HTMLButtonElement;
  private readonly back: HTMLButtonElement;
  private described = new Map<string, LayerTold>();
  private learned: Promise<void> | null = null;
  private rows: Rows = { rows: [], next: null };
  private sort: Sort = { field: "code", down: false };
  private shownLayer = "";
  private after: string | null = null;
  /** What was in view when the rows were asked for. */
  private box = "";
  private at = -1;
  private isOpen = false;
  private timer = 0;
  private pending: AbortController | null = null;
  private removeKeys: (() => void)[] = [];
  private readonly show = whenReleased(this.body, () => this.draw());

  constructor(shell: Shell) {
    this.shell = shell;
    this.words = featureWords();
    const { lists } = this.words;
    this.layers.setAttribute("aria-label", lists.layer);
    this.opener = h("button", {
      type: "button",
      class: "btn sm ghost opener",
      "aria-expanded": "false",
    });
    this.opener.append(icon("table"), h("b", {}, lists.tool), h("kbd", {}, "T"));
    this.next = button(lists.next, () => void this.load(this.rows.next), { size: "sm" });
    this.back = button(lists.back, () => void this.load(null), { size: "sm" });
  }

  async mount(): Promise<void> {
    const { slots, keys, city, selection } = this.shell;
    const tools = h(
      "div",
      { class: "row list-tools", hidden: true },
      this.layers,
      this.told,
      this.back,
      this.next,
    );
    slots.foot.append(h("div", { class: "row sp list-bar" }, this.opener, tools), this.body);
    this.opener.addEventListener("click", () => this.toggle(tools));
    keys.add({ key: "t", does: this.words.lists.key, run: () => this.toggle(tools) });
    this.layers.addEventListener("change", () => this.choose(this.layers.value));
    city.map.on("moveend", () => this.later());
    selection.on((selected) => this.follow(selected));
    whenAsked(this.shell, (selected) => {
      this.layers.value = selected.layer;
      if (!this.isOpen) this.toggle(tools);
      else this.choose(selected.layer);
    });
    await this.learn().catch(() => undefined); // who opens the list asks again, and is told
  }

  /** Ask once which layers there are; whoever opens the list before that is known waits for it. */
  private learn(): Promise<void> {
    this.learned ??= layersOf(this.shell.api).then(
      (described) => {
        this.described = described;
        const known = LISTED.filter((name) => described.has(name));
        replace(
          this.layers,
          ...known.map((name) => h("option", { value: name }, this.title(name))),
        );
        this.layers.value = this.shell.selection.get()?.layer ?? this.topLayer() ?? "grids";
      },
      (error: unknown) => {
        this.learned = null;
        throw error;
      },
    );
    return this.learned;
  }

  private title(name: string): string {
    const title = this.described.get(name)?.title;
    return (this.shell.lang === "en" ? title?.en : title?.zh) ?? name;
  }

  private topLayer(): string | undefined {
    const { city } = this.shell;
    return ["incidents", "cameras", "places", "facilities", "grids"].find((name) =>
      city.switches.some((one) => one === name && city.isOn(one)),
    );
  }

  private toggle(tools: HTMLElement): void {
    this.isOpen = !this.isOpen;
    this.body.hidden = !this.isOpen;
    tools.hidden = !this.isOpen;
    this.opener.setAttribute("aria-expanded", String(this.isOpen));
    this.shell.city.map.updateSize();
    for (const remove of this.removeKeys) remove();
    this.removeKeys = this.isOpen ? this.addKeys() : [];
    if (this.isOpen) void this.load(null);
  }

  private addKeys(): (() => void)[] {
    const { keys } = this.shell;
    const { lists } = this.words;
    return [
      keys.add({ key: "j", does: lists.down, run: () => this.move(1) }),
      keys.add({ key: "k", does: lists.up, run: () => this.move(-1) }),
      keys.add({ key: "Enter", does: lists.open, run: (event) => this.open(event) }),
    ];
  }

  private choose(layer: string): void {
    this.layers.value = layer;
    this.sort = { field: "code", down: false };
    this.at = -1;
    void this.load(null);
  }

  /** The map has come to rest; where it shows what it showed before, a later page stays. */
  private later(): void {
    clearTimeout(this.timer);
    if (!this.isOpen) return;
    this.timer = window.setTimeout(() => {
      if (boxOf(this.shell) !== this.box) void this.load(null);
    }, WAIT_MS);
  }

  /** Fetch a page; the rows before stay until it is there. */
  private async load(after: string | null): Promise<void> {
    this.pending?.abort();
    const pending = new AbortController();
    this.pending = pending;
    this.after = after;
    this.box = boxOf(this.shell);
    if (!this.rows.rows.length) replace(this.body, skeleton(5));
    try {
      await this.learn();
      if (this.pending !== pending) return;
      const wanted = this.layers.value;
      const rows = await fetchRows(this.shell, wanted, after, pending.signal);
      if (this.pending !== pending) return;
      this.rows = rows;
      this.shownLayer = wanted;
      this.show();
    } catch (error) {
      if (pending.signal.aborted) return;
      replace(
        this.body,
        refused(error, () => void this.load(after)),
      );
    }
  }

  private draw(): void {
    const { lists } = this.words;
    const rows = sortedRows(this.rows.rows, this.sort);
    this.rows = { ...this.rows, rows };
    this.told.textContent = lists.rows(rows.length, this.rows.next !== null);
    this.next.hidden = this.rows.next === null;
    this.back.hidden = this.after === null;
    if (!rows.length) {
      replace(this.body, state("find", lists.none, lists.noneNote));
      return;
    }
    const layer = this.described.get(this.shownLayer);
    const columns = columnsOf(layer, rows);
    const sortBy = (field: string) => {
      this.sort = { field, down: this.sort.field === field && !this.sort.down };
      this.draw();
    };
    const body = h("tbody", {});
    rows.forEach((one, at) => {
      body.append(tableRow(this.shell, layer, columns, one, () => this.select(at)));
    });
    const table = h("table", { class: "tbl" }, headRow(columns, this.sort, sortBy), body);
    const about = { "aria-label": this.title(this.shownLayer), "data-layer": this.shownLayer };
    const scrolled = h("div", { class: "scroll", tabindex: 0, role: "region", ...about }, table);
    replace(this.body, scrolled);
    this.follow(this.shell.selection.get());
  }

  private follow(selected: Selected | null): void {
    const { rows } = this.rows;
    const here = selected?.layer === this.shownLayer ? selected.code : null;
    this.at = here === null ? -1 : rows.findIndex((one) => one.code === here);
    this.body.querySelectorAll("tbody tr").forEach((row, at) => {
      row.setAttribute("aria-selected", String(at === this.at));
      if (at === this.at) row.scrollIntoView({ block: "nearest" });
    });
  }

  private move(step: number): void {
    const { rows } = this.rows;
    if (rows.length) this.select(Math.min(rows.length - 1, Math.max(0, this.at + step)));
  }

  private select(at: number): void {
    const row = this.rows.rows[at];
    if (row) this.shell.selection.set({ layer: this.shownLayer, code: row.code });
  }

  private open(event: KeyboardEvent): void {
    const target = event.target;
    if (target instanceof HTMLElement && target.closest("button, a, select")) {
      target.click();
      return;
    }
    const row: Row | undefined = this.rows.rows[this.at];
    const middle = row ? middleOf(row.feature) : null;
    if (middle) this.shell.city.go(middle);
  }
}
