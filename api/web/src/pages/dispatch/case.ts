/** The case beside the map: what was said, how much time is left, whose it is and why, who sees it. */

import { ApiError, type Feature } from "../../api.ts";
import { fieldTitle, layersOf, shownValue } from "../../features/described.ts";
import { count, left, moment } from "../../i18n/format.ts";
import { stateMark, stateOf } from "../../map/style/marks.ts";
import { refused } from "../../shell/refusal.ts";
import type { Shell } from "../../shell/shell.ts";
import { type Child, h, replace } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { badge, section, skeleton, state } from "../../ui/parts.ts";
import { cameraRows, camerasAt, type Seen } from "./cameras.ts";
import { owner, type Route, type Told } from "./owner.ts";
import "./case.css";

/** Show the incident that is selected in the right panel; the panel is away while none is. */
export function mountCase(shell: Shell): void {
  const { slots, selection } = shell;
  let asked = 0;
  const follow = async () => {
    const mine = ++asked;
    const now = selection.get();
    const code = now?.layer === "incidents" ? now.code : null;
    document.body.classList.toggle("case-open", code !== null);
    document.body.classList.toggle("drawer-open", code !== null);
    if (code === null) {
      replace(slots.panel);
      return;
    }
    replace(slots.panel, skeleton(8));
    const parts = await caseParts(shell, code);
    if (mine === asked) replace(slots.panel, ...parts);
  };
  selection.on(() => void follow());
  void follow();
}

async function caseParts(shell: Shell, code: string): Promise<Child[]> {
  const { api, t } = shell;
  try {
    const [feature, layers] = await Promise.all([
      api.get<Feature<Told>>(`/api/v1/incidents/${encodeURIComponent(code)}`),
      layersOf(api),
    ]);
    const point = pointOf(feature);
    const layer = layers.get("incidents");
    const shown = (name: string) => {
      const field = layer?.fields.find((one) => one.name === name);
      return field ? shownValue(shell, layer, field, { ...feature.properties }) : "";
    };
    return [
      head(shell, feature, shown),
      clock(shell, feature.properties),
      said(shell, feature, point),
      later(owned(shell, feature.properties, point)),
      point ? later(camerasAt(api, point).then((found) => seen(shell, found))) : null,
    ];
  } catch (error) {
    const gone = error instanceof ApiError && error.status === 404;
    return [closer(shell), gone ? state("alert", t.dispatch.case.gone, code) : refused(error)];
  }
}

async function owned(shell: Shell, told: Told, point: Point | null): Promise<HTMLElement> {
  const [route, chain] = await Promise.all([
    point ? routeOf(shell, told, point) : null,
    chainOf(shell, told.grid_code),
  ]);
  return owner(shell, told, route, chain);
}

/** Rows that stand for a section until it is there; what the service does not tell stays away. */
function later(made: Promise<HTMLElement>): HTMLElement {
  const place = skeleton(3);
  made.then(
    (section) => place.replaceWith(section),
    () => place.remove(),
  );
  return place;
}

function head(shell: Shell, feature: Feature<Told>, shown: (name: string) => string): HTMLElement {
  const { t, lang } = shell;
  const told = feature.properties;
  const now = stateOf(told.state, told.due_at ?? "", Date.now());
  const life = [shown("kind"), shown("source"), moment(told.reported_at, lang)].filter(Boolean);
  return h(
    "header",
    { class: "sec case-head" },
    h(
      "div",
      { class: "row sp" },
      h("bdi", { class: "mono dim ell" }, feature.id),
      h(
        "span",
        { class: "row" },
        badge(shown("state"), now === "overdue" ? "bad" : "acc"),
        closer(shell),
      ),
    ),
    h("h2", { class: "t20 row" }, stateMark(now, 20), h("bdi", {}, shown("category"))),
    h(
      "div",
      { class: "t12 mut" },
      life.slice(0, -1).join("　"),
      "　",
      t.dispatch.case.reportedAt(life.at(-1) ?? ""),
    ),
  );
}

function closer(shell: Shell): HTMLElement {
  const label = shell.t.dispatch.case.close;
  const close = () => shell.selection.set(null);
  return h(
    "button",
    { type: "button", class: "btn sm ghost", "aria-label": label, title: label, onclick: close },
    icon("x"),
  );
}

