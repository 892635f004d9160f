/** The rows of the table of grids: every metric that the service tells, sorted and filtered. */

import type { Grid, Numbers } from "../told.ts";
import { fixed, hectares, perDay, share, signedPercent } from "./written.ts";

export type Value = string | number | boolean | null;

export interface Row {
  code: string;
  community: string;
  officer: string | null;
  locked: boolean;
  values: Record<string, number | null>;
}

export interface RowColumn {
  name: string;
  figure: boolean;
  value(row: Row): Value;
  text(row: Row): string;
}

export interface Sort {
  name: string;
  down: boolean;
}

/** Metrics that are shares of one, and those with decimals. */
const SHARES = new Set(["off", "plain_border", "households_to_target"]);
const DECIMALS: Record<string, number> = {
  edge_min: 1,
  inside_min: 1,
  round_min: 0,
  polsby_popper: 2,
  reock: 2,
};

/** Metrics in the order in which planners ask for them; others follow as the service tells them. */
const FIRST = [
  "work",
  "off",
  "households",
  "persons",
  "elderly",
  "buildings",
  "facilities",
  "cameras",
];

export function rowsOf(numbers: Numbers, grids: ReadonlyMap<string, Grid>): Row[] {
  const mean = numbers.spread["work"]?.["mean"] ?? null;
  return Object.entries(numbers.grids).map(([code, values]) => {
    const facts = grids.get(code)?.properties;
    const work = values["work"] ?? null;
    return {
      code,
      community: numbers.communities[code] ?? "",
      officer: facts?.officer ?? null,
      locked: facts?.locked ?? false,
      values: {
        ...values,
        off: work === null || !mean ? null : work / mean - 1,
        area_m2: facts?.area_m2 ?? null,
      },
    };
  });
}

export function columnsOf(numbers: Numbers, nameOf: (code: string) => string): RowColumn[] {
  const told = Object.keys(Object.values(numbers.grids)[0] ?? {});
  const names = [
    ...new Set([...FIRST.filter((one) => one === "off" || told.includes(one)), ...told, "area_m2"]),
  ];
  return [
    { name: "code", figure: false, value: (row) => row.code, text: (row) => row.code },
    {
      name: "community",
      figure: false,
      value: (row) => nameOf(row.community),
      text: (row) => nameOf(row.community),
    },
    {
      name: "officer",
      figure: false,
      value: (row) => row.officer,
      text: (row) => row.officer ?? "–",
    },
    ...names.map(
      (name): RowColumn => ({
        name,
        figure: true,
        value: (row) => row.values[name] ?? null,
        text: (row) => textOf(name, row.values[name] ?? null),
      }),
    ),
  ];
}

export function textOf(name: string, value: number | null): string {
  if (value === null) return "–";
  if (name === "work") return fixed(perDay(value), 0);
  if (name === "off") return signedPercent(value);
  if (name === "area_m2") return hectares(value);
  if (SHARES.has(name)) return share(value);
  return fixed(value, DECIMALS[name] ?? 0);
}

/**
 * Rows that a text finds. Words stand apart by spaces and all of them must fit: a part of the code,
 * the community or the post, or a comparison such as `households>500` or `off<-0.2`.
 */
export function filtered(
  rows: readonly Row[],
  text: string,
  nameOf: (code: string) => string,
): Row[] {
  const tests = text
    .trim()
    .split(/\s+/u)
    .filter(Boolean)
    .map((word) => testOf(word, nameOf));
  return rows.filter((row) => tests.every((test) => test(row)));
}

function testOf(word: string, nameOf: (code: string) => string): (row: Row) => boolean {
  const [, name, sign, limit] = /^([a-z_0-9]+)(<=|>=|<|>|=)(-?[\d.]+)%?$/.exec(word) ?? [];
  if (name && sign && limit) {
    const wanted = word.endsWith("%") ? Number(limit) / 100 : Number(limit);
    return (row) => {
      const raw = row.values[name];
      if (typeof raw !== "number") return false;
      const value = name === "work" ? (perDay(raw) ?? 0) : raw;
      if (sign === "<") return value < wanted;
      if (sign === ">") return value > wanted;
      if (sign === "<=") return value <= wanted;
      return sign === ">=" ? value >= wanted : value === wanted;
    };
  }
  const low = word.toLowerCase();
  return (row) =>
    [row.code, row.officer ?? "", nameOf(row.community)].some((one) =>
      one.toLowerCase().includes(low),
    );
}

/** What is not known comes last, whichever way the rest goes; ties stay in the order of codes. */
export function sorted(rows: readonly Row[], column: RowColumn, down: boolean): Row[] {
  const order = (one: Row, other: Row) => {
    const [a, b] = [column.value(one), column.value(other)];
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const found =
      typeof a === "number" && typeof b === "number" ? a - b : compareTexts(String(a), String(b));
    return down ? -found : found;
  };
  return [...rows].sort((one, other) => order(one, other) || compareTexts(one.code, other.code));
}

const collator = new Intl.Collator("zh-CN", { numeric: true });
const DIGITS = /^\d+$/;

/** Codes of one length need no rules of a language, which cost much for a whole city. */
function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  if (one.length === other.length && DIGITS.test(one) && DIGITS.test(other))
    return one < other ? -1 : 1;
  return collator.compare(one, other);
}
