/** What the leader looks at: which days and incidents, and what the service says about them. */

import type { Api } from "../../api.ts";
import type { Surface } from "../../map/heat.ts";
import type { Address } from "../../shell/address.ts";

export interface Figures {
  reported: number;
  accepted: number;
  closed: number;
  timed: number;
  in_time: number;
  mean_h: number | null;
  p90_h: number | null;
}

export interface Ranked {
  code: string;
  name: string | null;
  count: number;
  households: number | null;
  rate: number | null;
  low: number | null;
  high: number | null;
  /** 1 above the mean, -1 below, 0 where chance may explain the difference. */
  compared: number;
}

export interface Window {
  first: string | null;
  last: string | null;
  now: Figures | null;
  before: Figures | null;
  weeks: (Figures & { last: string })[];
  level: string;
  mean: number | null;
  grids: Ranked[];
  elsewhere: number;
  hours: number[][];
}

export interface Days {
  first: string | null;
  last: string | null;
  reported: number[];
}

/** Days of the record by their place in it, both ends included. */
export interface Span {
  from: number;
  to: number;
}

export const KINDS = ["facility", "event"] as const;
export const SOURCES = ["collector", "app", "hotline", "camera", "sensor", "open311"] as const;
export const USUAL_DAYS = 28;
const DAY_MS = 86_400_000;

/** The day so many days after another one: `2025-02-28`, 1 → `2025-03-01`. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS);
}

/** What is asked for is in the address: `days=2025-10-25..2025-11-21`, `kind=`, `source=`. */
export interface Asked {
  days(): Days | null;
  span(): Span;
  /** First and last day as they are written. */
  written(): { first: string; last: string } | null;
  setSpan(span: Span): void;
  filter(name: "kind" | "source"): string | null;
  query(): Record<string, string | null>;
  /** How the heat is drawn: `surface=density`, `bandwidth=800`. */
  surface(): Surface;
  bandwidth(): number;
}

export const BANDWIDTHS_M = [200, 400, 800] as const;
export const USUAL_BANDWIDTH_M = 400;

export function makeAsked(address: Address): Asked & { use(days: Days): void } {
  let days: Days | null = null;
  const last = () => (days?.reported.length ?? 1) - 1;
  const usual = () => ({ from: Math.max(0, last() - USUAL_DAYS + 1), to: last() });
  const span = (): Span => {
    const [first, until] = (address.get("days") ?? "").split("..");
    if (!days?.first || !first || !until) return usual();
    const [from, to] = [daysBetween(days.first, first), daysBetween(days.first, until)];
    const fits = Number.isFinite(from) && Number.isFinite(to) && to >= 0 && from <= last();
    return fits && to >= from ? { from: Math.max(0, from), to: Math.min(last(), to) } : usual();
  };
  const written = () => {
    if (!days?.first) return null;
    const { from, to } = span();
    return { first: dayAfter(days.first, from), last: dayAfter(days.first, to) };
  };
  const filter = (name: "kind" | "source") => {
    const value = address.get(name);
    const known: readonly string[] = name === "kind" ? KINDS : SOURCES;
    return value !== null && known.includes(value) ? value : null;
  };
  return {
    days: () => days,
    use: (found) => {
      days = found;
    },
    span,
    written,
    setSpan({ from, to }) {
      if (!days?.first) return;
      const { from: usualFrom, to: usualTo } = usual();
      const same = from === usualFrom && to === usualTo;
      const text = `${dayAfter(days.first, from)}..${dayAfter(days.first, to)}`;
      address.set("days", same ? null : text);
    },
    filter,
    query: () => ({ kind: filter("kind"), source: filter("source") }),
    surface: () => (address.get("surface") === "density" ? "density" : "cells"),
    bandwidth() {
      const given = Number(address.get("bandwidth"));
      return BANDWIDTHS_M.find((one) => one === given) ?? USUAL_BANDWIDTH_M;
    },
  };
}

export function readDays(api: Api, asked: Asked): Promise<Days> {
  return api.get<Days>("/api/v1/statistics/days", asked.query());
}

export function readWindow(api: Api, asked: Asked): Promise<Window> {
  return api.get<Window>("/api/v1/statistics/window", { ...asked.query(), ...asked.written() });
}
