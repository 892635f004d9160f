/** Choose a size and a title, then save the sheet as PNG or print it. */

import { ApiError, AwayError } from "../../api.ts";
import { refusedLine } from "../../shell/refusal.ts";
import type { Shell } from "../../shell/shell.ts";
import { h, replace } from "../../ui/dom.ts";
import { button, control } from "../../ui/parts.ts";
import { type FeatureWords, featureWords } from "../words/index.ts";
import { sheetOf } from "./sheet.ts";
import { fits, LEAST_PX, MOST_PX, SIZES, type Size, type SizeName } from "./sizes.ts";

const NAMES: readonly SizeName[] = ["a4l", "a4p", "a3l", "a3p", "hd", "own"];

export function mount(shell: Shell): void {
  new PrintDialog(shell).mount();
}

class PrintDialog {
  private readonly shell: Shell;
  private readonly words: FeatureWords;
  private readonly dialog = h("dialog", { class: "print-dialog" });
  private readonly title = h("input", {
    class: "inp",
    id: "print-title",
    type: "text",
    maxlength: 120,
  });
  private readonly size = h("select", { class: "inp", id: "print-size" });
  private readonly width = h("input", {
    class: "inp",
    id: "print-width",
    type: "number",
    value: 1600,
  });
  private readonly height = h("input", {
    class: "inp",
    id: "print-height",
    type: "number",
    value: 900,
  });
  private readonly own = h("div", { class: "row own", hidden: true });
  private readonly said = h("p", { class: "msg bad", role: "alert" });
  private readonly busy = h("p", { class: "msg dim", role: "status" });
  private readonly save: HTMLButtonElement;
  private readonly print: HTMLButtonElement;

  constructor(shell: Shell) {
    this.shell = shell;
    this.words = featureWords();
    const { print } = this.words;
    this.save = button(print.png, () => void this.run((sheet) => this.saved(sheet)), {
      kind: "pri",
    });
    this.print = button(print.print, () => void this.run((sheet) => this.printed(sheet)), {
      icon: "print",
    });
  }

  mount(): void {
    const { slots, keys } = this.shell;
    const { print } = this.words;
    this.dialog.setAttribute("aria-label", print.tool);
    replace(this.size, ...NAMES.map((name) => h("option", { value: name }, print.sizes[name])));
    this.size.addEventListener("change", () => {
      this.own.hidden = this.size.value !== "own";
    });
    replace(this.own, this.field(print.width, this.width), this.field(print.height, this.height));
    this.dialog.append(
      h(
        "form",
        { class: "sec form", method: "dialog", onsubmit: (event: Event) => event.preventDefault() },
        h("h2", { class: "t16" }, print.tool),
        this.field(print.heading, this.title),
        this.field(print.size, this.size),
        this.own,
        this.said,
        this.busy,
        h(
          "div",
          { class: "row" },
          this.save,
          this.print,
          button(print.cancel, () => this.dialog.close(), { kind: "ghost" }),
        ),
      ),
    );
    document.body.append(this.dialog);
    slots.controls.append(control("print", print.tool, () => this.open(), "P"));
    keys.add({ key: "p", does: print.key, run: () => this.open() });
  }

  private field(label: string, input: HTMLElement): HTMLElement {
    return h("div", { class: "field grow" }, h("label", { for: input.id }, label), input);
  }

  private open(): void {
    const { city, t, lang, page } = this.shell;
    const name = (lang === "en" && city.city.name_en) || city.city.name || t.shell.unnamed;
    if (!this.title.value) this.title.value = `${name} · ${t.pages[page]}`;
    this.said.textContent = "";
    this.dialog.showModal();
  }

  private chosen(): Size | null {
    const name = this.size.value as SizeName;
    if (name !== "own") return SIZES[name];
    const [width, height] = [this.width, this.height].map((one) => Number(one.value));
    if (!fits(width ?? 0) || !fits(height ?? 0)) {
      this.said.textContent = this.words.print.range(LEAST_PX, MOST_PX);
      return null;
    }
    return { width: width ?? 0, height: height ?? 0, paper: null };
  }

  private async run(
    use: (sheet: { canvas: HTMLCanvasElement; size: Size }) => Promise<void>,
  ): Promise<void> {
    const size = this.chosen();
    if (!size) return;
    const { print } = this.words;
    const buttons = [this.save, this.print];
    for (const one of buttons) one.disabled = true;
    this.said.textContent = "";
    this.busy.textContent = print.busy;
    try {
      const now = new Date();
      const canvas = await sheetOf(this.shell, this.words, size, this.title.value, now);
      await use({ canvas, size });
      this.dialog.close();
    } catch (error) {
      const known = error instanceof ApiError || error instanceof AwayError;
      const why = known ? refusedLine(error) : [error instanceof Error ? error.message : ""];
      replace(this.said, `${print.failed}　`, ...why);
    } finally {
      this.busy.textContent = "";
      for (const one of buttons) one.disabled = false;
    }
  }

  private async saved({ canvas }: { canvas: HTMLCanvasElement }): Promise<void> {
    const address = URL.createObjectURL(await blobOf(canvas));
    const link = h("a", { href: address, download: `${fileName(this.title.value)}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  private async printed({
    canvas,
    size,
  }: {
    canvas: HTMLCanvasElement;
    size: Size;
  }): Promise<void> {
    const address = URL.createObjectURL(await blobOf(canvas));
    const image = h("img", { src: address, alt: this.title.value });
    const sheet = h("div", { class: "print-sheet" }, image);
    await image.decode();
    this.dialog.close();
    const forget = pageRule(size.paper ?? `${size.width}px ${size.height}px`);
    document.body.append(sheet);
    document.body.classList.add("printing");
    const away = () => {
      document.body.classList.remove("printing");
      sheet.remove();
      forget();
      URL.revokeObjectURL(address);
    };
    addEventListener("afterprint", away, { once: true });
    window.print();
  }
}

/** Say what paper to print on, in a sheet of our own: the page may have no styles of its own. */
function pageRule(paper: string): () => void {
  const own = document.styleSheets[0];
  if (!own) return () => undefined;
  const at = own.insertRule(`@page{size:${paper};margin:0}`, own.cssRules.length);
  return () => own.deleteRule(at);
}

function blobOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("too large"))), "image/png");
  });
}

/** A name that every file system takes. */
function fileName(title: string): string {
  const clean = title
    .replace(/[^\p{L}\p{N} _-]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 60);
  return clean || "map";
}
