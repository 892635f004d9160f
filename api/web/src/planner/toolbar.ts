/** The tools that float left over the map, and which of them is at work: it is in the address. */

import { TOOL } from "../features/tool.ts";
import type { Shell } from "../shell/shell.ts";
import { h } from "../ui/dom.ts";
import { control } from "../ui/parts.ts";
import type { Draft } from "./draft.ts";
import { mountKeyboard } from "./tools/keyboard.ts";
import { mountPointer } from "./tools/pointer.ts";
import type { Tool, ToolId } from "./tools/tool.ts";
import type { ToolWords } from "./words/index.ts";

const NAME = "tool";
const OURS = "planner";

export function mountToolbar(
  shell: Shell,
  draft: Draft,
  words: ToolWords,
  groups: readonly Tool[][],
): void {
  const { slots, address, city } = shell;
  const tools = groups.flat();
  const first = tools[0] as Tool;
  const buttons = new Map<ToolId, HTMLButtonElement>();
  let now = first;

  const show = () => {
    for (const [id, button] of buttons) {
      button.setAttribute("aria-pressed", String(id === now.id));
      button.disabled = !draft.isEditable && id !== first.id;
    }
    undo.disabled = !draft.isEditable || draft.undoable < 1;
    redo.disabled = !draft.isEditable || draft.redoable < 1;
  };
  const choose = (id: ToolId) => {
    const next = tools.find((one) => one.id === id) ?? first;
    if (!draft.isEditable && next !== first) {
      shell.notify(words.notDraft);
      return;
    }
    now.deactivate();
    now = next;
    city.map.set(TOOL, OURS);
    now.activate();
    address.set(NAME, now === first ? null : now.id);
    show();
  };
  const undo = control("undo", words.undo, () => void draft.undo(), "Ctrl+Z");
  const redo = control("redo", words.redo, () => void draft.redo(), "Ctrl+Y");
  const parts: HTMLElement[] = groups.flatMap((group, at) => {
    const found: HTMLElement[] = group.map((tool) => {
      const key = tool.key.toUpperCase();
      const button = control(tool.icon, words.tools[tool.id], () => choose(tool.id), key);
      buttons.set(tool.id, button);
      return button;
    });
    return at ? [h("hr", {}), ...found] : found;
  });
  const measure = slots.tools.querySelector("button");
  if (measure) measure.title = words.measure; // M merges here
  slots.tools.setAttribute("aria-label", words.toolbar);
  slots.tools.prepend(...parts);
  slots.tools.append(h("hr", {}), undo, redo);

  // measuring takes the map away from the tools, and gives it back
  city.map.on("propertychange", (event) => {
    if (event.key !== TOOL) return;
    const owner: unknown = city.map.get(TOOL);
    if (owner === undefined) choose(now.id);
    else if (owner !== OURS) now.deactivate();
  });
  mountPointer(city.map, () => now);
  mountKeyboard({ shell, draft, words, tools, now: () => now, choose });
  draft.on("plan", () => {
    if (!draft.isEditable && now !== first) choose(first.id);
    show();
  });
  choose((address.get(NAME) as ToolId | null) ?? first.id);
}
