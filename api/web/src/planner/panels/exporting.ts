/** What can be taken away of a plan as files, and brought back to it. */

import type { PlanDesk } from "./desk.ts";
import { type Item, menuButton } from "./menu.ts";

const FORMATS = ["gazette_xlsx", "gazette_csv", "plan", "gpkg", "shp", "xlsx", "csv"] as const;

export function exportMenu(desk: PlanDesk): HTMLElement {
  const { draft, may, w } = desk;
  const bring: Item = {
    label: w.taking.open,
    note: w.taking.note,
    run: () => void import("./taking.ts").then(({ openTaking }) => openTaking(desk)),
  };
  return menuButton(w.bar.export, "share", () => [
    ...FORMATS.map((format) => ({
      label: w.exports[format],
      note: w.exportNotes[format],
      href: `${draft.base}/export?format=${format}`,
    })),
    ...(may.write && draft.isEditable ? [bring] : []),
  ]);
}
