/** What styles are made of: the colours of a theme and the scale of the frame that is drawn. */

import type { FeatureLike } from "ol/Feature.js";
import { Fill, Stroke, Style } from "ol/style.js";
import { THEMES } from "../../palette.ts";
import type { ThemeName } from "../../shell/theme.ts";

export type Colours = (typeof THEMES)[ThemeName];

/** How a tile layer is drawn: a fresh one is made when the theme changes. */
export type Painter = (feature: FeatureLike, resolution: number) => Style | Style[] | undefined;

export interface Scene {
  readonly colours: Colours;
  readonly dark: boolean;
  /** Metres on the ground for each unit of the map: it is Mercator, and the city lies at one place. */
  readonly shrink: number;
}

export function sceneOf(theme: ThemeName, shrink: number): Scene {
  return { colours: THEMES[theme], dark: theme === "dark", shrink };
}

/** Zoom of the look for a resolution of the map. */
export function zoomOf(resolution: number): number {
  return Math.log2(156543.03392804097 / resolution);
}

export function filled(colour: string, zIndex = 0): Style {
  return new Style({ fill: new Fill({ color: colour }), zIndex });
}

export function stroked(colour: string, width: number, zIndex = 0, dash?: number[]): Style {
  const stroke = new Stroke({ color: colour, width, lineCap: "round", lineJoin: "round" });
  if (dash) {
    stroke.setLineDash(dash);
    stroke.setLineCap("butt");
  }
  return new Style({ stroke, zIndex });
}

/** `#RRGGBB` with an opacity. */
export function faded(colour: string, opacity: number): string {
  const part = (at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  return `rgba(${part(1)},${part(3)},${part(5)},${opacity})`;
}

/** Remember what a function made for each key. */
export function kept<V>(make: (key: string) => V): (key: string) => V {
  const made = new Map<string, V>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) {
      value = make(key);
      made.set(key, value);
    }
    return value;
  };
}

export function text(feature: FeatureLike, name: string): string {
  const value: unknown = feature.get(name);
  return typeof value === "string"
    ? value
    : value === undefined || value === null
      ? ""
      : String(value);
}

export function number(feature: FeatureLike, name: string): number | null {
  const value: unknown = feature.get(name);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
