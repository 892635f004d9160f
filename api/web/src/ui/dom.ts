/** Elements made without parsing text: whatever comes from data can only ever be text. */

export type Child = Node | string | number | false | null | undefined;

export interface Props {
  class?: string | null;
  /** Attributes as they are written in HTML; false, null and undefined leave one out, true is empty. */
  [attribute: string]: string | number | boolean | null | undefined | EventListener;
}

/**
 * Make an element: `h("button", { class: "btn", type: "button", onclick: save }, "保存")`.
 * A property whose value is a function is a listener (`onclick`, `oninput`, …).
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value);
    else if (name === "style") element.style.cssText = String(value ?? "");
    else setAttribute(element, name, value);
  }
  fill(element, children);
  return element;
}

export function setAttribute(
  element: Element,
  name: string,
  value: string | number | boolean | null | undefined,
): void {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** Put children in the place of what an element holds. */
export function replace(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  fill(element, children);
}

function fill(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === false || child === null || child === undefined) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** Make an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number> = {},
  ...children: SVGElement[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}
