"""A page of the planner on a plan of four squares, worked on with a real mouse and real keys."""

from pyproj import Transformer

from tests import planned

TO_DEGREES = Transformer.from_crs(planned.EPSG, 4326, always_xy=True)
MIDDLE = TO_DEGREES.transform(planned.ORIGIN_M[0] + 300, planned.ORIGIN_M[1] + 300)
DRAWN_MIDDLE = (123.003, 41.003)
PIXEL = """([lon, lat]) => {
  const map = gisGrid.city.map, half = 20037508.342789244;
  const north = Math.log(Math.tan((90 + lat) * Math.PI / 360)) * half / Math.PI;
  const [x, y] = map.getPixelFromCoordinate([lon * half / 180, north]);
  const box = map.getTargetElement().getBoundingClientRect();
  return [x + box.x, y + box.y];
}"""
A_WHILE = "() => new Promise((done) => setTimeout(done, 150))"
"""Time of the page, in which a question of a drag that waits for its turn is sent."""
CARD = """() => [...document.querySelectorAll('.plan-card tbody tr')].map(
  (row) => [...row.cells].slice(1).map((cell) => cell.textContent))"""


class Planner:
    """A page of a planner who works on one plan, whose grids are squares of 100 m."""

    def __init__(self, watched, number):
        self.watched, self.page, self.number = watched, watched.page, number
        self.ready()

    def until(self, expression):
        """Wait long: other tests may keep this machine busy."""
        self.watched.until(expression, seconds=60)

    def ready(self):
        """Wait until the plan is on the map."""
        self.until("globalThis.gisGridDraft !== undefined")
        self.watched.rest()

    def tool(self, key):
        """Choose a tool by its key; the blocks of the view are read then."""
        self.page.keyboard.press(key)
        if key in "brdn":
            self.until("gisGridDraft.blocks.size > 0")

    def place(self, x_m, y_m):
        """Return the pixel of a place of the plan, in metres from its south-western corner."""
        east, north = planned.ORIGIN_M
        return self.page.evaluate(PIXEL, TO_DEGREES.transform(east + x_m, north + y_m))

    def press(self, x_m, y_m):
        self.page.mouse.move(*self.place(x_m, y_m))
        self.page.mouse.down()

    def drag(self, *places):
        for place in places:
            self.page.mouse.move(*self.place(*place), steps=6)

    def click(self, x_m, y_m, **options):
        self.page.mouse.click(*self.place(x_m, y_m), **options)

    def answered(self):
        """Wait until the last question of a drag is answered and shown."""
        for _ in range(2):  # it may have waited for the answer to the one before
            self.page.evaluate(A_WHILE)
            self.watched.quiet("/previews")
        self.page.evaluate(A_WHILE)

    def at_step(self, step):
        """Wait until a step is acknowledged, and see that the service says the same."""
        self.until(f"gisGridDraft.plan.step === {step} && !gisGridDraft.busy")
        assert self.get("")["step"] == step

    def get(self, path):
        return self.page.evaluate(
            "(path) => gisGrid.api.get(path)", f"/api/v1/plans/{self.number}{path}"
        )

    def grids(self):
        """Return the blocks of each grid as the service has them."""
        found = {}
        for block in self.get("/blocks?bbox=-180,-90,180,90")["features"]:
            found.setdefault(block["properties"]["grid_code"], []).append(block["id"])
        return found

    def areas(self):
        features = self.get("/grids")["features"]
        return {one["id"]: one["properties"]["area_m2"] for one in features}

    def shown(self):
        """Return the areas of the grids as the page has them."""
        return self.page.evaluate(
            "() => Object.fromEntries([...gisGridDraft.grids.values()]"
            ".map((one) => [one.id, one.properties.area_m2]))"
        )


def made(watched, path, body):
    """Begin a plan without a page; return its number."""
    ask = watched.page.request
    csrf = ask.get(f"{watched.address}/api/v1/session").json()["csrf"]
    headers = {"Origin": watched.address, "X-CSRF-Token": csrf}
    answer = ask.post(watched.address + path, data=body, headers=headers)
    assert answer.status == 201, answer.text()
    return answer.json()["number"]


def code(column, row):
    return f"B{row * planned.SIDE + column + 1:06d}"
