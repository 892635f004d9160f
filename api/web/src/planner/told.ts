/** What the service tells of a plan, as it comes over the wire (`/api/v1/plans`). */

import type { Feature } from "../api.ts";

export type Stage = "draft" | "review" | "approved" | "published" | "dropped";

export interface Plan {
  number: number;
  title: string;
  stage: Stage;
  area_code: string;
  /** What the grid is called that is divided anew. */
  area_name: string | null;
  generation: number;
  /** Number of the last step; 0 has none. */
  step: number;
  settings: Settings;
  created_at: string;
  created_by: string;
  changed_at: string;
  copied_from: number | null;
  published_as: number | null;
  /** When it is to be published, or why it was not. */
  schedule: Schedule | null;
}

export interface Schedule {
  effective_from: string;
  name: string;
  asked_by: string;
  asked_at: string;
  /** Why it was not published at its moment; null while it waits. */
  problem: string | null;
}

export interface Settings {
  /** Least and most households of a grid; null has no band. */
  households: [number, number] | null;
  work_off: number | null;
  least_round: number;
  factors: Record<string, number>;
}

/** A step of the log. An undo or redo says which step it is `of`. */
export interface Entry {
  number: number;
  kind: "edit" | "undo" | "redo";
  of: number | null;
  title: string;
  author: string;
  at: string;
}

export interface GridFacts {
  code: string;
  officer: string | null;
  /** Sums: households, persons, elderly, buildings, facilities, cameras, incidents_a_year, … */
  weights: Record<string, number>;
  area_m2: number;
  border_m: number;
  pieces: number;
  blocks: number;
  locked: boolean;
  /** Codes of the grids to which no ground passes. */
  locked_borders: string[];
  /** Whether the round of its officer is locked. */
  officer_locked: boolean;
}
/** Geometry in degrees; null for a grid without blocks. */
export type Grid = Feature<GridFacts>;

export interface BlockFacts {
  code: string;
  grid_code: string | null;
  weights: Record<string, number>;
}
export type Block = Feature<BlockFacts>;

/** What a step does to a grid: sums of weights and `area_m2` before and after. */
export interface Effect {
  grid_code: string | null;
  before: Record<string, number>;
  after: Record<string, number>;
  pieces_before: number;
  pieces_after: number;
}

export interface Changed {
  grids: Grid[];
  grids_gone: string[];
  blocks: Block[];
  blocks_gone: string[];
}

export interface Taken {
  plan: Plan;
  entry: Entry;
  effects: Effect[];
  changed: Changed;
}

/** Metrics by name (work, households, edge_min, polsby_popper, …); null where one cannot be said. */
export type Metrics = Record<string, number | null>;

export interface Preview {
  effects: Effect[];
  /** Grids that would hang together less than now. */
  broken: string[];
  /** Blocks that would move or be cut, each with the grid that it would be in. */
  parts: Feature<{ code: string; grid_code: string | null }>[];
  /** Metrics of the touched grids before and after, by code; a grid that is not there has none. */
  metrics?: { before: Record<string, Metrics>; after: Record<string, Metrics> };
}

/** A rule that a grid does not keep. */
export interface Broken {
  rule: string;
  grid_code: string;
  value: number | null;
  limit: number | null;
  said: string;
  blocks: string[];
}

export interface Numbers {
  step: number;
  grids: Record<string, Metrics>;
  /** For `work` and `households`: count, mean, ratio, cv, gini, p90_p10. */
  spread: Record<string, Record<string, number | null>>;
  /** The community that each grid has most of its blocks in. */
  communities: Record<string, string>;
  broken: Broken[];
}

export type LonLat = [lon: number, lat: number];

/** Something to be done to a plan; places are degrees of WGS-84. */
export type Wish =
  | { do: "move_blocks"; blocks: string[]; to: string | null }
  | { do: "move_inside"; area: LonLat[]; to: string | null }
  | { do: "move_compound"; compound: string; to: string }
  | { do: "move_building"; building: string; to: string }
  | { do: "move_buildings"; buildings: string[]; to: string }
  | { do: "new_grid"; blocks: string[]; code: string }
  | { do: "merge"; grids: string[]; into: string }
  | { do: "split_by_line"; grid: string; line: LonLat[]; code: string }
  | { do: "split_along"; grid: string; street: string; code: string }
  | { do: "split_evenly"; grid: string; code: string }
  | { do: "claim_area"; area: LonLat[]; to: string; from_grids?: string[] }
  | { do: "drag_border"; one: string; other: string; line: LonLat[] }
  | { do: "reattach"; grid: string }
  | { do: "renumber" }
  | { do: "rename"; codes: [string, string][] }
  | { do: "lock"; kind: "grid" | "border" | "officer"; codes: string[]; locked: boolean }
  | { do: "adopt"; job: number; proposal: number };
