/** What every part of the console may use: a feature exports `mount(shell: Shell)`. */

import type { Api } from "../api.ts";
import type { Lang, Words } from "../i18n/index.ts";
import type { CityMap } from "../map/city-map.ts";
import type { Address } from "./address.ts";
import type { Keys } from "./keys.ts";
import type { Selection } from "./selection.ts";
import type { Session } from "./session.ts";
import type { Theme } from "./theme.ts";

export type PageName = "planner" | "dispatch" | "overview";

/** Also the pages that have no map. */
export type AnyPage = PageName | "admin" | "account";

/** Places of the page where parts put what they show; an empty one takes no room. */
export interface Slots {
  /** Top bar, between the navigation and the signs at the right: the search box. */
  readonly search: HTMLElement;
  /** Under the top bar, over the whole width: filters, a draft, its actions. */
  readonly bar: HTMLElement;
  /** Docked left of the map: a queue. */
  readonly left: HTMLElement;
  /** Docked right of the map: figures, a case. */
  readonly panel: HTMLElement;
  /** On the map, top left: tools in a float. */
  readonly tools: HTMLElement;
  /** On the map, top right: a card of what is selected, a legend. */
  readonly card: HTMLElement;
  /** On the map, bottom right above and below the zoom buttons: 36 px buttons. */
  readonly controls: HTMLElement;
  /** Under the map: a table bar or a time bar. */
  readonly foot: HTMLElement;
}

/** A line at the bottom that goes away by itself; never for what needs a decision. */
export type Notify = (message: string, action?: { label: string; run: () => void }) => void;

export interface Shell {
  readonly page: PageName;
  readonly city: CityMap;
  readonly api: Api;
  readonly t: Words;
  readonly lang: Lang;
  readonly slots: Slots;
  readonly selection: Selection;
  readonly address: Address;
  readonly keys: Keys;
  readonly theme: Theme;
  /** Who is signed in. */
  readonly session: Session;
  readonly notify: Notify;
}
