/** A table that sorts by its heads and whose rows can be picked, with the mouse or the keyboard. */

import { type Child, h, replace } from "./dom.ts";
import { whenReleased } from "./pressed.ts";

export interface Column<T> {
  title: string;
  /** What it sorts by; without it the column does not sort. */
  value?: (row: T) => string | number | null;
  cell: (row: T) => Child;
  /** Figures stand at the right. */
  figure?: boolean;
}

export interface Table<T> {
  readonly element: HTMLElement;
  show(rows: readonly T[]): void;
  pick(key: string | null): void;
}

export interface TableParts<T> {
  label: string;
  columns: readonly Column<T>[];
  key: (row: T) => string;
  onPick: (row: T) => void;
  /** Rows beyond this are counted, not drawn. */
  most?: number;
  rest?: (left: number) => string;
}

export function makeTable<T>(parts: TableParts<T>): Table<T> {
  const { columns, key, onPick, most = 500 } = parts;
  let rows: readonly T[] = [];
  let sorted: { by: Column<T>; up: boolean } | null = null;
  let picked: string | null = null;
  const body = h("tbody");
  const heads = columns.map((column) => head(column));
  const note = h("div", { class: "t12 dim rest" });
  const element = h(
    "div",
    { class: "table" },
    h(
      "table",
      { class: "tbl", "aria-label": parts.label },
      h("thead", {}, h("tr", {}, ...heads)),
      body,
    ),
    note,
  );

  function head(column: Column<T>): HTMLElement {
    const name = column.figure ? "r" : null;
    if (!column.value) return h("th", { scope: "col", class: name }, column.title);
    const sort = () => {
      sorted = { by: column, up: sorted?.by === column ? !sorted.up : !column.figure };
      for (const [at, one] of columns.entries()) {
        const state = one === column ? (sorted.up ? "ascending" : "descending") : "none";
        heads[at]?.setAttribute("aria-sort", state);
      }
      redraw();
    };
    const title = h("button", { type: "button", onclick: sort }, column.title);
    return h("th", { scope: "col", class: name, "aria-sort": "none" }, title);
  }

  function line(row: T): HTMLElement {
    const isPicked = key(row) === picked;
    const cells = columns.map((column) =>
      h("td", { class: column.figure ? "r num" : null }, column.cell(row)),
    );
    const line = h(
      "tr",
      { tabindex: 0, "data-key": key(row), "aria-selected": isPicked },
      ...cells,
    );
    line.setAttribute("aria-selected", String(isPicked));
    line.addEventListener("click", () => onPick(row));
    line.addEventListener("keydown", (event) => {
      const next = { ArrowDown: line.nextElementSibling, ArrowUp: line.previousElementSibling }[
        event.key
      ];
      if (next instanceof HTMLElement) next.focus();
      else if (event.key === "Enter") onPick(row);
      else return;
      event.preventDefault();
    });
    return line;
  }

  const redraw = whenReleased(body, draw);

  function draw(): void {
    const shown = sorted ? [...rows].sort(compare(sorted.by, sorted.up)) : rows;
    note.textContent = rows.length > most ? (parts.rest?.(rows.length - most) ?? "") : "";
    const lines = shown.slice(0, most).map(line);
    const isSame = lines.length === body.children.length;
    // the same rows stay, and with them the one that has the keyboard
    if (isSame && lines.every((one, n) => body.children[n]?.isEqualNode(one))) return;
    replace(body, ...lines);
  }

  return {
    element,
    show(next) {
      rows = next;
      redraw();
    },
    pick(next) {
      picked = next;
      for (const line of body.children) {
        line.setAttribute("aria-selected", String(line.getAttribute("data-key") === picked));
      }
      body.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
    },
  };
}

/** What is not known comes last, whichever way the rest is sorted. */
function compare<T>(column: Column<T>, up: boolean): (one: T, other: T) => number {
  const value = column.value ?? (() => null);
  return (one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const order =
      typeof a === "number" && typeof b === "number"
        ? a - b
        : String(a).localeCompare(String(b), "zh-CN");
    return up ? order : -order;
  };
}
