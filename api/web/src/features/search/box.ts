/** The search box: a combobox whose list is fetched while somebody types. */

import { refusalOf } from "../../shell/refusal.ts";
import type { Shell } from "../../shell/shell.ts";
import { h, replace } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { type FeatureWords, featureWords } from "../words/index.ts";
import { goTo } from "./go.ts";
import { askFor, type Result, sorted } from "./results.ts";
import { row, sign } from "./row.ts";

const WAIT_MS = 160;
const LIST = "search-results";

export function mount(shell: Shell): void {
  new SearchBox(shell).mount();
}

class SearchBox {
  private readonly shell: Shell;
  private readonly words: FeatureWords;
  private readonly input: HTMLInputElement;
  private readonly list = h("div", {
    class: "float found",
    id: LIST,
    role: "listbox",
    hidden: true,
  });
  private readonly told = h("div", { class: "visually-hidden", "aria-live": "polite" });
  private results: Result[] = [];
  private at = -1;
  /** The text that the list answers. */
  private answered = "";
  private timer = 0;
  private pending: AbortController | null = null;

  constructor(shell: Shell) {
    this.shell = shell;
    this.words = featureWords();
    this.list.setAttribute("aria-label", this.words.search.label);
    this.input = h("input", {
      type: "text",
      role: "combobox",
      placeholder: this.words.search.hint,
      "aria-label": this.words.search.label,
      "aria-expanded": "false",
      "aria-controls": LIST,
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 200,
    });
  }

  mount(): void {
    const { slots, keys } = this.shell;
    slots.search.append(
      h("div", { class: "find-box" }, icon("find"), this.input, h("kbd", {}, "/")),
      this.list,
      this.told,
    );
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("focus", () => this.open(this.list.hasChildNodes()));
    this.input.addEventListener("blur", () => this.open(false));
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus
    keys.add({
      key: "/",
      does: this.words.search.key,
      run: () => {
        this.input.focus();
        this.input.select();
      },
    });
  }

  private typed(): void {
    clearTimeout(this.timer);
    this.pending?.abort();
    const text = this.input.value.trim();
    if (text) this.timer = window.setTimeout(() => void this.ask(text), WAIT_MS);
    else this.show([], "");
  }

  private async ask(text: string): Promise<void> {
    const pending = new AbortController();
    this.pending = pending;
    try {
      const found = await askFor(this.shell.api, text, pending.signal);
      if (this.pending === pending) this.show(sorted(found), text);
    } catch (error) {
      if (pending.signal.aborted) return;
      const { what, way } = refusalOf(error);
      this.say(what, way);
    }
  }

  private show(results: Result[], text: string): void {
    this.results = results;
    this.answered = text;
    this.at = -1;
    if (!text) {
      replace(this.list);
      this.open(false);
      return;
    }
    if (!results.length) {
      this.say(this.words.search.none(text), this.words.search.less);
      return;
    }
    const children: HTMLElement[] = [];
    let kind = "";
    results.forEach((one, at) => {
      if (one.kind !== kind) {
        kind = one.kind;
        children.push(
          h(
            "div",
            { class: "group", "aria-hidden": "true" },
            sign(kind),
            this.words.kinds[one.kind],
          ),
        );
      }
      children.push(row(this.shell, this.words, one, at, () => this.choose(at)));
    });
    replace(this.list, ...children);
    this.told.textContent = this.words.search.count(results.length);
    this.open(true);
    this.mark(0);
  }

  private say(title: string, note: string): void {
    this.results = [];
    this.at = -1;
    const option = h("div", {
      class: "nothing",
      role: "option",
      "aria-disabled": "true",
      "aria-selected": "false",
    });
    option.append(h("b", {}, title), h("span", { class: "dim" }, note));
    replace(this.list, option);
    this.told.textContent = title;
    this.open(true);
  }

  private open(open: boolean): void {
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (!open) this.input.removeAttribute("aria-activedescendant");
  }

  private mark(at: number): void {
    const options = this.list.querySelectorAll<HTMLElement>(".result");
    options[this.at]?.setAttribute("aria-selected", "false");
    this.at = at;
    const chosen = options[at];
    if (!chosen) return;
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", chosen.id);
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return; // an input method is still writing
    const count = this.results.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && count) {
      event.preventDefault();
      this.open(true);
      this.mark((this.at + step + count) % count);
    } else if (event.key === "Enter") this.enter(event);
    else if (event.key === "Escape") this.escape(event);
  }

  private enter(event: KeyboardEvent): void {
    event.preventDefault();
    const text = this.input.value.trim();
    if (text === this.answered && !this.list.hidden) this.choose(Math.max(0, this.at));
    else if (text) void this.askAndChoose(text);
  }

  /** Whoever is faster than the service gets the best of the answer, never what was listed before. */
  private async askAndChoose(text: string): Promise<void> {
    clearTimeout(this.timer);
    this.pending?.abort();
    await this.ask(text);
    if (this.answered === text) this.choose(0);
  }

  private escape(event: KeyboardEvent): void {
    event.preventDefault();
    if (!this.list.hidden) this.open(false);
    else {
      this.input.value = "";
      this.show([], "");
      this.shell.city.map.getTargetElement()?.focus();
    }
  }

  private choose(at: number): void {
    const chosen = this.results[at];
    if (!chosen) return;
    this.input.value = chosen.name;
    this.open(false);
    goTo(this.shell, this.words, chosen);
    this.shell.city.map.getTargetElement()?.focus();
  }
}
