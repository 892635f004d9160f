"""Random requests of random users against a brute-force oracle: not one row from outside."""

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from api.app import create_app
from gis_grid.accounts.roles import Role
from gis_grid.router.cells import encode
from gis_grid.services.publishing import publish_grids
from gis_grid.settings import Settings
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.layers import LayerStore
from gis_grid.values.layers import INCIDENT_STATES, LAYERS
from tests import asyncs, databases, drawn, redrawn
from tests.api.test_matrix import new_plans
from tests.asking import serving
from tests.signed import bearer, token
from tests.tiled import decoded

NOW = {"E": "Z"}
"""The drawn city's second generation calls E now Z: who held E holds Z."""

PARENT = {"c": None, "d": "c", "s": "d", "w": "s", "e": "s"} | {
    NOW.get(letter, letter): "e" if letter in "CFI" else "w" for letter in drawn.BOXES
}
STATES = dict.fromkeys(LAYERS, ("intact", "lost")) | {"incidents": INCIDENT_STATES}
PLACES = ("c", "d", "s", "w", "e", *drawn.BOXES)
"""Grids of the first generation."""

POINTS = ("facilities", "cameras", "speakers", "places", "entrances", "incidents")
SCOPED = (*POINTS, "officers", "grids")
TILES = ("facilities", "cameras", "places", "incidents", "grids", "grid_labels")
SEED = 20261121
REQUESTS = int(os.environ.get("GIS_GRID_TEST_REQUESTS", "1000"))
"""10,000 take a minute: GIS_GRID_TEST_REQUESTS=10000 pytest -s tests/api/test_scope.py"""


@dataclass(frozen=True)
class User:
    """Somebody with a token, and what the oracle knows of them."""

    headers: dict
    here: frozenset | None
    """Codes of grids that they may know, of all generations; None is everything."""

    def sees(self, owner):
        return self.here is None or owner in self.here


def features(rng):
    """Return random points of every layer in every grid and outside of all, with their owner."""
    letters = [*drawn.BOXES]
    for name in POINTS:
        chosen = rng.choice(letters, 40)
        lonlat = [_in(drawn.BOXES[letter], rng) for letter in chosen]
        lon, lat = np.array(lonlat).T
        columns = {
            "code": [f"{name[:2]}{number}" for number in range(40)],
            "grid_code": [str(one) if number % 13 else None for number, one in enumerate(chosen)],
            "cell": encode(lon=lon, lat=lat),
            "name": [f"网格{one}" for one in chosen],
            "category": ["0118"] * 40,
            "building_code": ["b1"] * 40,
            "state": [str(one) for one in rng.choice(STATES[name], 40)],
            "reported_at": [drawn.START + timedelta(hours=number) for number in range(40)],
        }  # fmt: skip
        fields = [field for field in LAYERS[name].field_names if field in columns]
        frame = pd.DataFrame({field: columns[field] for field in fields})
        yield name, gpd.GeoDataFrame(frame, geometry=shapely.points(lon, lat), crs="EPSG:4326")
    posts = [{"code": f"o{code}", "name": "x", "area_code": code} for code in (*PARENT, "E")]
    yield "officers", drawn.layer("officers", posts)


def _in(box, rng):
    west, south, east, north = box.bounds
    return rng.uniform(west + 1e-5, east - 1e-5), rng.uniform(south + 1e-5, north - 1e-5)


def below(code):
    """Return a grid and everything below it by walking up from each, and what became of them."""
    found = set()
    for one in PARENT:
        above = one
        while above is not None and above != code:
            above = PARENT[above]
        if above == code:
            found.add(one)
    return found | {old for old, new in NOW.items() if new in found}


def held(code):
    return frozenset(below(NOW.get(code, code)))


