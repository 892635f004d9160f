/**
 * Drag the border that two grids share: both edges move in the frame of the pointer, the service is
 * asked what it would mean, releasing takes the step. A click holds the place for the arrow keys.
 */

import { type Border, borderAt, hitOn, shared } from "../map/border.ts";
import { EMPTY, type Network, networkOf } from "../map/network.ts";
import { distance, type Point, shapeOf, toDegrees } from "../map/shapes.ts";
import { streetNear } from "../map/streets.ts";
import type { Grid, Wish } from "../told.ts";
import { chosen, movedGround, newBorder, oldBorder, pixelBox } from "./paint.ts";
import { type Answer, Previewer } from "./previewer.ts";
import { type Grip, gripAt, type Pulled, pull } from "./pull.ts";
import type { Bench, Spot, Tool } from "./tool.ts";

const HIT_PX = 9;
const SNAP_PX = 12;
const CORNER_PX = 10;
const STILL_PX = 3;
const ARROWS: Record<string, Point> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export function borderTool(bench: Bench): Tool {
  return new BorderTool(bench);
}

class BorderTool implements Tool {
  readonly id = "border";
  readonly icon = "border";
  readonly key = "d";
  private readonly bench: Bench;
  private readonly previewer: Previewer;
  private border: Border | null = null;
  private grip: Grip | null = null;
  private pulled: Pulled | null = null;
  private at: Point = [0, 0];
  private start: Point = [0, 0];
  private street: string | null = null;
  private answer: Answer | null = null;
  private network: Network = EMPTY;
  private networkFor = "";
  /** Held by a click, moved by arrow keys. */
  private isHeld = false;
  private isSaving = false;
  private release = () => {};

  constructor(bench: Bench) {
    this.bench = bench;
    this.previewer = new Previewer(bench.draft, (told) => {
      this.answer = told;
      this.card();
    });
  }

  activate(): void {
    const { bench } = this;
    bench.hint.say(bench.words.hints.border);
    this.release = bench.blocks.need(() => {
      this.networkFor = "";
    });
    const [one, other, ...more] = bench.draft.picked.get().grids;
    if (one && other && !more.length) this.holdMiddle(one, other);
  }

  deactivate(): void {
    this.clear();
    this.release();
    this.bench.hint.clear();
  }

  hover({ at }: Spot): void {
    if (this.grip) return;
    const hit = this.hit(at);
    const { overlay } = this.bench;
    this.cursor(hit ? "grab" : "");
    if (!hit) overlay.set("border", null);
    else {
      const { accent, casing } = this.bench.colours();
      overlay.set("border", (pen) => {
        newBorder(pen, hit.border.line, accent, casing);
        for (const corner of hit.border.line.slice(1, -1)) pen.handle(corner, accent);
        pen.dot(hit.at, 6, accent);
      });
    }
    overlay.render();
  }

  down({ at }: Spot): boolean {
    if (this.isSaving) return false;
    if (this.isHeld && distance(at, this.at) <= this.bench.span(CORNER_PX)) {
      this.isHeld = false;
      this.start = at;
      return true;
    }
    const hit = this.hit(at);
    if (!hit) return false;
    this.clear();
    this.hold(hit.border, at);
    this.start = at;
    this.cursor("grabbing");
    return true;
  }

  move(spot: Spot): void {
    if (!this.grip || this.isSaving) return;
    if (!this.pulled && distance(spot.at, this.start) < this.bench.span(STILL_PX)) return;
    this.pullTo(spot.at, spot.alt);
  }

  up(): void {
    if (!this.grip || this.isSaving) return;
    if (this.pulled) {
      this.confirm();
      return;
    }
    this.isHeld = true; // a click: from now on the arrow keys move it
    this.bench.hint.say(this.bench.words.hints.held);
    this.draw();
  }

  press(event: KeyboardEvent): boolean {
    const by = ARROWS[event.key];
    if (!by || !this.grip || !this.isHeld || this.isSaving) return false;
    const units = (event.shiftKey ? 10 : 1) / this.bench.shell.city.scene().shrink;
    this.pullTo([this.at[0] + by[0] * units, this.at[1] + by[1] * units], true);
    return true;
  }

  confirm(): void {
    const wish = this.wish();
    if (!wish || this.isSaving) return;
    this.isSaving = true;
    this.isHeld = false;
    this.previewer.stop();
    void this.bench.take(wish).finally(() => {
      this.isSaving = false;
      this.clear();
      this.bench.hint.say(this.bench.words.hints.border);
    });
  }

  cancel(): boolean {
    const was = this.grip !== null && !this.isSaving;
    if (was) {
      this.clear();
      this.bench.hint.say(this.bench.words.hints.border);
    }
    return was;
  }

  private hit(at: Point) {
    const { bench } = this;
    const within = bench.span(HIT_PX);
    const [x, y] = at;
    const near = bench.grids.near([x - within, y - within, x + within, y + within]);
    return borderAt(near, at, within);
  }

