/**
 * Drag the border that two grids share: both edges move in the frame of the pointer, the service is
 * asked what it would mean, releasing takes the step. A click holds the place for the arrow keys.
 */

import { type Border, borderAt, middleOf } from "../map/border.ts";
import { EMPTY, type Network } from "../map/network.ts";
import type { Draw } from "../map/overlay.ts";
import { distance, type Point, toDegrees } from "../map/shapes.ts";
import { streetNear } from "../map/streets.ts";
import type { Wish } from "../told.ts";
import { heldBorder, pointedAt } from "./border-look.ts";
import { type Followed, makeFollowed } from "./followed.ts";
import { pixelBox } from "./paint.ts";
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
  private readonly followed: Followed;
  /** Held by a click, moved by arrow keys. */
  private isHeld = false;
  private isSaving = false;
  private release = () => {};

  constructor(bench: Bench) {
    this.bench = bench;
    this.followed = makeFollowed(bench.draft);
    this.previewer = new Previewer(bench.draft, (told) => {
      this.answer = told;
      this.card();
    });
  }

  activate(): void {
    const { bench } = this;
    bench.hint.say(bench.words.hints.border);
    this.release = bench.blocks.need(this.followed.forget);
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
    this.cursor(hit ? "grab" : "");
    this.show(hit ? pointedAt(this.bench, hit) : null);
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
    const hit = a && b ? middleOf(a, b) : null;
    if (!hit) return;
    this.hold(hit.border, hit.at);
    this.isHeld = true;
    this.bench.hint.say(this.bench.words.hints.held);
    this.draw();
  }

  private hold(border: Border, at: Point): void {
    this.border = border;
    this.grip = gripAt(border.line, at, this.bench.span(CORNER_PX));
    this.at = this.grip.at;
    this.network = this.followed.of(border);
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
    if (border && grip) this.show(heldBorder(bench, border, grip, pulled));
  }

  private show(draw: Draw | null): void {
    this.bench.overlay.set("border", draw);
    this.bench.overlay.render();
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

  private clear(): void {
    this.previewer.stop();
    this.border = null;
    this.grip = null;
    this.pulled = null;
    this.answer = null;
    this.street = null;
    this.isHeld = false;
    this.cursor("");
    this.show(null);
    this.bench.card.hide();
  }

  private cursor(name: string): void {
    const target = this.bench.shell.city.map.getTargetElement();
    if (target) target.style.cursor = name;
  }
}
