/** The state of the view in the address of the page, so that a link shows the same to others. */

export interface Address {
  get(name: string): string | null;
  /** Keep a value; null takes it out. The page is not loaded again, and no history is made. */
  set(name: string, value: string | null): void;
  /** Told the name of each value that a link or the back button changed. */
  onChange(listener: () => void): void;
  /** The whole address, as it would be given to somebody else. */
  href(): string;
}

export function makeAddress(): Address {
  let query = new URLSearchParams(location.search);
  const listeners: (() => void)[] = [];
  addEventListener("popstate", () => {
    query = new URLSearchParams(location.search);
    for (const tell of listeners) tell();
  });
  return {
    get: (name) => query.get(name),
    set(name, value) {
      if (query.get(name) === value) return;
      if (value === null) query.delete(name);
      else query.set(name, value);
      history.replaceState(null, "", written(query));
    },
    onChange: (listener) => listeners.push(listener),
    href: () => location.origin + written(query),
  };
}

/** Slashes and commas may stand in a query as they are, and are easier to read so. */
function written(query: URLSearchParams): string {
  const text = query
    .toString()
    .replaceAll("%2C", ",")
    .replaceAll("%2F", "/")
    .replaceAll("%3A", ":");
  return location.pathname + (text ? `?${text}` : "");
}