/** Time left as a figure, and how much of the limit is used as a bar. */
function clock({ t, lang }: Shell, told: Told): HTMLElement | null {
  const { case: words } = t.dispatch;
  if (told.closed_at) {
    return h("div", { class: "sec t12 mut" }, words.closedAt(moment(told.closed_at, lang)));
  }
  if (!told.due_at) return h("div", { class: "sec t12 mut" }, words.noLimit);
  const [from, until, now] = [Date.parse(told.reported_at), Date.parse(told.due_at), Date.now()];
  const used = Math.max(0, Math.min(1, (now - from) / Math.max(1, until - from)));
  const tone = now > until ? "bad" : used > 0.75 ? "warn" : "ok";
  const label = `${words.ofLimit} ${Math.round(used * 100)}%`;
  return h(
    "div",
    { class: "sec case-clock" },
    h(
      "div",
      {},
      h("div", { class: `t28 b num ${tone}` }, left(told.due_at, now, t.dispatch.days)),
      h("div", { class: "t12 mut" }, now > until ? words.over : words.left),
    ),
    h(
      "div",
      {},
      h(
        "div",
        { class: "case-bar", role: "img", "aria-label": label },
        h("i", { class: tone, style: `width:${used * 100}%` }),
      ),
      h(
        "div",
        { class: "row sp t12 dim" },
        h("span", {}, words.reportedAt(moment(told.reported_at, lang))),
        h("span", {}, words.dueAt(moment(told.due_at, lang))),
      ),
    ),
  );
}

function said(shell: Shell, feature: Feature<Told>, point: Point | null): HTMLElement {
  const { t, city } = shell;
  const { case: words } = t.dispatch;
  const told = feature.properties;
  const go = (to: Point) =>
    city.go({ lon: to[0], lat: to[1], zoom: Math.max(17, city.centre().zoom) });
  const place = point
    ? h(
        "button",
        { type: "button", class: "link mono", onclick: () => go(point) },
        `${point[0].toFixed(5)}, ${point[1].toFixed(5)}`,
      )
    : words.noPlace;
  const near =
    told.accuracy_m === null ? "" : `　${words.accuracy(count(Math.round(told.accuracy_m)))}`;
  const linked = (layer: string, code: string) =>
    h(
      "button",
      { type: "button", class: "link mono", onclick: () => shell.selection.set({ layer, code }) },
      code,
    );
  const rows: [string, ...Child[]][] = [
    [words.said, h("bdi", {}, told.address || words.nothingSaid)],
    [words.place, place, " WGS-84", near],
  ];
  if (told.doubt) rows.push([fieldTitle("doubt"), badge(words.doubt, "warn")]);
  if (told.facility_code) rows.push([words.facility, linked("facilities", told.facility_code)]);
  if (told.duplicate_of) rows.push([words.repeats, linked("incidents", told.duplicate_of)]);
  return h("div", { class: "sec" }, pairs(rows));
}

export function pairs(rows: readonly [string, ...Child[]][]): HTMLElement {
  return h(
    "dl",
    { class: "kv" },
    ...rows.flatMap(([title, ...value]) => [h("dt", {}, title), h("dd", {}, ...value)]),
  );
}

function seen(shell: Shell, cameras: readonly Seen[]): HTMLElement {
  const { case: words } = shell.t.dispatch;
  const title = h(
    "span",
    {},
    words.cameras,
    h("span", { class: "dim plain" }, ` ${cameras.length}`),
  );
  return section(
    title,
    cameras.length ? cameraRows(shell, cameras) : h("p", { class: "t12 dim" }, words.noCameras),
    h("p", { class: "t12 dim" }, words.camerasNote),
  );
}

type Point = [lon: number, lat: number];

function pointOf({ geometry }: Pick<Feature, "geometry">): Point | null {
  if (geometry?.type !== "Point" || !Array.isArray(geometry.coordinates)) return null;
  const [lon, lat] = geometry.coordinates.map(Number);
  return lon === undefined || lat === undefined ? null : [lon, lat];
}

async function routeOf({ api }: Shell, told: Told, [lon, lat]: Point): Promise<Route | null> {
  const { accuracy_m, facility_code } = told;
  try {
    return await api.get<Route>("/api/v1/route", { lon, lat, accuracy_m, facility_code });
  } catch (error) {
    if (error instanceof ApiError) return null; // it lies where the reader may not look
    throw error;
  }
}

async function chainOf({ api }: Shell, code: string | null): Promise<Route["chain"]> {
  if (!code) return [];
  try {
    return await api.get<Route["chain"]>(`/api/v1/chains/${encodeURIComponent(code)}`);
  } catch (error) {
    if (error instanceof ApiError) return []; // the grid is of another generation
    throw error;
  }
}
