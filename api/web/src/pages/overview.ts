/** The leader's page: how much there is, how it stands, where and when incidents are many. */

import type { Query } from "../api.ts";
import { day, moment } from "../i18n/format.ts";
import { refused } from "../shell/refusal.ts";
import type { Shell } from "../shell/shell.ts";
import { h, replace } from "../ui/dom.ts";
import { skeleton, state } from "../ui/parts.ts";
import { open } from "./open.ts";
import { type Attention, attentionList, readAttention } from "./overview/attention.ts";
import { figuresOf, figureTile } from "./overview/figures.ts";
import { makeFilters } from "./overview/filters.ts";
import { makeHotSpots } from "./overview/hotspot.ts";
import { openNow, stock } from "./overview/panel.ts";
import { ranking } from "./overview/ranking.ts";
import { makeAsked, readDays, readWindow, type Window } from "./overview/record.ts";
import { makeTimeBar } from "./overview/timebar.ts";
import { autoOf, bigFigures, isWall, openFigure, wallHead } from "./overview/wall.ts";
import { week } from "./overview/week.ts";
import { type Overview, readOverview } from "./overview-data.ts";
import "./overview/overview.css";

const EVERY_MS = 60_000;
/** Lines of what is worth a look that fit on a wall. */
const ON_WALL = 4;

void open("overview", mount);

function mount(shell: Shell): void {
  const { slots, api, t, city, address } = shell;
  const asked = makeAsked(address);
  const head = isWall(shell) ? wallHead(shell) : null;
  const filters = makeFilters({
    shell,
    asked,
    onSpan: () => void spanChanged(false),
    onFilter: () => void load(),
    onSurface: () => void heat(false).catch(() => undefined),
  });
  const hotSpots = makeHotSpots(shell, head !== null);
  const auto = head ? autoOf(shell) : null;
  const timeBar = makeTimeBar({ shell, asked, auto, onSpan: (playing) => spanChanged(playing) });
  replace(slots.bar, head ? head.element : filters.element);
  slots.foot.append(timeBar.element);
  slots.panel.append(skeleton(8));
  let overview: Overview | null = null;
  let found: Window | null = null;
  let attention: Attention | null = null;
  let asking = 0;
  let placed = address.get("at") !== null;

  const show = () => {
    if (!overview || !found) return;
    filters.show(found.now?.reported ?? null);
    hotSpots.show(timeBar.isPlaying() && !head ? null : (attention?.hot ?? null));
    const written = asked.written();
    const span = written
      ? t.overview.span(day(written.first, shell.lang), day(written.last, shell.lang))
      : t.states.none;
    head?.show(span);
    const figures = figuresOf(shell, found);
    if (head) {
      const [first, ...rest] = figures;
      const all = first ? [first, openFigure(shell, overview), ...rest] : [];
      replace(slots.left, ...bigFigures(all, t.overview));
      replace(
        slots.panel,
        ranking(shell, found),
        attention ? attentionList(shell, attention, ON_WALL) : null,
        week(shell, found.hours),
        attention?.grids.length ? null : openNow(shell, overview), // there is room for one of them
      );
      return;
    }
    replace(slots.panel, ...told(shell, overview, found, attention, span));
  };
  const failed = (error: unknown) =>
    replace(
      slots.panel,
      refused(error, () => void load()),
    );

  /** Cells keep their size and colours while they play: a ramp is never stretched to a frame. */
  const heat = (playing: boolean) => {
    const surface = asked.surface();
    const drawn = playing ? city.heat() : null;
    const fixed: Query =
      drawn?.surface === surface && drawn.breaks.length
        ? { resolution: drawn.resolution ?? null, breaks: drawn.breaks.join(",") }
        : {};
    const wide = surface === "density" ? { bandwidth_m: asked.bandwidth() } : {};
    return city.showHeat({ ...asked.query(), ...asked.written(), ...fixed, ...wide }, surface);
  };
  async function spanChanged(playing: boolean): Promise<void> {
    const mine = ++asking;
    timeBar.show();
    filters.show(null); // what was pressed is pressed at once; the number comes with the answer
    const cells = heat(playing).catch(() => undefined);
    if (playing && !head) hotSpots.show(null);
    if (!playing || head) {
      try {
        const [answer, looks] = await Promise.all([
          readWindow(api, asked),
          readAttention(api, asked).catch(() => null), // the figures are shown without it
        ]);
        if (mine !== asking) return;
        found = answer;
        attention = looks;
        show();
      } catch (error) {
        failed(error);
      }
    }
    await cells;
  }
  async function load(): Promise<void> {
    try {
      const [days, sums] = await Promise.all([readDays(api, asked), readOverview(api)]);
      asked.use(days);
      timeBar.show();
      if (!placed) homeAgain(shell);
      placed = true;
      overview = sums;
      await spanChanged(false);
    } catch (error) {
      if (!found) failed(error);
    }
  }
  address.onChange(() => void load());
  void load();
  setInterval(() => !document.hidden && !timeBar.isPlaying() && void load(), EVERY_MS);
}

/** The bars above and below have made the map smaller since it first showed the whole city. */
function homeAgain({ city }: Shell): void {
  city.map.updateSize();
  city.goHome();
}

function told(
  shell: Shell,
  overview: Overview,
  found: Window,
  attention: Attention | null,
  span: string,
): HTMLElement[] {
  const { t, lang, city } = shell;
  const name = (lang === "en" && city.city.name_en) || city.city.name || t.shell.unnamed;
  const figures = figuresOf(shell, found);
  const tiles = figures.length
    ? h("div", { class: "tiles" }, ...figures.map((one) => figureTile(one, t.overview)))
    : state("check", t.overview.noRecord, t.overview.noRecordNote);
  const top = h(
    "section",
    { class: "sec" },
    h(
      "div",
      { class: "row sp" },
      h("h2", { class: "t14" }, name),
      h("span", { class: "t12 dim", title: t.overview.asOf(moment(overview.at, lang)) }, span),
    ),
    tiles,
    figures.length ? h("p", { class: "t12 dim" }, t.overview.change) : null,
  );
  const looks = attention ? [attentionList(shell, attention)] : [];
  const compared = found.now ? [ranking(shell, found), ...looks, week(shell, found.hours)] : [];
  return [top, ...compared, openNow(shell, overview), stock(shell, overview)];
}