  /** With two neighbours selected no mouse is needed: their border is held in its middle. */
  private holdMiddle(one: string, other: string): void {
    const { grids } = this.bench.draft;
    const [a, b] = [grids.get(one), grids.get(other)];
    if (!a || !b) return;
    const [line] = shared(shapeOf(a), shapeOf(b)).sort((x, y) => y.length - x.length);
    const middle = line?.[Math.floor(line.length / 2)];
    const hit = middle ? hitOn(a, b, middle) : null;
    if (!hit || !middle) return;
    this.hold(hit.border, middle);
    this.isHeld = true;
    this.bench.hint.say(this.bench.words.hints.held);
    this.draw();
  }

  private hold(border: Border, at: Point): void {
    this.border = border;
    this.grip = gripAt(border.line, at, this.bench.span(CORNER_PX));
    this.at = this.grip.at;
    this.makeNetwork(border.one, border.other);
    this.draw();
  }

  private pullTo(at: Point, free: boolean): void {
    const { grip, bench } = this;
    if (!grip) return;
    this.at = at;
    const snap = free ? null : this.network.snap(at, bench.span(SNAP_PX));
    this.pulled = pull(grip, at, snap, this.network);
    this.street = snap ? streetNear(bench.shell.city, snap.at, bench.span(SNAP_PX)) : null;
    this.draw();
    const wish = this.wish();
    if (wish) this.previewer.ask(wish);
    this.card(snap !== null);
  }

  private wish(): Wish | null {
    const { border, pulled } = this;
    if (!border || !pulled) return null;
    const line = pulled.path.map(toDegrees);
    return { do: "drag_border", one: border.one.id, other: border.other.id, line };
  }

  private draw(): void {
    const { border, pulled, grip, bench } = this;
    if (!border || !grip) return;
    const { accent, ink, casing } = bench.colours();
    const both = chosen(bench, [border.one, border.other]);
    bench.overlay.set("border", (pen) => {
      both(pen);
      if (!pulled) {
        newBorder(pen, border.line, accent, casing);
        for (const corner of border.line.slice(1, -1)) pen.handle(corner, accent);
        pen.dot(grip.at, 9, accent);
        return;
      }
      movedGround(pen, pulled.moved, accent, casing);
      oldBorder(pen, pulled.old, ink, casing);
      newBorder(pen, this.whole(border.line, pulled), accent, casing);
      for (const corner of pulled.corners) pen.handle(corner, accent);
      const [first, last] = [pulled.path[0], pulled.path.at(-1)];
      if (first) pen.handle(first, accent);
      if (last) pen.handle(last, accent);
      pen.dot(pulled.held, 9, accent);
    });
    bench.overlay.render();
  }

  /** The border from end to end with the pulled part in its place. */
  private whole(line: readonly Point[], { path, old }: Pulled): Point[] {
    const [first, last] = [old[0] as Point, old.at(-1) as Point];
    const arcs = this.grip?.arcs ?? [];
    const arcOf = (point: Point) => gripAt(line, point, 0).arc;
    const [from, until] = [arcOf(first), arcOf(last)];
    return [
      ...line.filter((_, at) => (arcs[at] ?? 0) < from),
      ...path,
      ...line.filter((_, at) => (arcs[at] ?? 0) > until),
    ];
  }

  private card(snapped = this.pulled?.traced ?? false): void {
    const { border, pulled, bench } = this;
    if (!border || !pulled) return;
    bench.card.show({
      title: bench.words.cards.border,
      badge: snapped ? bench.words.cards.snapped(this.street ?? "") : null,
      grids: [border.one.id, border.other.id],
      preview: this.answer?.preview ?? null,
      refused: this.answer?.refused ?? null,
      keepOff: pixelBox(bench, [pulled.moved]),
    });
  }

  private makeNetwork(one: Grid, other: Grid): void {
    const key = `${one.id} ${other.id} ${this.bench.draft.plan.step}`;
    if (key === this.networkFor) return;
    const mine = new Set([one.id, other.id]);
    const blocks = [...this.bench.draft.blocks.values()].filter((block) =>
      mine.has(block.properties.grid_code ?? ""),
    );
    this.network = blocks.length ? networkOf(blocks.map(shapeOf)) : EMPTY;
    this.networkFor = blocks.length ? key : "";
  }

  private clear(): void {
    const { overlay, card } = this.bench;
    this.previewer.stop();
    this.border = null;
    this.grip = null;
    this.pulled = null;
    this.answer = null;
    this.street = null;
    this.isHeld = false;
    this.cursor("");
    overlay.set("border", null);
    overlay.render();
    card.hide();
  }

  private cursor(name: string): void {
    const target = this.bench.shell.city.map.getTargetElement();
    if (target) target.style.cursor = name;
  }
}
