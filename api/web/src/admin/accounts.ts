/** Accounts as the service tells them, and the words that go with them. */

import type { Frame } from "./frame.ts";

export interface Grant {
  role: string;
  grid_code: string | null;
  grid_name: string | null;
}

export interface User {
  code: string;
  name: string;
  roles: Grant[];
  is_disabled: boolean;
  has_password: boolean;
  has_totp: boolean;
  password_until: string | null;
  identities: { provider: string; subject: string }[];
  created_at: string;
}

export const USERS = "/api/v1/users";
export const ACCOUNT = "/api/v1/account";

export function userPath(code: string, ...below: string[]): string {
  return [USERS, ...[code, ...below].map(encodeURIComponent)].join("/");
}

export function roleWord({ w }: Frame, role: string): string {
  const roles: Record<string, string> = w.roles;
  return roles[role] ?? role; // one that has no word yet
}

/** Where a role holds, as people call it. */
export function placeWord({ w }: Frame, grant: Grant): string {
  if (grant.grid_code === null) return w.common.city;
  return grant.grid_name ? `${grant.grid_name} ${grant.grid_code}` : grant.grid_code;
}
