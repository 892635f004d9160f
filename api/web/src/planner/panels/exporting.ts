/** What can be taken away of a plan, as files. */

import type { PlanDesk } from "./desk.ts";
import { menuButton } from "./menu.ts";

const FORMATS = ["gazette_xlsx", "gazette_csv", "plan", "gpkg", "shp", "csv"] as const;

export function exportMenu({ draft, w }: PlanDesk): HTMLElement {
  return menuButton(w.bar.export, "share", () =>
    FORMATS.map((format) => ({
      label: w.exports[format],
      note: w.exportNotes[format],
      href: `${draft.base}/export?format=${format}`,
    })),
  );
}
