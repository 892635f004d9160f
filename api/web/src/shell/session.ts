/** Who is signed in, as the service says. */

import { type Api, ApiError } from "../api.ts";
import type { AnyPage } from "./shell.ts";

export interface Role {
  role: string;
  grid_code: string | null;
  grid_name: string | null;
}

export interface Session {
  user: { code: string; name: string; roles: Role[] };
  /** The password was for one time: nothing can be done before it is changed. */
  must_change: boolean;
  has_totp: boolean;
  csrf: string;
}

export const SESSION = "/api/v1/session";

/** Ask who is signed in; null when nobody is. */
export async function currentSession(api: Api): Promise<Session | null> {
  try {
    const session = await api.get<Session>(SESSION);
    api.csrf = session.csrf;
    return session;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/** Go to the sign-in page, and back here afterwards. */
export function askToSignIn(): void {
  const back = location.pathname + location.search;
  location.replace(`/signin?next=${encodeURIComponent(back)}`);
}

/** Pages that the roles of a user work with, the first one is home. */
export function pagesOf(session: Session): AnyPage[] {
  const roles = new Set(session.user.roles.map((one) => one.role));
  const has = (...names: string[]) => names.some((name) => roles.has(name));
  const pages: AnyPage[] = [];
  if (has("planner", "administrator")) pages.push("planner");
  if (has("dispatcher", "checker", "duty_chief", "officer", "administrator"))
    pages.push("dispatch");
  if (has("leader")) pages.unshift("overview");
  else pages.push("overview");
  const isOfAll = (one: Role) => one.role === "administrator" && one.grid_code === null;
  if (session.user.roles.some(isOfAll)) pages.push("admin");
  return pages;
}
