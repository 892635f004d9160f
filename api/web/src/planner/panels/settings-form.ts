/** The fields of how a plan is judged: the band of households, the limits, the work formula. */

import { type Child, h } from "../../ui/dom.ts";
import type { Settings } from "../told.ts";
import type { PanelWords } from "../words/index.ts";
import { field, numberInput, Refusal } from "./dialog.ts";
import { fixed } from "./written.ts";

/** What the service takes when nothing is said; it is asked for by leaving settings out. */
export const FIRST: Settings = {
  households: [300, 500],
  work_off: 0.2,
  least_round: 0.3,
  factors: { handling_minutes_a_year: 1, households: 40, facilities: 2, patrol_m: 6.25 },
};

export interface SettingsForm {
  element: HTMLElement;
  /** Throws a Refusal that names the field. */
  read(): Settings;
}

const FACTORS = [
  "handling_minutes_a_year",
  "households",
  "facilities",
  "patrol_m",
  "persons",
  "elderly",
  "buildings",
  "cameras",
  "incidents_a_year",
] as const;

export function settingsForm(words: PanelWords, now: Settings): SettingsForm {
  const w = words.settings;
  const least = numberInput(now.households?.[0] ?? null, { min: 0 });
  const most = numberInput(now.households?.[1] ?? null, { min: 0 });
  const off = numberInput(now.work_off === null ? null : round(now.work_off * 100), { min: 0 });
  const thin = numberInput(now.least_round, { min: 0, max: 1 });
  const named = [...new Set([...FACTORS, ...Object.keys(now.factors)])];
  const factors = named.map((name) => {
    const input = numberInput(now.factors[name] ?? 0, { min: 0 });
    input.name = `factor-${name}`;
    return { name, input };
  });
  least.name = "least";
  most.name = "most";
  off.name = "off";
  thin.name = "thin";
  const factorName = (name: string) => (w.factors as Record<string, string>)[name] ?? name;
  const element = h(
    "div",
    { class: "pl-settings" },
    h("div", { class: "pl-two" }, field(w.least, least), field(w.most, most)),
    h("div", { class: "pl-two" }, field(w.off, off), field(w.thin, thin)),
    h(
      "fieldset",
      {},
      h("legend", {}, w.formula, " ", h("span", { class: "t12 dim" }, w.formulaNote)),
      h(
        "div",
        { class: "pl-two tight" },
        ...factors.map((one): Child => field(factorName(one.name), one.input)),
      ),
    ),
  );
  return {
    element,
    read() {
      const low = positive(least.value, w.least, w.wrong);
      const high = positive(most.value, w.most, w.wrong);
      if ((low === null) !== (high === null)) throw new Refusal(w.bothOrNone);
      if (low !== null && high !== null && low > high)
        throw new Refusal(w.upsideDown(fixed(low, 0), fixed(high, 0)));
      const share = positive(off.value, w.off, w.wrong);
      return {
        households: low === null || high === null ? null : [low, high],
        work_off: share ? share / 100 : null,
        least_round: Math.min(1, positive(thin.value, w.thin, w.wrong) ?? 0),
        factors: Object.fromEntries(
          factors
            .map(
              (one) =>
                [one.name, positive(one.input.value, factorName(one.name), w.wrong) ?? 0] as const,
            )
            .filter(([name, value]) => value > 0 || name in now.factors),
        ),
      };
    },
  };
}

/** A number of 0 or more; null for an empty field. */
function positive(text: string, label: string, wrong: (label: string) => string): number | null {
  if (!text.trim()) return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Refusal(wrong(label));
  return value;
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
