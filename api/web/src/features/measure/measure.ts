/** Measure lengths and areas on the map, with the mouse or with the keyboard alone. */

import Feature from "ol/Feature.js";
import { LineString, Point, Polygon } from "ol/geom.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Circle, Fill, Stroke, Style } from "ol/style.js";
import { THEMES } from "../../palette.ts";
import type { Shell } from "../../shell/shell.ts";
import { h, replace } from "../../ui/dom.ts";
import { button, control } from "../../ui/parts.ts";
import { copyButton } from "../card/copy.ts";
import { TOOL } from "../tool.ts";
import { type FeatureWords, featureWords } from "../words/index.ts";
import { resultText, type What } from "./figures.ts";

export function mount(shell: Shell): void {
  new Measure(shell).mount();
}

class Measure {
  private readonly shell: Shell;
  private readonly words: FeatureWords;
  private readonly source = new VectorSource();
  private readonly layer: VectorLayer;
  private readonly opener: HTMLButtonElement;
  private readonly figure = h("output", { class: "b t16", "aria-live": "polite" });
  private readonly panel: HTMLElement;
  private what: What = "line";
  private points: number[][] = [];
  private pointer: number[] | null = null;
  private active = false;
  private done = false;

  constructor(shell: Shell) {
    this.shell = shell;
    this.words = featureWords();
    this.layer = new VectorLayer({ source: this.source, zIndex: 110, style: () => styles(shell) });
    const { measure } = this.words;
    this.opener = control("ruler", measure.tool, () => this.toggle(), "M");
    this.opener.setAttribute("aria-pressed", "false");
    this.panel = h("section", {
      class: "at float measure",
      hidden: true,
      "aria-label": measure.tool,
    });
  }

  mount(): void {
    const { city, slots, keys, theme } = this.shell;
    city.map.addLayer(this.layer);
    theme.on(() => this.layer.changed());
    slots.tools.append(this.opener);
    city.map.getTargetElement()?.parentElement?.append(this.panel);
    keys.add({ key: "m", does: this.words.measure.key, run: () => this.toggle() });
    city.map.on("click", (event) => {
      if (this.active && !this.done) this.add(event.coordinate);
    });
    city.map.on("pointermove", (event) => {
      if (!this.active || this.done || event.dragging) return;
      this.pointer = event.coordinate;
      this.draw();
    });
    city.map.on("dblclick", (event) => {
      if (!this.active) return;
      event.stopPropagation(); // no zoom
      this.finish();
    });
    addEventListener("keydown", (event) => this.key(event), true);
    this.fill();
  }

  private toggle(): void {
    if (this.active) this.stop();
    else this.start();
  }

  private start(): void {
    const { city } = this.shell;
    this.active = true;
    city.map.set(TOOL, "measure");
    this.opener.setAttribute("aria-pressed", "true");
    city.map.getTargetElement()?.classList.add("measuring");
    this.panel.hidden = false;
    this.again();
    city.map.getTargetElement()?.focus();
  }

  private stop(): void {
    const { city } = this.shell;
    this.active = false;
    city.map.unset(TOOL);
    this.opener.setAttribute("aria-pressed", "false");
    city.map.getTargetElement()?.classList.remove("measuring");
    this.panel.hidden = true;
    this.points = [];
    this.source.clear();
  }

  private again(): void {
    this.points = [];
    this.pointer = null;
    this.done = false;
    this.draw();
  }

  /** Two clicks of a double click are one point. */
  private add(point: number[]): void {
    const last = this.points.at(-1);
    if (last && last[0] === point[0] && last[1] === point[1]) return;
    this.points.push(point);
    this.draw();
  }

  private finish(): void {
    this.done = this.points.length > 1;
    this.pointer = null;
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    if (!this.active || event.ctrlKey || event.metaKey || event.altKey) return;
    const { city } = this.shell;
    const inMap = event.target === city.map.getTargetElement() || event.target === document.body;
    const run = this.runs(inMap)[event.key];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  private runs(inMap: boolean): Record<string, () => void> {
    const cancel = () => (this.points.length ? this.again() : this.stop());
    if (!inMap) return { Escape: cancel };
    return {
      Escape: cancel,
      Enter: () => this.finish(),
      " ": () => this.addMiddle(),
      Backspace: () => {
        this.points.pop();
        this.done = false;
        this.draw();
      },
    };
  }

  private addMiddle(): void {
    const middle = this.shell.city.map.getView().getCenter();
    if (middle && !this.done) this.add([...middle]);
  }

  private fill(): void {
    const { measure } = this.words;
    const kinds = (["line", "area"] as const).map((what) => {
      const one = h(
        "button",
        { type: "button", "aria-pressed": String(what === this.what) },
        measure[what],
      );
      one.addEventListener("click", () => {
        this.what = what;
        this.fill();
        this.draw();
      });
      return one;
    });
    replace(
      this.panel,
      h(
        "div",
        { class: "row sp" },
        h("div", { class: "seg", role: "group", "aria-label": measure.tool }, ...kinds),
        this.figure,
      ),
      h("p", { class: "t12 dim" }, measure.hint),
      h(
        "div",
        { class: "row" },
        copyButton(this.shell, this.words, measure.copy, () => this.text(), "dup"),
        button(measure.again, () => this.again(), { size: "sm" }),
        button(measure.close, () => this.stop(), { size: "sm", kind: "ghost" }),
      ),
    );
  }

  private text(): string {
    return resultText(this.words.measure, this.what, this.points);
  }

  private draw(): void {
    const shown = this.pointer ? [...this.points, this.pointer] : this.points;
    this.source.clear();
    const corners = this.points.map((point) => new Feature(new Point(point)));
    const isArea = this.what === "area" && shown.length > 2;
    if (isArea) this.source.addFeature(new Feature(new Polygon([[...shown, shown[0] ?? []]])));
    else if (shown.length > 1) this.source.addFeature(new Feature(new LineString(shown)));
    this.source.addFeatures(corners);
    this.figure.textContent = resultText(this.words.measure, this.what, shown);
  }
}

function styles({ theme }: Shell): Style[] {
  const { page } = THEMES[theme.get()];
  const line = (color: string, width: number) =>
    new Style({ stroke: new Stroke({ color, width }) });
  return [
    line(page.surface, 7),
    new Style({
      stroke: new Stroke({ color: page.accent, width: 3 }),
      fill: new Fill({ color: `${page.accent}22` }),
    }),
    new Style({
      image: new Circle({
        radius: 5,
        fill: new Fill({ color: page.surface }),
        stroke: new Stroke({ color: page.accent, width: 2 }),
      }),
    }),
  ];
}
