/** Instants on the planner's page, in Shanghai. */

const ZONE = "Asia/Shanghai";

/** 14:32:07 */
export function clock(instant: string, seconds = true): string {
  return new Date(instant).toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" } : {}),
    hourCycle: "h23",
    timeZone: ZONE,
  } as const);
}

/** Day and time in Shanghai as 2027-03-01 00:00: what is far away needs its year. */
export function dated(instant: string): string {
  return `${day(instant)} ${clock(instant, false)}`;
}

/** The day in Shanghai as 2026-11-21. */
export function day(instant: string): string {
  return new Date(instant).toLocaleDateString("en-CA", { timeZone: ZONE });
}