def users(url, rng, numbers, places):
    """Make accounts with one to three random roles on random grids, one of them everywhere."""
    made = []
    for number in numbers:
        codes = [None] if number == 0 else list(rng.choice(places, rng.integers(1, 4)))
        grants = [(Role(rng.choice([*Role])), code and str(code)) for code in codes]
        limit = None
        here = None if None in codes else frozenset().union(*map(held, codes))
        if number % 4 == 3 and here is not None:  # a token for less than its account
            role, code = grants[0]
            limit, here = [(role, code)], held(code)
        text = token(url, *grants, code=f"user{number}", scope=limit)
        made.append(User(bearer(text), here))
    return made


def plans_of(engine):
    """Begin a plan with a job for several areas; return the job of each."""
    with sessions(engine).begin() as session:
        begun = [new_plans(session, area) for area in ("c", "s", "w", "e", "w")]
    return {draft: job for draft, _, job in begun}


class Oracle:
    """Every row with its owner, as a plain table."""

    def __init__(self, engine):
        self.rows = {}
        with sessions(engine).begin() as session:
            for name in SCOPED:
                frame = LayerStore(session).read(name)
                owner = {"grids": "code", "officers": "area_code"}.get(name, "grid_code")
                owners = [one if isinstance(one, str) else None for one in frame[owner]]
                shapes = frame.geometry if name != "officers" else [None] * len(frame)
                self.rows[name] = list(zip(frame["code"], owners, shapes, strict=True))

        self.plans = plans_of(engine)

    def codes(self, name, user, *, grid=None, bbox=None):
        box = None if bbox is None else shapely.box(*bbox)
        return sorted(
            code
            for code, owner, shape in self.rows[name]
            if user.sees(owner)
            and (grid is None or owner == grid)
            and (box is None or box.intersects(shape))
        )

    def owner(self, name, code):
        return next(owner for one, owner, _ in self.rows[name] if one == code)


def random_box(rng):
    west, east = sorted(rng.uniform(drawn.WEST - 0.001, drawn.WEST + 0.007, 2))
    south, north = sorted(rng.uniform(drawn.SOUTH - 0.001, drawn.SOUTH + 0.007, 2))
    return west, south, east, north


async def one_list(ask, user, oracle, rng):
    name = str(rng.choice(SCOPED))
    query, grid, bbox = {"limit": 500}, None, None
    if name not in {"officers", "grids"} and rng.random() < 0.3:
        query["grid"] = grid = str(rng.choice([*PARENT]))
    if name != "officers" and rng.random() < 0.5:
        bbox = random_box(rng)
        query["bbox"] = ",".join(map(repr, map(float, bbox)))
    answer = await ask("GET", f"/api/v1/{name}", query, user.headers)
    found = [one["id"] for one in answer.json()["features"]]
    assert found == oracle.codes(name, user, grid=grid, bbox=bbox), (name, query)


async def one_page(ask, user, oracle, rng):
    name = str(rng.choice(SCOPED))
    mine = oracle.codes(name, user)
    after = str(rng.choice(mine)) if mine else "a"
    query = {"limit": 3, "after": after}
    answer = await ask("GET", f"/api/v1/{name}", query, user.headers)
    found = [one["id"] for one in answer.json()["features"]]
    assert found == [code for code in mine if code > after][:3]


async def one_item(ask, user, oracle, rng):
    name = str(rng.choice(SCOPED))
    code, owner, _ = oracle.rows[name][rng.integers(len(oracle.rows[name]))]
    answer = await ask("GET", f"/api/v1/{name}/{code}", None, user.headers)
    assert answer.status == (200 if user.sees(owner) else 404), (name, code)


async def one_search(ask, user, oracle, rng):
    name = str(rng.choice(["facilities", "cameras", "places", "grids"]))
    code = str(rng.choice([row[0] for row in oracle.rows[name]]))
    q = str(rng.choice([code, code[:2], "网格", f"网格{code}"]))
    answer = await ask("GET", "/api/v1/search", {"q": q, "limit": 20}, user.headers)
    kinds = {"facility": "facilities", "camera": "cameras", "place": "places", "grid": "grids"}
    for one in answer.json()["results"]:
        layer = kinds.get(one["kind"])
        if layer is not None:
            assert user.sees(oracle.owner(layer, one["code"])), (q, one)


