/** Keys of the planner: letters choose tools, Ctrl+Z and Ctrl+Y, Enter, Esc, arrows. */

import { TOOL } from "../../features/tool.ts";
import type { Shell } from "../../shell/shell.ts";
import type { Draft } from "../draft.ts";
import type { ToolWords } from "../words/index.ts";
import type { Tool, ToolId } from "./tool.ts";

interface Parts {
  shell: Shell;
  draft: Draft;
  words: ToolWords;
  tools: readonly Tool[];
  now: () => Tool;
  choose: (id: ToolId) => void;
}

export function mountKeyboard({ shell, draft, words, tools, now, choose }: Parts): void {
  const { keys, city } = shell;
  for (const tool of tools)
    keys.add({ key: tool.key, does: words.tools[tool.id], run: () => choose(tool.id) });
  // shown by "?"; the listener below does the work, since these are no single letters
  for (const [key, does] of [
    ["Ctrl+Z", words.undo],
    ["Ctrl+Y", words.redo],
    ["Enter", words.confirm],
    ["← ↑ → ↓ (D)", words.nudge],
    ["Alt", words.noSnap],
  ] as const)
    keys.add({ key, does, run: () => {} });

  const inMap = (event: KeyboardEvent) =>
    event.target === document.body || city.map.getTargetElement()?.contains(event.target as Node);
  addEventListener(
    "keydown",
    (event) => {
      if (event.defaultPrevented || city.map.get(TOOL) !== "planner") return;
      if (document.querySelector("dialog[open]")) return;
      const used = historyKey(event, draft) || (inMap(event) && toolKey(event, now()));
      if (!used) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}

function historyKey(event: KeyboardEvent, draft: Draft): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
  const target = event.target as HTMLElement | null;
  if (target && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return false; // its own undo
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey) {
    if (draft.undoable) void draft.undo();
  } else if (key === "y" || (key === "z" && event.shiftKey)) {
    if (draft.redoable) void draft.redo();
  } else return false;
  return true;
}

function toolKey(event: KeyboardEvent, tool: Tool): boolean {
  if (event.ctrlKey || event.metaKey) return false;
  if (event.key === "Escape") return tool.cancel?.() ?? false;
  if (event.key === "Enter" && tool.confirm) {
    tool.confirm();
    return true;
  }
  return tool.press?.(event) ?? false;
}
