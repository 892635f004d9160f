/** Listeners by the name of what they listen to, with the type of what they are told. */

export interface Events<M> {
  /** Listen; the answer stops it. */
  on<K extends keyof M>(name: K, listener: (told: M[K]) => void): () => void;
  tell<K extends keyof M>(name: K, told: M[K]): void;
}

export function makeEvents<M>(): Events<M> {
  const listeners = new Map<keyof M, Set<(told: never) => void>>();
  return {
    on(name, listener) {
      const found = listeners.get(name) ?? new Set();
      listeners.set(name, found.add(listener));
      return () => found.delete(listener);
    },
    tell(name, told) {
      for (const listener of [...(listeners.get(name) ?? [])]) listener(told as never);
    },
  };
}
