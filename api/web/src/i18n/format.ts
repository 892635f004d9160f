/** Numbers and times as they are written on every page (LOOK §8); instants are shown in Shanghai. */

const ZONE = "Asia/Shanghai";

/** 12345 → 12,345. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** A share as a percentage with one decimal: 0.968 → 96.8%. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

/** An instant as month, day and time: 11-21 14:32, in English 21 Nov 14:32. */
export function moment(instant: string, lang: "zh" | "en"): string {
  const date = new Date(instant);
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: ZONE } as const;
  if (lang === "en") {
    const day = date.toLocaleDateString("en-GB", {
      day: "numeric",
      month: "short",
      timeZone: ZONE,
    });
    return `${day} ${date.toLocaleTimeString("en-GB", clock)}`;
  }
  const parts = new Intl.DateTimeFormat("en-CA", {
    month: "2-digit",
    day: "2-digit",
    timeZone: ZONE,
  });
  return `${parts.format(date)} ${date.toLocaleTimeString("en-GB", clock)}`;
}

/** A day that is written 2025-11-21 without its year: 11-21, in English 21 Nov. */
export function day(written: string, lang: "zh" | "en"): string {
  if (lang === "zh") return written.slice(5);
  const utc = { day: "numeric", month: "short", timeZone: "UTC" } as const;
  return new Date(written).toLocaleDateString("en-GB", utc);
}

/** Time left as hours and minutes, days when it is long: 00:38, −07:21, 3 天. */
export function left(instant: string, now: number, days: (n: number) => string): string {
  const minutes = Math.trunc((Date.parse(instant) - now) / 60_000);
  const sign = minutes < 0 ? "−" : "";
  const size = Math.abs(minutes);
  if (size >= 48 * 60) return sign + days(Math.floor(size / 1440));
  const two = (value: number) => String(value).padStart(2, "0");
  return `${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
