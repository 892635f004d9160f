/** Light or dark: what the address asks for, else what was chosen last, else what the system says. */

import type { Address } from "./address.ts";

export type ThemeName = "light" | "dark";

export interface Theme {
  get(): ThemeName;
  set(name: ThemeName): void;
  on(listener: (name: ThemeName) => void): void;
}

const KEPT = "gis-grid.theme";
const NAME = "theme";

export function makeTheme(address: Address): Theme {
  const listeners: ((name: ThemeName) => void)[] = [];
  let now = known(address.get(NAME)) ?? known(localStorage.getItem(KEPT)) ?? ofSystem();
  const show = () => {
    document.documentElement.dataset["theme"] = now;
    for (const listener of listeners) listener(now);
  };
  address.onChange(() => {
    now = known(address.get(NAME)) ?? now;
    show();
  });
  show();
  return {
    get: () => now,
    set(name) {
      now = name;
      localStorage.setItem(KEPT, name);
      address.set(NAME, name);
      show();
    },
    on: (listener) => listeners.push(listener),
  };
}

function known(name: string | null): ThemeName | null {
  return name === "light" || name === "dark" ? name : null;
}

function ofSystem(): ThemeName {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
