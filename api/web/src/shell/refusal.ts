/** What is said of a request that failed: in the language of the page, with the way out. */

import { ApiError, AwayError } from "../api.ts";
import { keptWords, type Words } from "../i18n/index.ts";
import { type Child, h } from "../ui/dom.ts";
import { state } from "../ui/parts.ts";
import { askToSignIn } from "./session.ts";

export interface Refusal {
  what: string;
  way: string;
  /** What the service said, in its own words; English. */
  detail: string | null;
}

type Known = keyof Words["refusals"];

/** In front of a service that is away, something else answers: that is no other case for people. */
const SAME: Record<number, Known> = { 412: "409", 502: "503", 504: "503" };

export function refusalOf(error: unknown): Refusal {
  const { refusals } = keptWords();
  if (error instanceof AwayError) return { ...refusals.away, detail: null };
  if (!(error instanceof ApiError)) return { ...refusals.other, detail: null };
  const known = SAME[error.status] ?? String(error.status);
  const said = known in refusals ? refusals[known as Known] : refusals.other;
  return { ...said, detail: error.message };
}

/** In the place of data. Whoever is signed in no more is sent to sign in, the others may try again. */
export function refused(error: unknown, again?: () => void): HTMLElement {
  const { what, way, detail } = refusalOf(error);
  const { shell, states } = keptWords();
  const out = error instanceof ApiError && error.status === 401;
  const action = out
    ? { label: shell.signIn, run: askToSignIn }
    : again && { label: states.retry, run: again };
  return state("alert", what, h("span", {}, way, inOwnWords(detail)), action);
}

/** In a line under a form, where a 401 may be about what was typed. */
export function refusedLine(error: unknown): Child[] {
  const told = refusalOf(error);
  const isProof = error instanceof ApiError && error.status === 401;
  const { what, way } = isProof ? keptWords().refusals.proof : told;
  return [h("b", {}, what), `　${way}`, inOwnWords(told.detail)];
}

function inOwnWords(detail: string | null): Child {
  return detail && h("small", { class: "detail", lang: "en" }, detail);
}
