/** The next free code of a grid, by the convention of the code of the grid that it comes from. */

/** Codes of five levels end in compound, 2 digits of the subarea and zeros (GRID of 22 to 24 digits). */
const FIVE_LEVELS = /^(\d{15})(\d{2})(0{5,7})$/;
/** Codes of GB/T 30428.1 are a community and three digits. */
const UNIT = /^(\d{12})(\d{3})$/;

export function nextCode(from: string, taken: ReadonlySet<string>): string {
  const [prefix, digits, suffix] = partsOf(from);
  const most = digits ? 10 ** digits.length - 1 : Number.MAX_SAFE_INTEGER;
  const codeOf = (number: number) => prefix + String(number).padStart(digits.length, "0") + suffix;
  for (let number = Number(digits || 1) + 1; number <= most; number++)
    if (!taken.has(codeOf(number))) return codeOf(number);
  for (let number = 1; number <= most; number++)
    if (!taken.has(codeOf(number))) return codeOf(number);
  return "";
}

function partsOf(code: string): [prefix: string, digits: string, suffix: string] {
  const fixed = FIVE_LEVELS.exec(code);
  if (fixed) return [fixed[1] ?? "", fixed[2] ?? "", fixed[3] ?? ""];
  const unit = UNIT.exec(code);
  if (unit) return [unit[1] ?? "", unit[2] ?? "", ""];
  const free = /^(.*?)(\d{0,9})$/.exec(code);
  return [free?.[1] ?? code, free?.[2] ?? "", ""];
}

/** What tells grids apart in a name: 03-046 of 219901001003046, 01-002-01 of five levels. */
export function shortCode(code: string, area: string): string {
  const unit = UNIT.exec(code);
  if (unit) return `${code.slice(10, 12)}-${unit[2]}`;
  const fixed = FIVE_LEVELS.exec(code);
  if (fixed) return `${code.slice(10, 12)}-${code.slice(12, 15)}-${fixed[2]}`;
  return code !== area && code.startsWith(area) ? code.slice(area.length) : code;
}
