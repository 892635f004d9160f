/** Choose a grid by walking down the tree, one storey at a time; nothing chosen is the whole city. */

import { either } from "../i18n/index.ts";
import { h } from "../ui/dom.ts";
import type { Frame } from "./frame.ts";
import { filled, labelled } from "./parts.ts";

interface Branch {
  code: string;
  name: string | null;
  level: string;
  below: number;
}

export interface GridPicker {
  readonly element: HTMLElement;
  /** Code of the grid; null is the whole city. */
  value(): string | null;
  /** What it is called. */
  name(): string;
}

export function makeGridPicker(frame: Frame): GridPicker {
  const element = h("div", { class: "stack storeys" });
  let chosen: Branch | null = null;
  filled(element, () => storey(null));

  async function storey(parent: Branch | null): Promise<void> {
    const query = parent ? { parent: parent.code } : {};
    const found = await frame.api.get<Branch[]>("/api/v1/branches", query);
    if (chosen !== parent || found.length === 0) return; // somebody chose on meanwhile
    const first = parent ? frame.w.users.here : frame.w.users.all;
    const options = found.map((one) =>
      h("option", { value: one.code }, one.name ? `${one.name}  ${one.code}` : one.code),
    );
    const select = h("select", { class: "inp" }, h("option", { value: "" }, first), ...options);
    const field = labelled(frame.w.users.level(levelName(frame, found[0]?.level ?? "")), select);
    select.addEventListener("change", () => {
      while (field.box.nextSibling) field.box.nextSibling.remove();
      chosen = found.find((one) => one.code === select.value) ?? parent;
      if (chosen !== parent && chosen?.below) filled(element, () => storey(chosen));
    });
    element.append(field.box);
  }

  return {
    element,
    value: () => chosen?.code ?? null,
    name: () => (chosen ? (chosen.name ?? chosen.code) : frame.w.common.city),
  };
}

function levelName(frame: Frame, key: string): string {
  const level = frame.city.levels.find((one) => one.key === key);
  return level ? either(frame.lang, { zh: level.name_zh, en: level.name_en }) : key;
}
