/** A dialog of the planner: a title, a form, one thing to do, a way out. */

import { ApiError, AwayError } from "../../api.ts";
import { type Child, h, replace } from "../../ui/dom.ts";
import { button } from "../../ui/parts.ts";

/** What takes longer shows that it goes on: a plan of a whole city takes half a minute to begin. */
const SLOW_MS = 400;

export interface DialogParts {
  title: string;
  body: Child[];
  close: string;
  /** The button that does it; without one there is only a way out. */
  action?: string | undefined;
  /** Does it; the dialog closes when it is through, and says why when it fails. */
  run?: () => Promise<unknown>;
  /** What to say when the service does not answer. */
  away?: string;
  wide?: boolean;
  bad?: boolean;
}

export interface Dialog {
  readonly element: HTMLDialogElement;
  readonly submit: HTMLButtonElement | null;
  /** Say what is wrong; an empty text takes it away. */
  fault(text: string): void;
  close(): void;
}

export function openDialog(parts: DialogParts): Dialog {
  const fault = h("p", { class: "msg pl-fault", role: "alert" });
  const submit = parts.action
    ? h("button", { type: "submit", class: parts.bad ? "btn bad" : "btn pri" }, parts.action)
    : null;
  const close = () => element.close();
  const bar = h("progress", { class: "pl-progress", "aria-label": parts.title, hidden: true });
  const form = h(
    "form",
    { class: "pl-form", novalidate: true },
    h("h2", { class: "t16" }, parts.title),
    ...parts.body,
    bar,
    fault,
    h("div", { class: "row pl-ends" }, button(parts.close, close), submit),
  );
  const element = h(
    "dialog",
    { class: parts.wide ? "pl-dialog wide" : "pl-dialog", "aria-label": parts.title },
    form,
  );
  const told: Dialog = {
    element,
    submit,
    fault: (text) => replace(fault, text || null),
    close,
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void sent(told, parts, bar);
  });
  element.addEventListener("keydown", (event) => event.stopPropagation()); // single keys are the page's
  const opener = document.activeElement;
  element.addEventListener("close", () => {
    element.remove();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  });
  document.body.append(element);
  element.showModal();
  form.querySelector<HTMLElement>("input, select, textarea")?.focus();
  return told;
}

async function sent(
  dialog: Dialog,
  { run, away = "" }: DialogParts,
  bar: HTMLElement,
): Promise<void> {
  if (!run || dialog.submit?.disabled) return;
  if (dialog.submit) dialog.submit.disabled = true;
  const slow = setTimeout(() => (bar.hidden = false), SLOW_MS);
  dialog.fault("");
  try {
    await run();
    dialog.close();
  } catch (error) {
    if (error instanceof ApiError) dialog.fault(error.message);
    else if (error instanceof AwayError) dialog.fault(away);
    else if (error instanceof Refusal) dialog.fault(error.message);
    else throw error;
  } finally {
    clearTimeout(slow);
    bar.hidden = true;
    if (dialog.submit) dialog.submit.disabled = false;
  }
}

/** What a form refuses by itself: said in the dialog, which stays open. */
export class Refusal extends Error {}

/** A label over a field; `note` stands under it. */
export function field(label: string, input: HTMLElement, note?: Child): HTMLElement {
  return h("label", { class: "pl-field" }, h("span", {}, label), input, note ?? null);
}

export function textInput(value = "", more: Record<string, string | number | boolean> = {}) {
  const input = h("input", { class: "inp", type: "text", autocomplete: "off", ...more });
  input.value = value;
  return input;
}

export function numberInput(value: number | null, more: Record<string, string | number> = {}) {
  const input = h("input", { class: "inp", type: "number", step: "any", ...more });
  input.value = value === null ? "" : String(value);
  return input;
}
