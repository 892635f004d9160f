/** Points and what cameras see: facilities, cameras, places and incidents. */

import type { Style } from "ol/style.js";
import { drawn, iconOf, STATES, type State, stateIcon, stateOf } from "./marks.ts";
import {
  faded,
  filled,
  kept,
  number,
  type Painter,
  type Scene,
  stroked,
  text,
  zoomOf,
} from "./paint.ts";

const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Zen Hei",sans-serif';

/** Largest value of a count that still fits its circle; above it thousands are written. */
function shortCount(count: number): string {
  if (count < 1000) return String(count);
  return count < 10_000 ? `${(count / 1000).toFixed(1)}k` : `${Math.round(count / 1000)}k`;
}

/** A circle with a number in it, as large as the number of things is. */
function cluster(count: number, ink: string, ground: string, outline: string): Style {
  const radius = Math.min(8 + Math.log10(count) * 5, 24);
  const canvas = drawn(radius + 3, (pen) => {
    pen.beginPath();
    pen.arc(0, 0, radius, 0, 7);
    pen.fillStyle = ground;
    pen.fill();
    pen.lineWidth = 1.5;
    pen.strokeStyle = outline;
    pen.stroke();
    pen.fillStyle = ink;
    pen.font = `700 12px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(shortCount(count), 0, 0.5);
  });
  return iconOf(canvas, count);
}

export function facilities({ colours }: Scene): Painter {
  const many = kept((count) =>
    cluster(Number(count), colours.page.ink, faded(colours.page.surface, 0.92), colours.page.ink3),
  );
  const one = kept((key) => {
    const [state, near] = key.split("/");
    const radius = near ? 4.5 : 3;
    const fault = state === "damaged" || state === "lost";
    const canvas = drawn(radius + 2, (pen) => {
      pen.beginPath();
      pen.arc(0, 0, radius, 0, 7);
      pen.fillStyle = fault ? colours.page.danger : colours.page.ink2;
      pen.fill();
      pen.lineWidth = 1.5;
      pen.strokeStyle = colours.page.surface;
      pen.stroke();
    });
    return iconOf(canvas, fault ? 2 : 1);
  });
  return (feature, resolution) => {
    const count = number(feature, "count");
    if (count !== null && count > 1) return many(String(count));
    return one(`${text(feature, "state")}/${zoomOf(resolution) >= 17 ? "near" : ""}`);
  };
}

export function places({ colours }: Scene): Painter {
  const canvas = drawn(8, (pen) => {
    pen.beginPath();
    pen.arc(0, 0, 5, 0, 7);
    pen.fillStyle = colours.page.ink;
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = colours.page.surface;
    pen.stroke();
  });
  const style = iconOf(canvas);
  return () => style;
}

/** A ring where a camera stands; dashed where nobody knows what it looks at. */
export function cameras({ colours }: Scene): Painter {
  const style = kept((known) => {
    const canvas = drawn(9, (pen) => {
      pen.beginPath();
      pen.arc(0, 0, 6, 0, 7);
      pen.fillStyle = colours.page.surface;
      pen.fill();
      if (!known) pen.setLineDash([2.6, 2.1]);
      pen.lineWidth = 2;
      pen.strokeStyle = colours.camera[3];
      pen.stroke();
    });
    return iconOf(canvas);
  });
  return (feature) => style(text(feature, "azimuth_quality") === "unknown" ? "" : "known");
}

/** What a camera looks at, whatever stands in between. */
export function views({ colours, dark }: Scene): Painter {
  const area = filled(faded(colours.camera[dark ? 2 : 3], 0.14));
  const edge = stroked(faded(colours.camera[3], 0.6), 1, 1);
  return () => [area, edge];
}

export function incidents({ colours }: Scene, now: () => number): Painter {
  const one = kept((state) => {
    const style = stateIcon(state as State, colours);
    style.setZIndex(STATES.indexOf(state as State) + (state === "overdue" ? 10 : 0));
    return style;
  });
  const many = kept((count) =>
    cluster(Number(count), colours.page["on-accent"], colours.states.filed, colours.page.surface),
  );
  return (feature) => {
    const count = number(feature, "count");
    if (count !== null && count > 1) return many(String(count));
    return one(stateOf(text(feature, "state"), text(feature, "due_at"), now()));
  };
}
