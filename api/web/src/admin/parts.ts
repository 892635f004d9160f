/** Parts that the pages of administration share: fields, dialogs, secrets that are shown once. */

import { ApiError, AwayError } from "../api.ts";
import { refused, refusedLine } from "../shell/refusal.ts";
import { type Child, h, replace } from "../ui/dom.ts";
import { button } from "../ui/parts.ts";
import type { Frame } from "./frame.ts";

let fields = 0;

export interface Field<E extends HTMLElement> {
  readonly box: HTMLElement;
  readonly input: E;
}

/** A control with its label above and a note below. */
export function labelled<E extends HTMLElement>(label: string, input: E, note?: string): Field<E> {
  input.id ||= `field-${++fields}`;
  const under = note ? h("p", { class: "t12 dim", id: `${input.id}-note` }, note) : null;
  if (under) input.setAttribute("aria-describedby", under.id);
  const box = h("div", { class: "field" }, h("label", { for: input.id }, label), input, under);
  return { box, input };
}

export function textField(label: string, props: Record<string, string | number> = {}, note = "") {
  const plain = { class: "inp", type: "text", spellcheck: "false", autocapitalize: "none" };
  return labelled(label, h("input", { ...plain, ...props }), note);
}

export interface Choice {
  value: string;
  label: string;
}

export function selectField(label: string, choices: readonly Choice[]) {
  const options = choices.map((one) => h("option", { value: one.value }, one.label));
  return labelled(label, h("select", { class: "inp" }, ...options));
}

/** A box to tick, with its words behind it. */
export function tick(label: string): Field<HTMLInputElement> {
  const input = h("input", { type: "checkbox" });
  return { input, box: h("label", { class: "row tick" }, input, label) };
}

/** A form whose answer is awaited once at a time; what goes wrong is said under the fields. */
export function form(
  send: HTMLButtonElement,
  run: () => Promise<void>,
  ...children: Child[]
): HTMLFormElement {
  const said = h("p", { class: "msg bad", role: "alert" });
  send.type = "submit";
  const submit = async (event: Event) => {
    event.preventDefault();
    said.textContent = "";
    send.disabled = true;
    try {
      await run();
    } catch (error) {
      replace(said, ...reasonOf(error));
    } finally {
      send.disabled = false;
    }
  };
  const props = { class: "stack", novalidate: true };
  return h(
    "form",
    { ...props, onsubmit: (event: Event) => void submit(event) },
    ...children,
    said,
    h("div", { class: "row" }, send),
  );
}

/** Something to be said beside a form, rather than an error of the program. */
export class Unfit extends Error {}

function reasonOf(error: unknown): Child[] {
  if (error instanceof Unfit) return [error.message];
  if (error instanceof ApiError || error instanceof AwayError) return refusedLine(error);
  throw error;
}

export function openDialog(frame: Frame, title: string, ...children: Child[]): HTMLDialogElement {
  const dialog = h(
    "dialog",
    { "aria-label": title },
    h(
      "div",
      { class: "sec row sp" },
      h("h2", { class: "t16" }, title),
      button(frame.w.common.close, () => dialog.close(), { size: "sm" }),
    ),
    h("div", { class: "sec" }, ...children),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Run what fills a place; when it fails, say so there and offer to try again. */
export function filled(place: HTMLElement, run: () => Promise<void>): void {
  run().catch((error: unknown) => {
    replace(
      place,
      refused(error, () => filled(place, run)),
    );
    if (!(error instanceof ApiError || error instanceof AwayError)) throw error;
  });
}

export interface Doubt {
  title: string;
  note: string;
  verb: string;
  run: () => Promise<void>;
}

/** Ask once more before something that cannot be undone. */
export function ask(frame: Frame, doubt: Doubt): void {
  const go = button(doubt.verb, () => undefined, { kind: "bad" });
  go.classList.add("filled");
  const body = form(
    go,
    async () => {
      await doubt.run();
      dialog.close();
    },
    h("p", { class: "mut" }, doubt.note),
  );
  const dialog = openDialog(frame, doubt.title, body);
}

/** Show a secret once, to be copied. */
export function tellSecret(frame: Frame, title: string, secret: string, note = ""): void {
  const field = h("output", { class: "inp mono secret", "aria-label": title }, secret);
  const copy = button(
    frame.w.common.copy,
    () => {
      void navigator.clipboard.writeText(secret).then(() => frame.notify(frame.w.common.copied));
    },
    { icon: "dup", kind: "pri" },
  );
  const once = h("p", { class: "warnline" }, frame.w.common.once);
  openDialog(frame, title, once, field, note ? h("p", { class: "t12 mut" }, note) : null, copy);
}
