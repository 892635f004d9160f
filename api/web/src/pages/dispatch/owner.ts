/** Whose a case is: the chain of grids, the reason, the border, others it might be, posts on duty. */

import type { Shell } from "../../shell/shell.ts";
import { type Child, h } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { badge, section } from "../../ui/parts.ts";
import { pairs } from "./case.ts";

/** An incident as the service tells it. */
export interface Told {
  code: string;
  kind: string | null;
  category: string | null;
  state: string;
  source: string | null;
  reported_at: string;
  due_at: string | null;
  closed_at: string | null;
  accuracy_m: number | null;
  address: string | null;
  facility_code: string | null;
  duplicate_of: string | null;
  doubt: string | null;
  grid_code: string | null;
}

interface Link {
  code: string;
  name: string | null;
  level: string;
}

/** What the router says about the point. */
export interface Route {
  grid_code: string | null;
  grid_name: string | null;
  chain: Link[];
  reason_zh: string;
  reason_en: string;
  confidence: number | null;
  ambiguous: boolean;
  alternates: (Link & { distance_m: number })[];
  distance_to_border_m: number | null;
  officers: { code: string; role: string | null }[];
}

const OTHERS = 3;

export function owner(
  shell: Shell,
  told: Told,
  route: Route | null,
  kept: readonly Link[],
): HTMLElement {
  const { t, lang } = shell;
  const { case: words } = t.dispatch;
  const chain = kept.length ? kept : (route?.chain ?? []);
  const rows: [string, ...Child[]][] = [];
  if (route) {
    const reason = lang === "zh" ? route.reason_zh : route.reason_en;
    rows.push([words.why, h("bdi", {}, reason), ...marks(shell, route)]);
    if (route.distance_to_border_m !== null) {
      rows.push([words.border, words.toBorder(route.distance_to_border_m.toFixed(1))]);
    }
    if (route.alternates.length) rows.push([words.others, ...others(shell, route)]);
    if (route.officers.length) {
      const posts = route.officers.slice(0, OTHERS).map((one) => `${one.role ?? ""} ${one.code}`);
      rows.push([words.posts, h("bdi", {}, posts.join("　"))]);
    }
    if (told.grid_code && route.grid_code && told.grid_code !== route.grid_code) {
      const name = route.grid_name ?? route.grid_code;
      rows.push(["", badge(words.differs(name), "warn")]);
    }
  }
  return section(
    words.owner,
    chain.length
      ? breadcrumbs(shell, chain)
      : h("p", { class: "t12 dim" }, told.grid_code ?? t.dispatch.noGrid),
    rows.length ? pairs(rows) : null,
  );
}

function marks({ t }: Shell, route: Route): Child[] {
  const { case: words } = t.dispatch;
  const sure = route.confidence;
  return [
    sure === null ? null : badge(words.confidence(sure.toFixed(2)), sure >= 0.9 ? "ok" : "warn"),
    route.ambiguous ? badge(words.ambiguous, "warn") : null,
  ];
}

function others(shell: Shell, route: Route): Child[] {
  return route.alternates
    .slice(0, OTHERS)
    .map((one) =>
      h(
        "span",
        { class: "row" },
        gridButton(shell, one, "link"),
        h("span", { class: "dim" }, shell.t.dispatch.case.metres(one.distance_m.toFixed(1))),
      ),
    );
}

/** From the city down to the grid that owns it; each is a way to that grid. */
function breadcrumbs(shell: Shell, chain: readonly Link[]): HTMLElement {
  const links = [...chain].reverse();
  const parts = links.flatMap((link, at) => {
    const isLast = at === links.length - 1;
    const step = gridButton(shell, link, isLast ? "link owner" : "link");
    return isLast ? [step] : [step, icon("next", 12)];
  });
  return h("div", { class: "crumbs" }, ...parts);
}

function gridButton(shell: Shell, link: Link, looks: string): HTMLElement {
  const choose = () => shell.selection.set({ layer: "grids", code: link.code });
  const name = h("bdi", {}, link.name ?? link.code);
  return h("button", { type: "button", class: looks, title: link.code, onclick: choose }, name);
}
