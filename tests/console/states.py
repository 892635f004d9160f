"""How what can be used on a page looks at rest, under the pointer, pressed and in the focus."""

from collections import Counter

SAME = 2
"""So many of a kind are looked at; more of them are drawn by the same rule."""

CONTRAST = 3.0
"""Of the ring with what it is drawn on (WCAG 2.2, 1.4.11)."""

FOUND = """() => {
  const dialog = document.querySelector("dialog[open]");
  const used = 'button, a[href], input, select, textarea, summary, [tabindex], [role="option"]';
  return [...document.querySelectorAll(used)].filter((one) =>
    one.checkVisibility({ visibilityProperty: true }) && one.getClientRects().length &&
    (!dialog || dialog.contains(one)));
}"""

NAME = """function () {
  const label = this.getAttribute("aria-label") || this.title || this.textContent || this.name;
  const kind = [this.tagName.toLowerCase(), ...this.classList].join(".");
  const states = ["aria-pressed", "aria-current", "aria-selected"];
  const state = states.map((one) => this.getAttribute(one) ?? "").join(" ").trim();
  const above = this.parentElement;
  return { kind: `${above?.className || above?.tagName} > ${kind} ${state}`,
    name: label.trim().slice(0, 24), disabled: Boolean(this.disabled), here: this.isConnected,
    surface: this.matches(".map, main, table, .scroll, .skip, .visually-hidden"),
    skipped: this.matches("main") };
}"""
"""A surface is not pressed itself, what lies in it is; the link past the bar leads to `main`."""

SEEN = """function () {
  const said = ["color", "backgroundColor", "borderTopColor", "borderBottomColor", "boxShadow",
    "textDecorationLine", "textDecorationColor", "textDecorationThickness", "opacity", "filter"];
  const read = (one) => { const style = getComputedStyle(one); return said.map((n) => style[n]); };
  const around = this.closest("label, .find-box");
  const parts = [this, ...this.children, ...(around ? [around] : [])];
  return [JSON.stringify(parts.map(read)), getComputedStyle(this).cursor];
}"""

PARENT = """function () {
  this.scrollIntoView({ block: "nearest" });
  return this.parentElement ?? document.body;
}"""

RING = """function (least) {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => parts(colour).slice(0, 3).map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const style = (one) => getComputedStyle(one);
  const wide = (one) => parseFloat(style(one).outlineWidth);
  const ringed = (one) => style(one).outlineStyle !== "none" && wide(one) >= 2;
  const holder = ringed(this) ? this : this.parentElement;
  if (!ringed(holder)) return "has no ring";
  const off = parseFloat(style(holder).outlineOffset);
  let under = off < 0 ? holder : holder.parentElement;
  const solid = (one) => (parts(style(one).backgroundColor)[3] ?? 1) > 0.5;
  while (under.parentElement && !solid(under)) under = under.parentElement;
  const [high, low] = [style(holder).outlineColor, style(under).backgroundColor].map(light)
    .sort((one, other) => other - one);
  const contrast = (high + 0.05) / (low + 0.05);
  if (contrast < least) return `has a ring of ${contrast.toFixed(2)}:1`;
  const box = holder.getBoundingClientRect();
  const more = off + wide(holder) - 0.6;
  for (let one = holder.parentElement; one; one = one.parentElement) {
    if (style(one).overflowX === "visible" || one === document.body) continue;
    const frame = one.getBoundingClientRect();
    if (box.left - more < frame.left || box.right + more > frame.right ||
        box.top - more < frame.top || box.bottom + more > frame.bottom)
      return `has a ring that ${one.className || one.tagName} cuts off`;
  }
  return "";
}"""


class Looker:
    """One page, looked at through the inspector: it can hold a state that no pointer makes."""

    def __init__(self, page):
        self._cdp = page.context.new_cdp_session(page)
        for domain in ("DOM", "CSS"):
            self._cdp.send(f"{domain}.enable")
        self._cdp.send("DOM.getDocument", {"depth": 0})

    def faults(self):
        """Return what is wrong, and how many things can be used."""
        seen, wrong = Counter(), []
        found = self._found()
        for thing in found:
            told = self._call(thing, NAME)
            seen[told["kind"]] += 1
            if told["here"] and seen[told["kind"]] <= SAME:
                name = f"{told['kind']} {told['name']!r}"
                faults = [f"{name} {fault}" for fault in self._faults_of(thing, told)]
                if self._call(thing, NAME)["here"]:  # it was not drawn anew meanwhile
                    wrong += faults
        return wrong, len(found)

    def _faults_of(self, thing, told):
        nodes = self._node(thing), self._node(self._call(thing, PARENT, by_value=False))
        rest, cursor = self._looks(thing, nodes)
        hover, _ = self._looks(thing, nodes, "hover")
        if told["disabled"]:
            if hover != rest:
                yield "is disabled and answers the pointer"
            if cursor != "not-allowed":
                yield f"is disabled and has the cursor {cursor}"
            return
        if not told["surface"]:
            if hover == rest:
                yield "has no hover"
            if self._looks(thing, nodes, "hover", "active")[0] in {hover, rest}:
                yield "has no pressed look"
        if not told["skipped"]:
            yield from filter(None, [self._ring(thing, nodes)])

    def _ring(self, thing, nodes):
        self._force(nodes[:1], "focus", "focus-visible")
        self._force(nodes[1:], "focus-within")
        ring = self._call(thing, RING, CONTRAST)
        self._force(nodes)
        return ring

    def _looks(self, thing, nodes, *states):
        self._force(nodes, *states)
        looks = self._call(thing, SEEN)
        self._force(nodes)
        return looks

    def _force(self, nodes, *states):
        for node in nodes:
            given = {"nodeId": node, "forcedPseudoClasses": list(states)}
            self._cdp.send("CSS.forcePseudoState", given)

    def _node(self, thing):
        return self._cdp.send("DOM.requestNode", {"objectId": thing})["nodeId"]

    def _call(self, thing, function, *more, by_value=True):
        given = {"objectId": thing, "functionDeclaration": function, "returnByValue": by_value}
        given["arguments"] = [{"value": one} for one in more]
        result = self._cdp.send("Runtime.callFunctionOn", given)["result"]
        return result["value"] if by_value else result["objectId"]

    def _found(self):
        listed = self._cdp.send("Runtime.evaluate", {"expression": f"({FOUND})()"})["result"]
        given = {"objectId": listed["objectId"], "ownProperties": True}
        own = self._cdp.send("Runtime.getProperties", given)["result"]
        return [one["value"]["objectId"] for one in own if one["name"].isdigit()]
