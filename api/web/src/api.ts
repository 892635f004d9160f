/** Typed requests to the service: problems become errors, writes carry the CSRF token. */

/** RFC 9457: what went wrong, in words that may be shown. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  /** The kind of refusal, where a page says it in its own words, and the codes in it by name. */
  reason?: string;
  about?: Record<string, string>;
}

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.name = "ApiError";
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** The service did not answer at all. */
export class AwayError extends Error {}

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Feature<P = Record<string, unknown>> {
  type: "Feature";
  id: string;
  geometry: { type: string; coordinates: unknown } | null;
  properties: P;
}

export interface Page<P = Record<string, unknown>> {
  type: "FeatureCollection";
  features: Feature<P>[];
  links: { rel: string; href: string }[];
}

export interface Sending {
  /** The step that a change is meant for, as its ETag: sent as If-Match. */
  ifMatch?: string;
  signal?: AbortSignal;
}

export interface Api {
  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T>;
  send<T>(
    method: "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
    how?: Sending,
  ): Promise<T>;
  /** Every page of a list of features, one after the other. */
  pages<P>(path: string, query?: Query, signal?: AbortSignal): AsyncGenerator<Page<P>>;
  /** The token that the session gave; sent with everything that writes. */
  csrf: string | null;
  /** Told after each request whether the service answered. */
  onAnswer(listener: (answered: boolean) => void): void;
}

export function makeApi(): Api {
  const listeners: ((answered: boolean) => void)[] = [];

  async function request<T>(address: string, init: RequestInit): Promise<T> {
    const answer = await fetch(address, { credentials: "same-origin", ...init }).catch(
      (error: unknown) => {
        if (error instanceof DOMException && error.name === "AbortError") throw error;
        for (const tell of listeners) tell(false);
        throw new AwayError(String(error));
      },
    );
    for (const tell of listeners) tell(answer.status < 500);
    if (!answer.ok) throw new ApiError(await problemOf(answer));
    if (answer.status === 204) return undefined as T;
    return (await answer.json()) as T;
  }

  const api: Api = {
    csrf: null,
    get: (path, query = {}, signal) => request(withQuery(path, query), signal ? { signal } : {}),
    send(method, path, body, how = {}) {
      const headers: Record<string, string> = {};
      if (api.csrf) headers["X-CSRF-Token"] = api.csrf;
      const isFile = body instanceof Blob; // sent as it is
      if (body !== undefined && !isFile) headers["Content-Type"] = "application/json";
      if (how.ifMatch) headers["If-Match"] = how.ifMatch;
      return request(path, {
        method,
        headers,
        ...(how.signal ? { signal: how.signal } : {}),
        ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
      });
    },
    async *pages<P>(path: string, query: Query = {}, signal?: AbortSignal) {
      let address: string | undefined = withQuery(path, query);
      while (address) {
        const page: Page<P> = await request(address, signal ? { signal } : {});
        yield page;
        address = page.links.find((link) => link.rel === "next")?.href;
      }
    },
    onAnswer(listener) {
      listeners.push(listener);
    },
  };
  return api;
}

function withQuery(path: string, query: Query): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined) given.set(name, String(value));
  }
  const text = given.toString();
  return text ? `${path}?${text}` : path;
}

async function problemOf(answer: Response): Promise<Problem> {
  const plain: Problem = { type: "about:blank", title: answer.statusText, status: answer.status };
  const kind = answer.headers.get("content-type") ?? "";
  if (!kind.includes("json")) return plain;
  return { ...plain, ...((await answer.json()) as Partial<Problem>) };
}
