/** Which days and which incidents: presets, kind and source, all of it in the address. */

import { copy } from "../../features/card/copy.ts";
import { featureWords } from "../../features/words/index.ts";
import { count } from "../../i18n/format.ts";
import type { Shell } from "../../shell/shell.ts";
import { h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { button } from "../../ui/parts.ts";
import { type Asked, BANDWIDTHS_M, KINDS, SOURCES, USUAL_BANDWIDTH_M } from "./record.ts";

const PRESETS = [7, 28, 90, 365];

interface Parts {
  shell: Shell;
  asked: Asked;
  onSpan(): void;
  onFilter(): void;
  /** The heat is to be drawn another way. */
  onSurface(): void;
}

export function makeFilters({ shell, asked, onSpan, onFilter, onSurface }: Parts) {
  const { t, address } = shell;
  const { overview: words } = t;
  const last = () => (asked.days()?.reported.length ?? 1) - 1;
  const chips = PRESETS.map((days) => {
    const span = () => ({ from: Math.max(0, last() - days + 1), to: last() });
    const choose = () => {
      asked.setSpan(span());
      onSpan();
    };
    const element = h(
      "button",
      { type: "button", class: "chip", onclick: choose },
      words.days(days),
    );
    return { element, span };
  });
  const choice = (name: "kind" | "source", label: string, values: Record<string, string>) => {
    const select = h(
      "select",
      { class: "chip choice", "aria-label": label },
      ...Object.entries(values).map(([value, title]) =>
        h("option", { value: value === "all" ? "" : value }, title),
      ),
    );
    select.value = asked.filter(name) ?? "";
    select.addEventListener("change", () => {
      address.set(name, select.value || null);
      onFilter();
    });
    return select;
  };
  const kinds = choice("kind", words.kindLabel, pick(words.kinds, ["all", ...KINDS]));
  const sources = choice("source", words.sourceLabel, pick(words.sources, ["all", ...SOURCES]));
  const surfaces = surfaceChoice(shell, asked, onSurface);
  const number = h("span", { class: "t12 dim num", role: "status" });
  const link = () => void copy(shell, featureWords(), address.href());
  const report = h(
    "a",
    { class: "btn sm", title: words.reportTip, download: "" },
    icon("print"),
    words.report,
  );
  const wall = () => {
    address.set("wall", "1");
    location.reload();
  };
  const element = h(
    "div",
    { class: "row grow filters", role: "group", "aria-label": words.filters },
    ...surfaces.elements,
    ...chips.map((one) => one.element),
    kinds,
    sources,
    h("span", { class: "grow" }),
    number,
    button(words.link, link, { size: "sm", icon: "share" }),
    report,
    button(words.wall, wall, { size: "sm", icon: "wall" }),
  );
  return {
    element,
    show(reported: number | null) {
      const now = asked.span();
      for (const { element: chip, span } of chips) {
        const { from, to } = span();
        chip.setAttribute("aria-pressed", String(from === now.from && to === now.to));
      }
      surfaces.show();
      kinds.value = asked.filter("kind") ?? "";
      sources.value = asked.filter("source") ?? "";
      number.textContent = reported === null ? "" : `${count(reported)}${words.cases}`;
      const days = last() - now.from + 1;
      report.setAttribute(
        "href",
        `/api/v1/reports/heat?days=${Math.max(1, days)}&lang=${shell.lang}`,
      );
      report.hidden =
        now.to !== last() || asked.filter("kind") !== null || asked.filter("source") !== null;
    },
  };
}

/** Cells or a density, and of a density how wide its kernel is. */
function surfaceChoice({ t, address, city }: Shell, asked: Asked, onSurface: () => void) {
  const { overview: words } = t;
  const choose = (surface: "cells" | "density") => {
    address.set("surface", surface === "cells" ? null : surface);
    if (!city.isOn("heat")) city.show("heat", true);
    show();
    onSurface();
  };
  const buttons = (["cells", "density"] as const).map((surface) => ({
    surface,
    element: h(
      "button",
      { type: "button", onclick: () => choose(surface) },
      words.surfaces[surface],
    ),
  }));
  const widths = h(
    "select",
    { class: "chip choice", "aria-label": words.bandwidth },
    ...BANDWIDTHS_M.map((metres) => h("option", { value: metres }, words.metres(String(metres)))),
  );
  widths.addEventListener("change", () => {
    const isUsual = Number(widths.value) === USUAL_BANDWIDTH_M;
    address.set("bandwidth", isUsual ? null : widths.value);
    onSurface();
  });
  const group = { class: "seg", role: "group", "aria-label": words.surface };
  const segment = h("div", group, ...buttons.map((one) => one.element));
  function show(): void {
    const now = asked.surface();
    for (const { surface, element } of buttons)
      element.setAttribute("aria-pressed", String(surface === now));
    widths.hidden = now !== "density";
    widths.value = String(asked.bandwidth());
  }
  show();
  return { elements: [segment, widths], show };
}

function pick(words: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, words[name] ?? name]));
}
