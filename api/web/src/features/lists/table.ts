/** The table of a list: heads that sort, rows that select. */

import type { Shell } from "../../shell/shell.ts";
import { h } from "../../ui/dom.ts";
import { type FieldTold, fieldTitle, type LayerTold, shownValue } from "../described.ts";
import { featureWords } from "../words/index.ts";
import type { Row } from "./rows.ts";

export interface Sort {
  field: string;
  down: boolean;
}

const MOST_COLUMNS = 8;
const LEFT_OUT = new Set(["cell", "source", "parent_code", "dialect"]);
const NUMERIC = new Set(["integer", "real"]);

/** The first fields that any of the rows has. */
export function columnsOf(layer: LayerTold | undefined, rows: readonly Row[]): FieldTold[] {
  const fields = (layer?.fields ?? []).filter(({ name }) => !LEFT_OUT.has(name));
  const held = fields.filter(({ name }) =>
    rows.some((row) => !isMissing(row.feature.properties[name])),
  );
  return held.slice(0, MOST_COLUMNS);
}

export function headRow(
  columns: readonly FieldTold[],
  sort: Sort,
  sortBy: (field: string) => void,
): HTMLElement {
  const words = featureWords().lists;
  const heads = columns.map((field) => {
    const title = fieldTitle(field.name);
    const unit = field.unit ? ` ${field.unit}` : "";
    const chosen = sort.field === field.name;
    const order = chosen ? (sort.down ? "descending" : "ascending") : "none";
    return h(
      "th",
      { scope: "col", "aria-sort": order, class: NUMERIC.has(field.kind) ? "r" : null },
      h(
        "button",
        {
          type: "button",
          class: "sort",
          title: words.sort(title),
          onclick: () => sortBy(field.name),
        },
        `${title}${unit}`,
      ),
    );
  });
  return h("thead", {}, h("tr", {}, ...heads));
}

export function tableRow(
  shell: Shell,
  layer: LayerTold | undefined,
  columns: readonly FieldTold[],
  row: Row,
  select: () => void,
): HTMLElement {
  const cells = columns.map((field) => {
    const { properties } = row.feature;
    const text = isMissing(properties[field.name])
      ? ""
      : shownValue(shell, layer, field, properties);
    const names = [NUMERIC.has(field.kind) ? "r" : "", field.name.endsWith("code") ? "mono" : ""];
    return h(
      "td",
      { class: names.filter(Boolean).join(" ") || null },
      h("bdi", { class: "cell" }, text),
    );
  });
  return h("tr", { "data-code": row.code, "aria-selected": "false", onclick: select }, ...cells);
}

/** Rows in the order of a field; what is missing comes last either way. */
export function sortedRows(rows: readonly Row[], { field, down }: Sort): Row[] {
  const sign = down ? -1 : 1;
  return [...rows].sort((one, other) => {
    const a = one.feature.properties[field];
    const b = other.feature.properties[field];
    if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * String(a).localeCompare(String(b), "zh-CN", { numeric: true });
  });
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined;
}
