/** The hot spot: its cell outlined on the map, and a card beside it that says why it is one. */

import Feature from "ol/Feature.js";
import { Polygon } from "ol/geom.js";
import VectorLayer from "ol/layer/Vector.js";
import Overlay from "ol/Overlay.js";
import { fromLonLat } from "ol/proj.js";
import VectorSource from "ol/source/Vector.js";
import { Stroke, Style } from "ol/style.js";
import { type Link, routeOf } from "../../features/card/chain.ts";
import { openList } from "../../features/lists/open.ts";
import { count } from "../../i18n/format.ts";
import { THEMES } from "../../palette.ts";
import type { Shell } from "../../shell/shell.ts";
import { h, replace } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { badge } from "../../ui/parts.ts";
import type { Hot } from "./attention.ts";
import { sparkline } from "./figures.ts";

const ON_TOP = 90;
const OFF_PX = 14;
const SPARK_PX = 226;
/** Below this share of the height a cell may lie under the legend. */
const LEGEND_FROM = 0.55;

export interface HotSpots {
  /** Show a hot spot; null takes the last one away. */
  show(hot: Hot | null): void;
}

export function makeHotSpots(shell: Shell, isWall: boolean): HotSpots {
  const { city, theme, t } = shell;
  const words = t.overview.hot;
  const source = new VectorSource();
  const layer = new VectorLayer({ source, zIndex: ON_TOP, style: () => outline(shell) });
  const card = h("section", { class: "float hot-card", "aria-label": words.badge });
  const overlay = new Overlay({ element: card, stopEvent: true });
  let shown: Hot | null = null;
  let closed = "";
  city.map.addLayer(layer);
  city.map.addOverlay(overlay);
  theme.on(() => layer.changed());
  const place = () => {
    if (!shown) return;
    const at = fromLonLat([shown.lon, shown.lat]);
    const [x = 0, y = 0] = city.map.getPixelFromCoordinate(at) ?? [];
    const [wide = 0, high = 0] = city.map.getSize() ?? [];
    const right = x < wide / 2;
    // nobody can move the map of a wall: the legend makes room for what it tells of
    document.body.toggleAttribute("data-legend-right", right && y > high * LEGEND_FROM);
    const above = y > card.offsetHeight + 3 * OFF_PX;
    overlay.setPositioning(`${above ? "bottom" : "top"}-${right ? "left" : "right"}`);
    overlay.setOffset([right ? OFF_PX : -OFF_PX, above ? -OFF_PX : OFF_PX]);
    overlay.setPosition(at);
  };
  city.map.on("moveend", place);
  const close = () => {
    closed = shown?.cell ?? "";
    overlay.setPosition(undefined);
  };
  return {
    show(hot) {
      if (hot && shown && same(hot, shown)) return;
      shown = hot;
      source.clear();
      overlay.setPosition(undefined);
      if (!hot) return;
      source.addFeature(new Feature(new Polygon([hot.outline.map((one) => fromLonLat(one))])));
      if (hot.cell === closed) return;
      replace(card, ...inside(shell, hot, isWall ? null : close));
      place();
      void nameOf(shell, hot).then((name) => {
        const title = card.querySelector("bdi");
        if (shown === hot && name && title) title.textContent = words.around(name);
      });
    },
  };
}

function inside(shell: Shell, hot: Hot, close: (() => void) | null): HTMLElement[] {
  const words = shell.t.overview.hot;
  const times = (hot.count / hot.mean).toFixed(1);
  const see = () => {
    shell.city.go(hot.bbox);
    openList(shell, { layer: "incidents", code: "" });
  };
  const lower = h(
    "div",
    { class: "row sp t12 dim" },
    words.weeks,
    close ? h("button", { type: "button", class: "see", onclick: see }, words.see) : null,
  );
  return [
    h(
      "div",
      { class: "row sp" },
      h("bdi", { class: "b ell" }, words.title),
      h("span", { class: "grow" }),
      badge(words.badge, "bad"),
      close
        ? h(
            "button",
            {
              type: "button",
              class: "btn sm ghost icon",
              "aria-label": words.close,
              onclick: close,
            },
            icon("x"),
          )
        : h("span", {}),
    ),
    h("p", { class: "t12 mut num" }, words.why(count(hot.count), times, hot.score.toFixed(1))),
    h(
      "div",
      { class: "hot-weeks" },
      sparkline(hot.weeks, words.weeksSaid(hot.weeks.join(", ")), SPARK_PX),
    ),
    lower,
  ];
}

function same(one: Hot, other: Hot): boolean {
  return one.cell === other.cell && one.count === other.count && one.score === other.score;
}

/** What people call the place: the finest grid there that has a name of its own. */
async function nameOf(shell: Shell, { lon, lat }: Hot): Promise<string> {
  try {
    const { chain } = await routeOf(shell, { lon, lat, title: "", note: "", bbox: null });
    return chain.find((link: Link) => link.name)?.name ?? "";
  } catch {
    return ""; // nobody owns the place, or it is not theirs to know
  }
}

function outline({ theme }: Shell): Style[] {
  const { page } = THEMES[theme.get()];
  const line = (color: string, width: number, zIndex: number) =>
    new Style({ stroke: new Stroke({ color, width }), zIndex });
  return [line(page.surface, 6, 0), line(page.ink, 2.4, 1)];
}
