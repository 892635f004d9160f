/** A table of any number of rows of which only those in sight are drawn; one tab stop, arrows inside. */

import { h, replace } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import type { PanelWords } from "../words/index.ts";
import type { Row, RowColumn, Sort } from "./rows.ts";

export const ROW_PX = 28;
/** Rows drawn above and below those in sight, so that scrolling shows no gap. */
const MORE = 8;

export interface GridTable {
  readonly element: HTMLElement;
  show(rows: readonly Row[], columns: readonly RowColumn[], sort: Sort): void;
  pick(codes: readonly string[]): void;
  /** Put the cursor on a row, into sight. */
  goTo(code: string): void;
  /** The row under the cursor. */
  current(): string | null;
  focus(): void;
}

export interface GridTableParts {
  words: PanelWords;
  onSort: (name: string) => void;
  /** Space and clicks with Ctrl turn one row over; a plain click or Enter takes it alone. */
  onPick: (code: string, add: boolean) => void;
  onOpen: (code: string) => void;
  /** Other keys, before the page sees them; true when something was done. */
  onKey: (key: string) => boolean;
}

export function makeGridTable(parts: GridTableParts): GridTable {
  const { words } = parts;
  let rows: readonly Row[] = [];
  let columns: readonly RowColumn[] = [];
  let at = 0;
  let picked = new Set<string>();
  let drawn: [number, number] = [-1, -1];
  const lineOf = new Map<string, HTMLElement>();
  const head = h("tr", { role: "row" });
  const body = h("tbody", { role: "rowgroup" });
  const table = h(
    "table",
    { class: "tbl", role: "grid", "aria-label": words.table.title, "aria-multiselectable": "true" },
    h("thead", { role: "rowgroup" }, head),
    body,
  );
  const element = h("div", { class: "pl-scroll" }, table);
  table.tabIndex = 0;

  /** Draw the rows in sight; those that are there already stay, so that what is under a finger stays. */
  function draw(): void {
    const first = Math.max(0, Math.floor(element.scrollTop / ROW_PX) - MORE);
    const last = Math.min(rows.length, first + Math.ceil(element.clientHeight / ROW_PX) + 2 * MORE);
    const space = (count: number) =>
      count > 0 ? h("tr", { "aria-hidden": "true", style: `height:${count * ROW_PX}px` }) : null;
    const [since, until] = drawn;
    if (since !== first || until !== last) {
      const lines = rows.slice(first, last).map((row, n) => {
        const found = lineOf.get(row.code) ?? line(row, first + n);
        lineOf.set(row.code, found);
        return found;
      });
      replace(body, space(first), ...lines, space(rows.length - last));
      drawn = [first, last];
    }
    for (const [n, row] of rows.slice(first, last).entries()) {
      const found = lineOf.get(row.code);
      found?.classList.toggle("is-now", first + n === at);
      found?.setAttribute("aria-selected", String(picked.has(row.code)));
    }
    const now = rows[at];
    if (now) table.setAttribute("aria-activedescendant", idOf(now.code));
    else table.removeAttribute("aria-activedescendant");
  }

  function line(row: Row, number: number): HTMLElement {
    const cells = columns.map((column) =>
      h(
        "td",
        {
          role: "gridcell",
          class: column.figure ? "r num" : column.name === "code" ? "mono" : null,
        },
        column.name === "code" && row.locked ? lockSign() : null,
        column.text(row),
      ),
    );
    const made = h(
      "tr",
      {
        id: idOf(row.code),
        role: "row",
        "data-code": row.code,
        "aria-rowindex": number + 2,
      },
      ...cells,
    );
    made.addEventListener("click", (event) => {
      at = number;
      parts.onPick(row.code, event.ctrlKey || event.metaKey || event.shiftKey);
      draw();
    });
    made.addEventListener("dblclick", () => parts.onOpen(row.code));
    return made;
  }

  const lockSign = () => {
    const sign = icon("lock");
    sign.removeAttribute("aria-hidden");
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", words.table.locked);
    return sign;
  };

  function moveTo(number: number): void {
    at = Math.max(0, Math.min(rows.length - 1, number));
    const top = at * ROW_PX;
    const room = element.clientHeight - ROW_PX * 2;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top > element.scrollTop + room) element.scrollTop = top - room;
    draw();
  }

  table.addEventListener("keydown", (event) => {
    if (event.target !== table) return;
    const page = Math.max(1, Math.floor(element.clientHeight / ROW_PX) - 2);
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    const code = rows[at]?.code;
    if (to !== undefined) moveTo(to);
    else if (code && event.key === " ") parts.onPick(code, true);
    else if (code && event.key === "Enter") parts.onOpen(code);
    else if (event.ctrlKey || event.metaKey || event.altKey || !parts.onKey(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  element.addEventListener("scroll", draw, { passive: true });
  new ResizeObserver(draw).observe(element);

  function showHead(sort: Sort): void {
    replace(
      head,
      ...columns.map(({ name, figure }) => {
        const state = sort.name === name ? (sort.down ? "descending" : "ascending") : "none";
        const title = (words.metrics as Record<string, string>)[name] ?? name;
        const run = () => parts.onSort(name);
        const made = h(
          "button",
          { type: "button", class: "sort", onclick: run, "data-sort": name },
          title,
        );
        return h(
          "th",
          { scope: "col", role: "columnheader", class: figure ? "r" : null, "aria-sort": state },
          made,
        );
      }),
    );
  }

  return {
    element,
    show(next, nextColumns, sort) {
      const code = rows[at]?.code;
      const focused = document.activeElement?.getAttribute("data-sort");
      rows = next;
      columns = nextColumns;
      lineOf.clear();
      drawn = [-1, -1];
      at = Math.max(
        0,
        rows.findIndex((row) => row.code === code),
      );
      table.setAttribute("aria-rowcount", String(rows.length + 1));
      showHead(sort);
      if (focused) head.querySelector<HTMLElement>(`[data-sort="${focused}"]`)?.focus();
      draw();
    },
    pick(codes) {
      picked = new Set(codes);
      draw();
    },
    goTo(code) {
      const found = rows.findIndex((row) => row.code === code);
      if (found >= 0) moveTo(found);
    },
    current: () => rows[at]?.code ?? null,
    focus: () => table.focus(),
  };
}

function idOf(code: string): string {
  return `row-${code}`;
}
