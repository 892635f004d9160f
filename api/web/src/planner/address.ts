/** Which plan the address names. */

import type { Address } from "../shell/address.ts";

const NAME = "plan";

/** Number of the plan in the address: `?plan=3`. */
export function planInAddress(address: Address): number | null {
  const given = address.get(NAME);
  return given !== null && /^[1-9][0-9]{0,14}$/.test(given) ? Number(given) : null;
}
