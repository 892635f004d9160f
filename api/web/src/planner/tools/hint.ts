/** One line over the map: what the tool waits for, with what it needs to be told. */

import { type Child, h, replace } from "../../ui/dom.ts";

export interface Hint {
  say(...children: Child[]): void;
  clear(): void;
  readonly element: HTMLElement;
}

export function makeHint(): Hint {
  const element = h("div", { class: "at float plan-hint", role: "status", hidden: true });
  return {
    element,
    say(...children) {
      replace(element, ...children);
      element.hidden = false;
    },
    clear() {
      replace(element);
      element.hidden = true;
    },
  };
}

/** A field for the code of a new grid, with a proposal that may be changed. */
export function codeField(
  label: string,
  proposed: string,
): {
  element: HTMLElement;
  input: HTMLInputElement;
} {
  const input = h("input", { class: "inp mono", type: "text", maxlength: 64, value: proposed });
  const element = h("label", { class: "row t12" }, h("span", { class: "mut" }, label), input);
  return { element, input };
}
