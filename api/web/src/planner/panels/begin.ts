/** The dialog that begins a plan: its title, the grid whose ground is divided anew, how it is judged. */

import type { Shell } from "../../shell/shell.ts";
import { h, replace } from "../../ui/dom.ts";
import type { Plan } from "../told.ts";
import type { PanelWords } from "../words/index.ts";
import { field, openDialog, Refusal, textInput } from "./dialog.ts";
import { addressOf } from "./plans.ts";
import { FIRST, settingsForm } from "./settings-form.ts";

interface Area {
  code: string;
  name: string | null;
  level: string;
}

const MOST = 300;

export function openBegin(shell: Shell, w: PanelWords): void {
  const title = textInput("", { maxlength: 200, required: true, name: "title" });
  const search = textInput("", {
    type: "search",
    placeholder: w.begin.search,
    name: "search",
    "aria-label": w.begin.search,
  });
  const list = h("select", {
    class: "inp pl-areas",
    size: 6,
    name: "area",
    "aria-label": w.begin.area,
  });
  const form = settingsForm(w, FIRST);
  let areas: Area[] = [];
  let isRead = false;
  const show = () => {
    const wanted = search.value.trim().toLowerCase();
    const chosen = list.value;
    const found = areas.filter(
      (one) => !wanted || `${one.name ?? ""} ${one.code}`.toLowerCase().includes(wanted),
    );
    const options = found
      .slice(0, MOST)
      .map((one) => h("option", { value: one.code }, textOf(shell, one)));
    const none = h("option", { disabled: true }, isRead ? w.begin.nothing : w.begin.reading);
    replace(list, ...(options.length ? options : [none]));
    const stays = found.some((one) => one.code === chosen);
    list.value = stays ? chosen : (found[0]?.code ?? "");
  };
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") list.focus();
  });
  openDialog({
    title: w.begin.dialog,
    body: [
      field(w.begin.title, title),
      h("div", { class: "pl-field" }, h("span", {}, w.begin.area), search, list),
      h("details", {}, h("summary", {}, w.settings.title), form.element),
    ],
    close: w.close,
    action: w.begin.action,
    away: w.bar.away,
    wide: true,
    run: async () => {
      if (!title.value.trim()) throw new Refusal(w.begin.noTitle);
      if (!list.value) throw new Refusal(w.begin.noArea);
      const body = { title: title.value.trim(), area_code: list.value, settings: form.read() };
      const plan = await shell.api.send<Plan>("POST", "/api/v1/plans", body);
      location.assign(addressOf(shell, plan.number));
    },
  });
  readAreas(shell, (more) => {
    areas = [...areas, ...more];
    show();
  })
    .catch(() => shell.notify(w.begin.failed))
    .finally(() => {
      isRead = true;
      show();
    });
  show();
}

/** Grids above the ground: a plan is mostly about a street, and of communities there are thousands. */
async function readAreas(shell: Shell, add: (areas: Area[]) => void): Promise<void> {
  const { levels, ground } = shell.city.city;
  const above = levels
    .map((one) => one.key)
    .slice(
      0,
      levels.findIndex((one) => one.key === ground),
    );
  const order = [
    "subdistrict",
    ...above.filter((one) => one !== "subdistrict" && one !== "community"),
    "community",
  ];
  for (const level of order.filter((one) => above.includes(one))) {
    for await (const page of shell.api.pages<Area>("/api/v1/grids", { level, limit: 500 })) {
      add(page.features.map((one) => one.properties));
    }
  }
}

function textOf({ city, lang }: Shell, area: Area): string {
  const level = city.city.levels.find((one) => one.key === area.level);
  const name = lang === "zh" ? level?.name_zh : level?.name_en;
  return `${area.name ?? area.code} · ${name ?? area.level} · ${area.code}`;
}
