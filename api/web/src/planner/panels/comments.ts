/** What people say of a plan, of one of its grids or of a place; text is only ever text. */

import { count, moment } from "../../i18n/format.ts";
import { h, replace } from "../../ui/dom.ts";
import { icon } from "../../ui/icons.ts";
import { skeleton, state } from "../../ui/parts.ts";
import type { PlanDesk } from "./desk.ts";
import type { Pane, Tally } from "./panel.ts";

interface Comment {
  id: number;
  at: string;
  author: string;
  text: string;
  grid_code: string | null;
  lon: number | null;
  lat: number | null;
}

const MOST = 4000;
const CLOSE_ZOOM = 17;

export function mountComments(desk: PlanDesk, tally: Tally): Pane {
  const { draft, shell, w } = desk;
  const list = h("ul", { class: "pl-comments" }, skeleton(3));
  let known: Comment[] = [];
  const show = () => {
    tally(count(known.length));
    if (known.length) replace(list, ...known.map((one) => h("li", {}, said(desk, one))));
    else replace(list, h("li", {}, state("mic", w.comments.none, w.comments.noneNote)));
  };
  const load = async () => {
    try {
      known = (await shell.api.get<{ comments: Comment[] }>(`${draft.base}/comments`)).comments;
      show();
    } catch (error) {
      desk.complain(error);
      replace(
        list,
        h(
          "li",
          {},
          state("alert", shell.t.states.failed, "", {
            label: shell.t.states.retry,
            run: () => void load(),
          }),
        ),
      );
    }
  };
  void load();
  const add = (one: Comment) => {
    known = [...known, one];
    show();
    list.lastElementChild?.scrollIntoView({ block: "nearest" });
  };
  const element = h(
    "div",
    { class: "pl-pane" },
    h("section", { class: "sec" }, list),
    desk.may.write ? form(desk, add) : null,
  );
  return { element, open: () => void load() };
}

function said(desk: PlanDesk, one: Comment): HTMLElement {
  const { w, shell } = desk;
  const { lon, lat, grid_code: grid } = one;
  const where =
    grid !== null
      ? h(
          "button",
          { type: "button", class: "pl-link mono", onclick: () => desk.reveal(grid) },
          grid,
        )
      : lon !== null && lat !== null
        ? h(
            "button",
            {
              type: "button",
              class: "pl-link",
              onclick: () => shell.city.go({ lon, lat, zoom: CLOSE_ZOOM }),
            },
            icon("here"),
            w.comments.place,
          )
        : null;
  return h(
    "article",
    {},
    h(
      "div",
      { class: "row sp t12 dim" },
      h("span", {}, one.author, " ", where),
      h("time", { datetime: one.at }, moment(one.at, shell.lang)),
    ),
    h("p", {}, one.text),
  );
}

/** What it is about: the plan, the grid that is selected, or the middle of the map. */
function form(desk: PlanDesk, add: (one: Comment) => void): HTMLElement {
  const { draft, shell, w } = desk;
  const text = h("textarea", {
    class: "inp pl-text",
    rows: 3,
    maxlength: MOST,
    "aria-label": w.comments.text,
    placeholder: w.comments.text,
  });
  const about = h(
    "select",
    { class: "inp small", "aria-label": w.comments.about },
    h("option", { value: "plan" }, w.comments.plan),
    h("option", { value: "grid" }, w.comments.grid("")),
    h("option", { value: "place" }, w.comments.middle),
  );
  const grid = about.options.item(1);
  const follow = () => {
    const code = draft.picked.get().grids[0] ?? "";
    if (!grid) return;
    grid.textContent = w.comments.grid(code);
    grid.disabled = !code;
    if (!code && about.value === "grid") about.value = "plan";
  };
  follow();
  draft.on("picked", follow);
  const send = async () => {
    if (!text.value.trim()) {
      text.focus();
      return;
    }
    const body: Record<string, unknown> = { text: text.value };
    if (about.value === "grid") body["grid_code"] = draft.picked.get().grids[0];
    if (about.value === "place") {
      const { lon, lat } = shell.city.centre();
      Object.assign(body, { lon, lat });
    }
    try {
      add(await shell.api.send<Comment>("POST", `${draft.base}/comments`, body));
      text.value = "";
    } catch (error) {
      desk.complain(error);
    }
  };
  const made = h(
    "form",
    { class: "sec pl-say" },
    text,
    h(
      "div",
      { class: "row sp" },
      about,
      h("button", { type: "submit", class: "btn sm pri" }, w.comments.send),
    ),
  );
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    void send();
  });
  return made;
}
