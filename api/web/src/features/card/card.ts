/** The card of what is selected: its fields with units, the grids it lies in, what to do with it. */

import { ApiError, type Feature } from "../../api.ts";
import { refused } from "../../shell/refusal.ts";
import type { Selected } from "../../shell/selection.ts";
import type { Shell } from "../../shell/shell.ts";
import { type Child, h, replace } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { button, skeleton, state } from "../../ui/parts.ts";
import { fieldTitle, type LayerTold, layersOf, shownValue } from "../described.ts";
import { openList } from "../lists/open.ts";
import { type Spot, spotsOf } from "../spot.ts";
import { type FeatureWords, featureWords } from "../words/index.ts";
import { chainOf, chainRows, codesOf, routeOf } from "./chain.ts";
import { copyButton } from "./copy.ts";
import { middleOf } from "./middle.ts";

/** Fields that the head of the card or the chain of grids says already. */
const SAID = new Set(["code", "name", "grid_code", "parent_code", "cell"]);

export function mount(shell: Shell): void {
  const words = featureWords();
  const { slots, selection } = shell;
  const spots = spotsOf(shell);
  let asked = 0;
  const refresh = async () => {
    const mine = ++asked;
    const selected = selection.get();
    const spot = spots.get();
    const elsewhere = shell.page === "dispatch" && selected?.layer === "incidents"; // its own panel
    if (elsewhere || (!selected && !spot)) {
      replace(slots.card);
      return;
    }
    replace(slots.card, skeleton(4));
    const children = selected
      ? await ofFeature(shell, words, selected)
      : await ofSpot(shell, words, spot as Spot);
    if (mine !== asked) return; // something else was selected meanwhile
    replace(
      slots.card,
      h("section", { class: "thing", "aria-label": headOf(children) }, ...children),
    );
  };
  selection.on(() => void refresh());
  spots.on(() => void refresh());
  void refresh();
}

function headOf(children: readonly Child[]): string {
  const [head] = children;
  return head instanceof Element ? (head.querySelector("h2")?.textContent ?? "") : "";
}

async function ofFeature(shell: Shell, words: FeatureWords, selected: Selected): Promise<Child[]> {
  const close = () => shell.selection.set(null);
  try {
    const path = `/api/v1/${encodeURIComponent(selected.layer)}/${encodeURIComponent(selected.code)}`;
    const [feature, layers] = await Promise.all([
      shell.api.get<Feature>(path),
      layersOf(shell.api),
    ]);
    const layer = layers.get(selected.layer);
    const chain = await chainOf(shell, feature.properties);
    return featureParts(shell, words, { selected, feature, layer, close }, chain);
  } catch (error) {
    return failed(shell, words, selected, error, close);
  }
}

interface Told {
  selected: Selected;
  feature: Feature;
  layer: LayerTold | undefined;
  close: () => void;
}

function featureParts(shell: Shell, words: FeatureWords, told: Told, chain: Child[]): Child[] {
  const { selected, feature, layer, close } = told;
  const given = feature.properties["name"] ?? feature.properties["address"];
  const title = typeof given === "string" && given ? given : selected.code;
  const kind = layer ? (shell.lang === "en" ? layer.title.en : layer.title.zh) : selected.layer;
  const middle = middleOf(feature);
  return [
    head(words, kind, title, close),
    h(
      "div",
      { class: "sec" },
      codeRow(shell, words, selected.code),
      fieldRows(shell, layer, feature),
    ),
    chain.length ? h("div", { class: "sec" }, h("h3", {}, words.card.chain), ...chain) : null,
    h(
      "div",
      { class: "sec row wrap" },
      middle
        ? button(words.card.go, () => shell.city.go(middle), { size: "sm", icon: "here" })
        : h("span", { class: "dim t12" }, words.card.noPlace),
      button(words.card.show, () => openList(shell, selected), { size: "sm", icon: "table" }),
      copyButton(shell, words, words.card.link, () => shell.address.href(), "share"),
    ),
  ];
}

function head(words: FeatureWords, kind: string, title: string, close: () => void): HTMLElement {
  return h(
    "header",
    { class: "sec thing-head" },
    h(
      "div",
      { class: "grow" },
      h("div", { class: "t12 dim" }, kind),
      h("h2", { class: "t16" }, h("bdi", {}, title)),
    ),
    h(
      "button",
      { type: "button", class: "btn sm ghost", "aria-label": words.card.close, onclick: close },
      icon("x"),
    ),
  );
}

function codeRow(shell: Shell, words: FeatureWords, code: string): HTMLElement {
  return h(
    "div",
    { class: "row code-row" },
    h("bdi", { class: "mono grow" }, code),
    copyButton(shell, words, words.card.copy, () => code, "dup"),
  );
}

function fieldRows(shell: Shell, layer: LayerTold | undefined, feature: Feature): HTMLElement {
  const rows = (layer?.fields ?? [])
    .filter(({ name }) => !SAID.has(name) && hasValue(feature.properties[name]))
    .flatMap((field) => [
      h("dt", {}, fieldTitle(field.name)),
      h(
        "dd",
        { "data-field": field.name },
        h("bdi", {}, shownValue(shell, layer, field, feature.properties)),
      ),
    ]);
  return h("dl", { class: "fields" }, ...rows);
}

function hasValue(value: unknown): boolean {
  return value !== null && value !== undefined && value !== "";
}

function failed(
  shell: Shell,
  words: FeatureWords,
  selected: Selected,
  error: unknown,
  close: () => void,
): Child[] {
  const gone = error instanceof ApiError && error.status === 404;
  const again = () => {
    shell.selection.set(null);
    shell.selection.set(selected);
  };
  return [
    head(words, selected.layer, selected.code, close),
    gone ? state("alert", words.card.gone, words.card.goneNote) : refused(error, again),
  ];
}

async function ofSpot(shell: Shell, words: FeatureWords, spot: Spot): Promise<Child[]> {
  const close = () => spotsOf(shell).set(null);
  const rows = codesOf(words, spot).flatMap(([name, text]) => [
    h("dt", {}, name),
    h("dd", {}, h("span", { class: "mono" }, text)),
  ]);
  const route = await routeOf(shell, spot).catch(() => null);
  const chain = route ? chainRows(shell, route.chain) : [];
  const owner = chain.length ? chain : [h("p", { class: "dim t12" }, words.card.nobody)];
  return [
    head(words, spot.note || words.card.point, spot.title || words.card.point, close),
    h("div", { class: "sec" }, h("dl", { class: "fields" }, ...rows)),
    h("div", { class: "sec" }, h("h3", {}, words.card.owner), ...owner),
    h(
      "div",
      { class: "sec row wrap" },
      button(words.card.go, () => shell.city.go({ lon: spot.lon, lat: spot.lat, zoom: 18 }), {
        size: "sm",
        icon: "here",
      }),
      copyButton(shell, words, words.card.link, () => shell.address.href(), "share"),
    ),
  ];
}
