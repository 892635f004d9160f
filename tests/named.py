"""The drawn city with names, numbers and addresses to look for, and with names that attack."""

import shapely
from sqlalchemy import Engine

from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from tests import drawn, stored
from tests.drawn import BOXES, SIDE, SOUTH, WEST

NAMES = {
    "c": "画市",
    "d": "河东区",
    "s": "宁梅街道",
    "w": "长柏社区",
    "e": "安泉社区",
    "A": "长柏花园第1网格",
    "B": "长柏花园第2网格",
    "G": "德平苑网格",
}
HOSTILE = (
    "<img src=x onerror=\"window.hurt='img'\">",
    "</script><script>window.hurt='script'</script>",
    "\u202eדגל\u202c {{7*7}} ${alert(1)}",
    "🏠🔥&amp;\"'`\\",
    "长" * 5_000 + "<svg onload=window.hurt=1>",
)
"""Names that must only ever be seen."""


MANY = 250
"""Facilities more, so that a list has pages."""


def house(letter, column, row):
    """Return a footprint of some 9 by 9 metres in a grid."""
    west, south, _, _ = BOXES[letter].bounds
    x, y = west + 0.0002 + column * 0.0004, south + 0.0002 + row * 0.0004
    return shapely.box(x, y, x + 0.0001, y + 0.0001)


def frames():
    """Return layers whose features have names."""
    buildings = [
        ("b21", "2号楼", "河东区德平苑2号楼", "G", 0, 0),
        ("b22", "3号楼", "河东区德平苑3号楼", "G", 1, 0),
        ("b23", "12号楼", None, "G", 2, 0),
        ("b24", "12号", "河东区望溪路12号", "B", 0, 0),
        ("b25", "120号", "河东区望溪路120号", "B", 1, 0),
        ("b26", "河东区政务大厅", "河东区望溪路1号", "B", 2, 0),
    ]
    rows = [
        {"code": code, "name": name, "address": address, "parent_code": up, "grid_code": up}
        for code, name, address, up, _, _ in buildings
    ]
    lamps = [
        ("2101010118000307", "望溪路-0307", "2030307", "望溪路", "B", "0118"),
        ("2101010118000308", "望溪路-0308", None, "望溪路", "B", "0118"),
        ("2101010118001307", "画街-1307", None, "画街", "A", "0118"),
        ("2101010103000307", None, None, "画街", "C", "0103"),
    ]
    facilities = [
        (
            {
                "code": code,
                "category": category,
                "dialect": "2007",
                "name": "路灯" if category == "0118" else "雨水井盖",
                "painted_number": painted,
                "police_number": police,
                "street": street,
                "address": f"河东区{street}",
            },
            letter,
        )
        for code, painted, police, street, letter, category in lamps
    ]
    doors = [
        ({"code": f"{building}0{number}", "name": f"{number}单元", "building_code": building}, "G")
        for building in ("b21", "b22")
        for number in (1, 2)
    ]
    lines = [
        shapely.LineString([(WEST + n * SIDE, SOUTH), (WEST + (n + 1) * SIDE, SOUTH)])
        for n in range(3)
    ]
    return {
        "buildings": drawn.layer(
            "buildings", rows, [house(up, column, row) for *_, up, column, row in buildings]
        ),
        "entrances": drawn.points("entrances", doors),
        "facilities": drawn.points("facilities", [*facilities, *_many()]),
        "cameras": drawn.points(
            "cameras", [({"code": "21990200041320000025", "name": "长柏社区路口0025"}, "A")]
        ),
        "places": drawn.points(
            "places",
            [
                ({"code": "p2", "category": "kindergarten", "name": "长柏幼儿园"}, "A"),
                (
                    {
                        "code": "p3",
                        "category": "kindergarten",
                        "name": "小太阳幼儿园",
                        "address": "河东区安泉社区",
                    },
                    "C",
                ),
            ],
        ),
        "streets": drawn.layer(
            "streets",
            [{"code": f"s{n}", "name": "望溪路", "category": "local"} for n in range(3)],
            lines,
        ),
        "gates": drawn.points(
            "gates", [({"code": "g1", "name": "长柏花园1号门", "parent_code": "A"}, "A")]
        ),
        "speakers": drawn.points("speakers", [({"code": "y1", "name": "长柏广播音柱"}, "B")]),
    }


def _many():
    return [
        ({"code": f"t{n:03}", "category": "0101", "street": f"{MANY - n}街"}, "ABC"[n % 3])
        for n in range(MANY)
    ]


def store(engine: Engine) -> None:
    """Put the city into a migrated database."""
    stored.put(engine, _fill)


def _fill(engine: Engine) -> None:
    drawn.store(engine)
    with sessions(engine).begin() as session:
        later = drawn.START.replace(month=2)
        GenerationStore(session).publish(drawn.grids(NAMES), name="有名", valid_from=later)
        layers = LayerStore(session)
        for name, frame in frames().items():
            layers.upsert(name, frame)


def hostile_frames():
    """Return a feature with every hostile name in every layer that has names."""
    letters = "ABCDE"
    named = [({"code": f"x{n}", "name": name}, letters[n]) for n, name in enumerate(HOSTILE)]
    required = {
        "facilities": {"category": "0118"},
        "places": {"category": "market"},
        "entrances": {"building_code": "b1"},
    }
    found = {
        layer: drawn.points(layer, [(row | required.get(layer, {}), at) for row, at in named])
        for layer in ("entrances", "facilities", "cameras", "speakers", "places", "gates")
    }
    rows = [row | {"address": row["name"], "grid_code": at} for row, at in named]
    boxes = [house(at, 3, 3) for _, at in named]
    found["buildings"] = drawn.layer("buildings", rows, boxes)
    parks = [row | {"category": "green"} for row, _ in named]
    found["landcover"] = drawn.layer("landcover", parks, boxes)
    roads = [row | {"category": "local"} for row, _ in named]
    rings = [shapely.LineString(box.exterior.coords) for box in boxes]
    found["streets"] = drawn.layer("streets", roads, rings)
    found["walls"] = drawn.layer("walls", [row for row, _ in named], rings)
    return found


def store_hostile(engine: Engine) -> None:
    """Put names that attack into every layer of a migrated database, grids included."""
    drawn.store(engine)
    with sessions(engine).begin() as session:
        names = dict(zip("ABCDE", HOSTILE, strict=True))
        later = drawn.START.replace(month=2)
        GenerationStore(session).publish(drawn.grids(names), name="敌意", valid_from=later)
        layers = LayerStore(session)
        for name, frame in hostile_frames().items():
            layers.upsert(name, frame)
