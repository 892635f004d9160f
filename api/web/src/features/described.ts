/** The layers as the service describes them, and their values as people read them. */

import type { Api } from "../api.ts";
import { either, type Lang } from "../i18n/index.ts";
import type { Shell } from "../shell/shell.ts";
import { featureWords, fieldWord, valueWord } from "./words/index.ts";

export interface FieldTold {
  name: string;
  kind: "text" | "integer" | "real" | "flag" | "instant" | "date";
  unit: string | null;
}

export interface LayerTold {
  name: string;
  singular: string;
  title: { zh: string; en: string };
  geometry: string | null;
  fields: FieldTold[];
  categories: Record<string, { zh: string; en: string }>;
  /** Of incidents: the layer whose categories those about a facility have. */
  about?: LayerTold | undefined;
}

const known = new WeakMap<Api, Promise<Map<string, LayerTold>>>();

/** Every layer by name; asked once a page. */
export function layersOf(api: Api): Promise<Map<string, LayerTold>> {
  let asked = known.get(api);
  if (!asked) {
    asked = api.get<LayerTold[]>("/api/v1/layers").then(byName);
    asked.catch(() => known.delete(api));
    known.set(api, asked);
  }
  return asked;
}

function byName(layers: readonly LayerTold[]): Map<string, LayerTold> {
  const found = new Map(layers.map((one) => [one.name, one]));
  const incidents = found.get("incidents");
  if (incidents) incidents.about = found.get("facilities");
  return found;
}

export function fieldTitle(name: string): string {
  return fieldWord(name) ?? name;
}

/** A value as it is read: named where it is a key, in the city's time, with its unit. */
export function shownValue(
  shell: Shell,
  layer: LayerTold | undefined,
  field: FieldTold,
  properties: Record<string, unknown>,
): string {
  const value = properties[field.name];
  const words = featureWords().card;
  if (value === null || value === undefined || value === "") return words.none;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (field.kind === "instant") return moment(String(value), shell.lang);
  if (typeof value === "number") return amount(field, value);
  const text = String(value);
  const named = properties["kind"] === "facility" ? (layer?.about ?? layer) : layer;
  const category = field.name === "category" ? named?.categories[text] : undefined;
  if (category) return `${either(shell.lang, category)} ${text}`;
  if (field.name === "level") return levelName(shell, text);
  return valueWord(field.name, text) ?? text;
}

export function levelName({ city, lang }: Shell, key: string): string {
  const level = city.city.levels.find((one) => one.key === key);
  return level ? either(lang, { zh: level.name_zh, en: level.name_en }) : key;
}

function amount(field: FieldTold, value: number): string {
  const isYear = field.name.endsWith("_year");
  const text = isYear ? String(value) : value.toLocaleString("en-US", { maximumFractionDigits: 2 });
  return `${text.replace("-", "−")}${field.unit ? unitText(field.unit) : ""}`;
}

function unitText(unit: string): string {
  return unit === "°" ? unit : ` ${unit}`;
}

function moment(text: string, lang: Lang): string {
  return new Date(text).toLocaleString(lang === "en" ? "en-GB" : "zh-CN", {
    timeZone: "Asia/Shanghai",
    dateStyle: "medium",
    timeStyle: "short",
    hour12: false,
  });
}
