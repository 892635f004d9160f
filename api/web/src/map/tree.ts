/** The layer tree with its legend: what is drawn, what it means, and the switch for it. */

import type { Shell } from "../shell/shell.ts";
import { h } from "../ui/dom.ts";
import { control } from "../ui/parts.ts";
import type { Switch } from "./layers.ts";
import { sign } from "./signs.ts";

export function mountTree(shell: Shell, corner: HTMLElement): void {
  const { city, slots, t, keys } = shell;
  const panel = h("section", { class: "float tree", "aria-label": t.map.layers, hidden: true });
  const boxes = new Map<Switch, HTMLInputElement>();
  for (const name of city.switches) {
    const said = t.map.signs[name as keyof typeof t.map.signs] as string | undefined;
    const box = h("input", {
      type: "checkbox",
      id: `layer-${name}`,
      "aria-label": t.map.switches[name],
      "aria-describedby": said ? `about-${name}` : null,
      onchange: () => city.show(name, box.checked),
    });
    boxes.set(name, box);
    panel.append(
      h(
        "label",
        { class: "row", for: `layer-${name}` },
        box,
        sign(name),
        h(
          "span",
          {},
          t.map.switches[name],
          said ? h("small", { class: "dim t12", id: `about-${name}` }, said) : null,
        ),
      ),
    );
  }
  const show = () => {
    for (const [name, box] of boxes) box.checked = city.isOn(name);
  };
  const toggle = () => {
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
    opener.setAttribute("aria-pressed", String(!panel.hidden));
  };
  const opener = control("layers", t.map.layers, toggle, "L");
  opener.setAttribute("aria-expanded", "false");
  slots.controls.append(opener);
  keys.add({ key: "l", does: t.map.layers, run: toggle });
  corner.prepend(panel);
  city.onChange(show);
  show();
}
