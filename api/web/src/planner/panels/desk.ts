/** What the parts beside the map share: the draft, who may do what, and how it began. */

import { ApiError, AwayError, type Feature } from "../../api.ts";
import type { Shell } from "../../shell/shell.ts";
import { shortCode } from "../codes.ts";
import type { Draft } from "../draft.ts";
import { makeEvents } from "../events.ts";
import type { Numbers } from "../told.ts";
import { type PanelWords, panelWords } from "../words/index.ts";
import { boxOf } from "./box.ts";

/** What a tab other than the one shown may be asked to open. */
export type Tab = "figures" | "rules" | "officers" | "compare" | "comments";

interface Told {
  /** The numbers of the start have come, or the settings have changed. */
  start: Numbers;
  /** Names of grids above the ground have come. */
  names: undefined;
  tab: Tab;
  table: boolean;
}

interface GridRow {
  code: string;
  name: string | null;
  parent_code: string | null;
}

export interface PlanDesk {
  readonly shell: Shell;
  readonly draft: Draft;
  readonly w: PanelWords;
  /** What the roles of who is signed in allow; the service has the last word. */
  readonly may: { readonly write: boolean; readonly publish: boolean };
  readonly on: ReturnType<typeof makeEvents<Told>>["on"];
  readonly tell: ReturnType<typeof makeEvents<Told>>["tell"];
  /** Numbers of the plan before its first step; null until they are read. */
  start(): Numbers | null;
  /** What a grid above the ground is called; its code while nobody has said. */
  nameOf(code: string): string;
  /** What tells a grid apart within the plan: 03-046 of 219901001003046. */
  short(code: string): string;
  /** The grid above a community, as the city has it now. */
  above(code: string): string | null;
  /** Select a grid and show it on the map. */
  reveal(code: string): void;
  /** Say in one line what went wrong. */
  complain(error: unknown): void;
}

const WRITERS = new Set(["planner", "administrator"]);

export function makeDesk(shell: Shell, draft: Draft): PlanDesk {
  const w = panelWords();
  const events = makeEvents<Told>();
  const writes = shell.session.user.roles.some((one) => WRITERS.has(one.role));
  const rows = new Map<string, GridRow>();
  let start: Numbers | null = null;
  let judgedBy = "";

  const readStart = async () => {
    const settings = JSON.stringify(draft.plan.settings);
    if (settings === judgedBy || draft.plan.step === 0) return;
    judgedBy = settings;
    start = await shell.api.get<Numbers>(`${draft.base}/numbers`, { at: "start" });
    events.tell("start", start);
  };
  const desk: PlanDesk = {
    shell,
    draft,
    w,
    may: { write: writes, publish: writes },
    on: events.on,
    tell: events.tell,
    start: () => start,
    nameOf: (code) => rows.get(code)?.name || code,
    short: (code) => shortCode(code, draft.plan.area_code),
    above: (code) => rows.get(code)?.parent_code ?? null,
    reveal(code) {
      draft.picked.grids([code]);
      const goTo = ({ geometry }: Feature<unknown>) => {
        const box = boxOf(geometry);
        if (box) shell.city.go(box);
      };
      const known = draft.grids.get(code);
      if (known) goTo(known);
      else void gridOf(shell, code).then(goTo, desk.complain); // of a plan that is not read whole
    },
    complain(error) {
      if (error instanceof AwayError) shell.notify(w.bar.away);
      else if (error instanceof ApiError) shell.notify(error.message);
      else throw error;
    },
  };
  void readStart().catch(desk.complain);
  draft.on("numbers", (now) => {
    if (now.step > 0) return;
    judgedBy = JSON.stringify(draft.plan.settings);
    start = now; // before the first step both are the same, and a city takes long to be judged
    events.tell("start", start);
  });
  draft.on("plan", () => void readStart().catch(desk.complain));
  void readNames(shell, draft.plan.area_code, rows).then(
    () => events.tell("names", undefined),
    desk.complain,
  );
  return desk;
}

function gridOf({ api }: Shell, code: string): Promise<Feature<GridRow>> {
  return api.get(`/api/v1/grids/${encodeURIComponent(code)}`);
}

/** The area of the plan, and every community: names and what they lie in. */
async function readNames(shell: Shell, area: string, rows: Map<string, GridRow>): Promise<void> {
  const { api } = shell;
  const keep = (one: Feature<GridRow>) => rows.set(one.properties.code, one.properties);
  keep(await gridOf(shell, area));
  for (const level of ["community", "subdistrict"]) {
    if (!shell.city.city.levels.some((one) => one.key === level)) continue;
    for await (const page of api.pages<GridRow>("/api/v1/grids", { level, limit: 500 })) {
      page.features.forEach(keep);
    }
  }
}
