/** Codes of grids and blocks that a planner types. */

/** Codes out of a text: they stand apart by spaces, commas or new lines, full width or not. */
export function codesIn(text: string): string[] {
  return [...new Set(text.split(/[\s,，、;；]+/u).filter(Boolean))];
}
