/** Move a building, or a whole compound, to another grid: click it, then the grid. */

import { text } from "../../map/style/paint.ts";
import { h } from "../../ui/dom.ts";
import type { Shape } from "../map/shapes.ts";
import { areaAt, ringsOf } from "../map/streets.ts";
import type { Bench, Spot, Tool } from "./tool.ts";

type What = "building" | "compound";

interface Thing {
  code: string;
  name: string;
  shape: Shape;
}

export function buildingTool(bench: Bench): Tool {
  const { overlay, words, hint, shell } = bench;
  let what: What = "building";
  let thing: Thing | null = null;

  const show = () => {
    const one = thing;
    overlay.set("taken", (pen) => {
      const { accent, casing } = bench.colours();
      if (!one) return;
      pen.hatch(one.shape, `${accent}6b`, 6);
      pen.outline(one.shape, { color: casing, width: 5 }, { color: accent, width: 2.4 });
    });
    overlay.render();
    const kinds = (["building", "compound"] as const).map((kind) =>
      h(
        "button",
        {
          type: "button",
          "aria-pressed": String(what === kind),
          onclick: () => {
            what = kind;
            thing = null;
            show();
          },
        },
        words[kind],
      ),
    );
    const { bldTo, bldPick, compoundPick } = words.hints;
    hint.say(
      h("div", { class: "seg", role: "group", "aria-label": words.tools.bld }, ...kinds),
      h("span", {}, one ? bldTo(one.name) : what === "building" ? bldPick : compoundPick),
    );
  };
  const find = ({ at }: Spot): Thing | null => {
    const { city } = shell;
    const area =
      what === "building"
        ? areaAt(city.inView("buildings"), at, () => true)
        : areaAt(city.inView("grids"), at, (one) => text(one, "level") === "compound");
    const code = area ? text(area, "code") : "";
    return area && code ? { code, name: text(area, "name") || code, shape: ringsOf(area) } : null;
  };

  return {
    id: "bld",
    icon: "bld",
    key: "h",
    activate: show,
    deactivate() {
      thing = null;
      overlay.set("taken", null);
      overlay.render();
      hint.clear();
    },
    click(spot: Spot) {
      const to = bench.grids.at(spot.at);
      if (!thing) thing = find(spot);
      else if (to) {
        const { code } = thing;
        const wish =
          what === "building"
            ? ({ do: "move_building", building: code, to: to.id } as const)
            : ({ do: "move_compound", compound: code, to: to.id } as const);
        void bench.take(wish);
        thing = null;
      }
      show();
    },
    cancel() {
      const was = thing !== null;
      thing = null;
      show();
      return was;
    },
  };
}