async def one_point(ask, user, oracle, rng):
    letter = str(rng.choice([*drawn.BOXES]))
    lon, lat = _in(drawn.BOXES[letter], rng)
    query = {"lon": lon, "lat": lat, "accuracy_m": float(rng.choice([0, 50, 200]))}
    answer = await ask("GET", "/api/v1/route", query, user.headers)
    owner = NOW.get(letter, letter)
    assert answer.status == (200 if user.sees(owner) else 404)
    if answer.status == 200:
        told = answer.json()
        assert told["grid_code"] == owner
        named = [one["code"] for one in told["alternates"]]
        named += [one["area_code"] for one in told["officers"]]
        assert all(user.sees(code) for code in named), named


async def one_batch(ask, user, oracle, rng):
    letters = [str(one) for one in rng.choice([*drawn.BOXES], 5)]
    points = [_in(drawn.BOXES[letter], rng) for letter in letters]
    body = json.dumps({"points": points, "explain": bool(rng.random() < 0.3)}).encode()
    headers = user.headers | {"content-type": "application/json"}
    answer = await ask("POST", "/api/v1/route", None, headers, body)
    owners = [NOW.get(letter, letter) for letter in letters]
    told = answer.json()
    if answer.status == 200:
        assert told["grid_code"] == [one if user.sees(one) else None for one in owners]
        for one, explained in zip(owners, told["explained"] or owners, strict=True):
            assert (explained is not None) == (told["explained"] is None or user.sees(one))
    else:
        assert answer.status == 403, told


async def one_tile(ask, user, oracle, rng):
    name = str(rng.choice(TILES))
    z, x, y = ((14, 13790, 6142), (16, 55160, 24570), (16, 55161, 24569))[rng.integers(3)]
    answer = await ask("GET", f"/tiles/{name}/{z}/{x}/{y}.mvt", None, user.headers)
    source = "grids" if name == "grid_labels" else name
    for one in decoded(answer.body, name):
        code = one["properties"].get("code")
        assert code is None or user.sees(oracle.owner(source, code)), (name, code)


async def one_sum(ask, user, oracle, rng):
    told = (await ask("GET", "/api/v1/overview", None, user.headers)).json()
    for name in SCOPED:
        assert told["layers"][name] == len(oracle.codes(name, user)), name
    assert sum(told["states"].values()) == told["layers"]["incidents"]


async def one_queue(ask, user, oracle, rng):
    told = (await ask("GET", "/api/v1/queue", {"limit": 500}, user.headers)).json()
    found = {one["id"] for one in told["features"]}
    assert found <= set(oracle.codes("incidents", user))
    assert told["numberMatched"] == len(found)


async def one_chain(ask, user, oracle, rng):
    code = str(rng.choice([*PARENT]))
    answer = await ask("GET", f"/api/v1/chains/{code}", None, user.headers)
    assert answer.status == (200 if user.sees(code) else 404)


async def one_branch(ask, user, oracle, rng):
    parent = str(rng.choice([*PARENT, ""]))
    query = {"parent": parent} if parent else None
    answer = await ask("GET", "/api/v1/branches", query, user.headers)
    if parent and not user.sees(parent):
        assert answer.status == 404, parent
        return
    found = {one["code"] for one in answer.json()}
    if parent:
        assert found == {code for code, above in PARENT.items() if above == parent}
    else:
        mine = {code for code in PARENT if user.sees(code)}
        assert found == {code for code in mine if PARENT[code] not in mine}


