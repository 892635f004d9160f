/** Keys of the page. Single letters work only when no field has the focus. */

export interface Binding {
  /** As in KeyboardEvent.key: "/", "?", "Escape", "j". */
  readonly key: string;
  /** What it does, in the language of the page; shown by "?". */
  readonly does: string;
  readonly run: (event: KeyboardEvent) => void;
  /** Whether it also works while somebody types. */
  readonly always?: boolean;
}

export interface Keys {
  /** Add a key; the answer takes it away again. */
  add(binding: Binding): () => void;
  /** What each key does now: of several bindings of a key the one that was added last. */
  all(): readonly Binding[];
}

export function makeKeys(): Keys {
  const bindings: Binding[] = [];
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isPressed(event)) return;
    const typing = isField(event.target);
    const found = [...bindings]
      .reverse()
      .find((one) => one.key.toLowerCase() === event.key.toLowerCase() && (one.always || !typing));
    if (!found) return;
    event.preventDefault();
    found.run(event);
  });
  return {
    add(binding) {
      bindings.push(binding);
      return () => {
        const at = bindings.indexOf(binding);
        if (at >= 0) bindings.splice(at, 1);
      };
    },
    all: () => bindings.filter((one, at) => !bindings.slice(at + 1).some(sameKey(one))),
  };
}

function sameKey(one: Binding): (other: Binding) => boolean {
  return (other) => other.key.toLowerCase() === one.key.toLowerCase();
}

/** Enter and Space on a button or a link are its own. */
function isPressed({ key, target }: KeyboardEvent): boolean {
  if (key !== "Enter" && key !== " ") return false;
  return target instanceof HTMLElement && target.closest("button, a[href], summary") !== null;
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
