/** English words of publishing a plan and of bringing files to it. */

import { count } from "../../../i18n/format.ts";
import type { PanelWords } from "./zh.ts";

export const publish: PanelWords["publish"] = {
  open: "Publish…",
  title: "Publish the plan",
  noRight: "Your role cannot publish",
  checking: "Checking the rules",
  mendFirst: (n) => `Mend ${n} first`,
  approveFirst: "Review and approve first",
  published: (n) => `Published as generation ${n}`,
  name: "Name of the generation",
  from: "Valid from (Shanghai time)",
  fromNote: "now when left empty; a moment to come is carried out by the service",
  later: "Publish then",
  waits: (at) => `Takes effect ${at}`,
  cancel: "Cancel…",
  cancelTitle: "Cancel the publication",
  cancelNote: (name, at, who) =>
    `${name}, asked for by ${who}, takes effect ${at}. The plan stays approved.`,
  keep: "Keep it",
  heldUp: (why) => `Not published at its moment: ${why}`,
  what: "What will move",
  counting: "Counting",
  aims: (n) => `${count(n)} aims are missed; that does not stop it`,
  action: "Publish",
  noName: "Give the generation a name",
  done: (n) => `Published as generation ${n}`,
  lineage: (n) => `${n} rows of lineage: what became of every old code`,
  layer: "What",
  looked: "Looked at",
  moved: "Another grid",
};

export const taking: PanelWords["taking"] = {
  open: "Import an assignment…",
  note: "Excel, CSV, GeoPackage, Shapefile (zip)",
  title: "Import who has which block",
  file: "File",
  fileNote:
    "A table with the columns block and grid, or a map whose areas have a column grid: each block goes to the grid that covers most of it",
  action: "Import",
  noFile: "Choose a file",
  done: (n) => `${n} blocks got another grid`,
  rest: (same, out) =>
    `${same} were there already, ${out} are not in the file. All of it is one step that can be undone.`,
  wrong: (rows, blocks) => `${rows} rows were not taken, ${blocks} blocks do not fit the map`,
  row: (n) => `Row ${n}`,
  more: (n) => `${n} more`,
};