async def one_plan(ask, user, oracle, rng):
    """Plans are for some roles only, perhaps on a part of what their user sees."""
    told = await ask("GET", "/api/v1/plans", None, user.headers)
    listed = {one["number"]: one["area_code"] for one in told.json().get("plans", [])}
    assert all(user.sees(area) for area in listed.values()), listed
    number = int(rng.choice([*oracle.plans]))
    below = str(rng.choice(["", "/numbers", "/comments", "/grids", "/steps", "/balances"]))
    query = {"since": 0} if below == "/steps" else None
    answer = await ask("GET", f"/api/v1/plans/{number}{below}", query, user.headers)
    if told.status == 403:
        assert answer.status == 403
    else:
        assert answer.status == (200 if number in listed else 404), (number, below)
    job = oracle.plans[number]
    answer = await ask("GET", f"/api/v1/jobs/{job}", None, user.headers)
    assert answer.status == (403 if told.status == 403 else 200 if number in listed else 404)


async def one_report(ask, user, oracle, rng):
    """A report is one file; no code of a thing from outside stands in it."""
    name = str(rng.choice(["facilities", "cameras", "grids"]))
    answer = await ask("GET", f"/api/v1/reports/{name}", None, user.headers)
    assert answer.status in {200, 404, 409, 422}, answer.body[:200]
    text = answer.body.decode()
    if name == "grids":
        shown = {f"网格{code}" for code in drawn.BOXES if not user.sees(NOW.get(code, code))}
    else:
        mine = set(oracle.codes(name, user))
        shown = {code for code, _, _ in oracle.rows[name] if len(code) > 3} - mine
    assert not [one for one in shown if f'"{one}"' in text], name


async def one_statistic(ask, user, oracle, rng):
    mine = len(oracle.codes("incidents", user))
    days = await ask("GET", "/api/v1/statistics/days", None, user.headers)
    assert days.status == 200
    heat = await ask("GET", "/api/v1/heat", None, user.headers)
    counted = [one["properties"].get("count") or 0 for one in heat.json().get("features", [])]
    assert sum(counted) <= mine


KINDS = (
    *(one_list, one_list, one_page, one_item, one_item, one_search),
    *(one_point, one_batch, one_tile, one_sum, one_queue, one_chain),
    *(one_branch, one_plan, one_plan, one_statistic),
)
RARE = one_report
"""Drawing a map takes its time: asked for one request in a hundred."""


async def ask_randomly(app, people, oracle, rng, count):
    cells = Counter()
    async with serving(app) as ask:
        for _ in range(count):
            kind, user = KINDS[rng.integers(len(KINDS))], people[rng.integers(len(people))]
            kind = RARE if rng.random() < 0.01 else kind
            await kind(ask, user, oracle, rng)
            cells[kind.__name__] += 1
    return cells


def run(url, folder, *, count, people):
    rng = np.random.default_rng(SEED)
    engine = open_engine(url)
    drawn.store(engine)
    with sessions(engine).begin() as session:
        for name, frame in features(rng):
            LayerStore(session).upsert(name, frame)
    half = people // 2
    asking = users(url, rng, range(half), [*PLACES])
    publish_grids(
        engine, redrawn.renumbered(), name="again", valid_from=drawn.START + timedelta(days=90)
    )
    asking += users(url, rng, range(half, people), [*PARENT])
    oracle = Oracle(engine)
    engine.dispose()
    app = create_app(Settings(database_url=url, cache_dir=folder / "cache"))
    cells = asyncs.run(ask_randomly(app, asking, oracle, rng, count))
    assert sum(cells.values()) == count
    sys.stdout.write(f"\n{count:,} requests of {people} users, no row from outside: {dict(cells)}")


@pytest.mark.slow
def test_random_requests_see_nothing_from_outside(tmp_path, sqlite_template):
    url = databases.sqlite_database(tmp_path, sqlite_template)
    run(url, tmp_path, count=REQUESTS, people=40)


@pytest.mark.slow
@pytest.mark.postgis
def test_postgis_answers_alike(tmp_path, postgis_server, postgis_template):
    with databases.postgis_database(postgis_server, postgis_template) as url:
        run(url, tmp_path, count=400, people=12)
