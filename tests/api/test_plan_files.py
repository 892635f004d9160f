"""Plans as files: what goes out comes in again unchanged, and bad rows are named."""

import csv
import io
import json
import zipfile

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import shapely

from gis_grid.accounts.roles import Role
from gis_grid.storage.database import open_engine
from tests import drawn
from tests.api.conftest import BOTH, new_database, served
from tests.signed import bearer, token


@pytest.fixture(scope="module", params=BOTH)
def client(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    with new_database(request, folder) as url:
        engine = open_engine(url)
        drawn.store(engine)
        engine.dispose()
        with served(url, folder) as client:
            client.url = url
            yield client


@pytest.fixture(scope="module")
def number(client):
    """Return a plan with a cut, a merger, a new code and a step that was taken back."""
    made = client.post("/api/v1/plans", json={"title": "秋季，调整\"'", "area_code": "s"}).json()
    number = made["number"]
    west, south, east, north = drawn.BOXES["E"].bounds
    line = [[(west + east) / 2, south - 0.001], [(west + east) / 2 + 0.0002, north + 0.001]]
    wishes = [
        {"do": "split_by_line", "grid": "E", "line": line, "code": "E9"},
        {"do": "merge", "grids": ["C"], "into": "F"},
        {"do": "rename", "codes": [["A", "=1+1"]]},
    ]
    for seen, wish in enumerate(wishes):
        assert step(client, number, wish, seen).status_code == 200
    for at, path in ((3, "undo"), (4, "redo")):
        address = f"/api/v1/plans/{number}/{path}"
        assert client.post(address, headers={"If-Match": f'"{at}"'}).status_code == 200
    return number


def step(client, number, wish, seen):
    headers = {"If-Match": f'"{seen}"'}
    return client.post(f"/api/v1/plans/{number}/steps", json=wish, headers=headers)


def export(client, number, how):
    answer = client.get(f"/api/v1/plans/{number}/export", params={"format": how})
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    return answer.content


def bring(client, content, *, onto=None, seen=None, kind="text/csv"):
    headers = {"Content-Type": kind} | ({"If-Match": f'"{seen}"'} if seen is not None else {})
    query = {} if onto is None else {"onto": onto}
    return client.post("/api/v1/plans/import", content=content, headers=headers, params=query)


def grids(client, number):
    return client.get(f"/api/v1/plans/{number}/grids").json()


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_plan_file_comes_in_again_unchanged(client, number):
    content = export(client, number, "plan")
    taken = bring(client, content, kind="application/json")
    assert taken.status_code == 201, taken.text
    plan = taken.json()["plan"]
    assert (plan["stage"], plan["step"], plan["title"]) == ("draft", 5, "秋季，调整\"'")
    assert export(client, plan["number"], "plan") == content
    assert grids(client, plan["number"]) == grids(client, number)
    steps = client.get(f"/api/v1/plans/{plan['number']}/steps?since=0").json()
    assert steps == client.get(f"/api/v1/plans/{number}/steps?since=0").json()
    merge = {"do": "merge", "grids": ["G"], "into": "H"}
    assert step(client, plan["number"], merge, 5).status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        (lambda d: d | {"version": 99}, 422, "version 99"),
        (lambda d: d | {"plan": {}}, 422, "plan.title"),
        (lambda d: {k: v for k, v in d.items() if k != "plan"}, 422, "which plan it is"),
        (lambda d: d | {"assignment": d["assignment"][:-1]}, 422, "'assignment'"),
        (lambda d: d | {"log": d["log"][1:]}, 422, "'log'"),
        (lambda d: d | {"plan": d["plan"] | {"area_code": "nowhere"}}, 404, "nowhere"),
        (
            lambda d: d | {"grids": [{**g, "code": f"x{g['code']}"} for g in d["grids"]]},
            422,
            "not as it should be in 'log'",
        ),
        (lambda d: d | {"plan": d["plan"] | {"area_code": "w"}}, 409, "no grid C here"),
        (
            lambda d: (
                d | {"log": [], "grids": [{**g, "code": f"x{g['code']}"} for g in d["grids"]]}
            ),
            409,
            "there is no grid A in the file",
        ),
        (
            lambda d: d | {"log": [], "assignment": [d["assignment"][0]] * len(d["assignment"])},
            409,
            "has other ground",
        ),
    ],
)
def test_a_plan_file_that_does_not_fit_is_refused(client, number, change, status, said):
    document = json.loads(export(client, number, "plan"))
    refused = bring(client, json.dumps(change(document)), kind="application/json")
    assert refused.status_code == status, refused.text
    assert said in refused.json()["detail"]
    assert bring(client, b"[" * 100_000, kind="application/json").status_code == 422


def test_the_assignment_goes_out_and_comes_in(client, number):
    content = export(client, number, "csv")
    told = {one["block"]: one["grid"] for one in rows_of(content)}
    blocks = client.get(f"/api/v1/plans/{number}/blocks?bbox=-180,-90,180,90").json()["features"]
    assert told == {one["id"]: one["properties"]["grid_code"] for one in blocks}
    same = bring(client, content, onto=number, seen=5).json()
    assert (same["entry"], same["moved"], same["rejected"]) == (None, 0, 0)
    assert same["unchanged"] == len(told)
    copy = client.post(f"/api/v1/plans/{number}/copies", json={"title": "x"}).json()["number"]
    assert step(client, copy, {"do": "merge", "grids": ["D"], "into": "G"}, 5).status_code == 200
    renewed = step(client, copy, {"do": "new_grid", "blocks": [blocks_of(told, "D")[0]],
                                  "code": "D"}, 6)  # fmt: skip
    assert renewed.status_code == 200, renewed.text
    back = bring(client, content, onto=copy, seen=7)
    assert back.status_code == 201, back.text
    assert {one["block"]: one["grid"] for one in rows_of(export(client, copy, "csv"))} == told


@pytest.mark.parametrize("how", ["gpkg", "shp", "xlsx"])
def test_a_map_or_a_workbook_goes_out_and_comes_in(client, number, how):
    content, told = export(client, number, how), assignment(client, number)
    copy = client.post(f"/api/v1/plans/{number}/copies", json={"title": "x"}).json()["number"]
    blocks = blocks_of(told, "D")
    moved = {"do": "move_blocks", "blocks": blocks, "to": "G"}
    assert step(client, copy, moved, 5).status_code == 200
    back = bring(client, content, onto=copy, seen=6, kind="application/octet-stream").json()
    assert (back["moved"], back["rejected"], back["doubted"]) == (len(blocks), 0, 0)
    assert (back["untouched"], back["entry"]["number"]) == (0, 7)
    assert assignment(client, copy) == told
    same = bring(client, content, onto=copy, seen=7, kind="application/octet-stream").json()
    assert (same["entry"], same["moved"]) == (None, 0)


def test_a_layer_of_a_map_is_chosen_and_what_does_not_fit_is_told(client, number):
    content = export(client, number, "gpkg")
    copy = client.post(f"/api/v1/plans/{number}/copies", json={"title": "x"}).json()["number"]
    west, south, east, north = drawn.BOXES["G"].bounds
    line = [[(west + east) / 2, south - 0.001], [(west + east) / 2 + 0.0001, north + 0.001]]
    wish = {"do": "split_by_line", "grid": "G", "line": line, "code": "G9"}
    assert step(client, copy, wish, 5).status_code == 200
    query = {"onto": copy, "layer": "nowhere"}
    headers = {"If-Match": '"6"'}
    address = "/api/v1/plans/import"
    refused = client.post(address, content=content, params=query, headers=headers)
    assert (refused.status_code, "no layer 'nowhere'" in refused.json()["detail"]) == (422, True)
    query["layer"] = "grids"
    taken = client.post(address, content=content, params=query, headers=headers).json()
    assert (taken["moved"] > 0, taken["rejected"], taken["doubted"]) == (True, 0, 0)
    assert "G9" not in set(assignment(client, copy).values())


def assignment(client, number):
    return {one["block"]: one["grid"] for one in rows_of(export(client, number, "csv"))}


def blocks_of(told, grid):
    return [block for block, owner in told.items() if owner == grid]


def test_bad_rows_are_named_and_the_good_ones_are_taken(client, number):
    copy = client.post(f"/api/v1/plans/{number}/copies", json={"title": "x"}).json()["number"]
    told = {one["block"]: one["grid"] for one in rows_of(export(client, copy, "csv"))}
    good, other = blocks_of(told, "G")[0], blocks_of(told, "I")[0]
    table = f"地块,备注,网格\n{good},ok,H\nB999,,H\n{other},,nowhere\n{good},,I\n\n{other}\n"
    taken = bring(client, table.encode("gb18030"), onto=copy, seen=5)
    assert taken.status_code == 201, taken.text
    found = taken.json()
    assert (found["moved"], found["rejected"], found["plan"]["step"]) == (2, 3, 6)
    assert found["entry"]["title"] == "2 blocks by a table"
    assert [(one["row"], one["field"], one["value"]) for one in found["rejects"]] == [
        (3, "block", "B999"),
        (4, "grid", "nowhere"),
        (5, "block", good),
    ]
    assert found["rejects"][2]["reason"] == "row 2 puts this block into another grid"
    after = {one["block"]: one["grid"] for one in rows_of(export(client, copy, "csv"))}
    assert (after[good], after[other]) == ("H", "")
    undone = client.post(f"/api/v1/plans/{copy}/undo", headers={"If-Match": '"6"'})
    assert undone.status_code == 200


def test_bad_rows_of_a_workbook_are_named_and_numbers_are_codes(client, number):
    copy = client.post(f"/api/v1/plans/{number}/copies", json={"title": "x"}).json()["number"]
    wish = {"do": "rename", "codes": [["H", "219901001001001"]]}
    assert step(client, copy, wish, 5).status_code == 200
    told = assignment(client, copy)
    good, other, third = (blocks_of(told, grid)[0] for grid in "GIB")
    rows = [
        (" 网格 ", "备注", "Block"),
        (219901001001001, "a number", good),
        ("H", None, "B999"),
        (None, None, None),
        (2199010010010011, "sixteen digits", third),
        (None, None, other),
        (1.5, None, third),
    ]
    taken = bring(client, workbook(rows), onto=copy, seen=6)
    assert taken.status_code == 201, taken.text
    found = taken.json()
    assert (found["moved"], found["rejected"], found["plan"]["step"]) == (2, 3, 7)
    rejects = [(one["row"], one["field"], one["value"]) for one in found["rejects"]]
    assert rejects[0] == (3, "grid", "H")
    assert rejects[2] == (7, "grid", "1.5")
    assert rejects[1][:2] == (5, "grid")
    assert "make the cell text" in rejects[1][2]
    after = assignment(client, copy)
    assert (after[good], after[other], after[third]) == ("219901001001001", "", "B")


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def broken(content):
    """Return a workbook whose sheet ends in the middle of a row."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w") as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part[: -len(part) // 3] if "sheet1" in name else part)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (lambda: workbook([("block",)]), "one column 'grid'"),
        (lambda: workbook([]), "is empty"),
        (lambda: workbook([("block", "grid"), ("B1", "A")])[:-30], "cannot be"),
        (lambda: broken(workbook([("block", "grid"), *[("B1", "A")] * 99])), "read as XLSX"),
    ],
)
def test_what_is_no_workbook_is_refused(client, number, table, said):
    refused = bring(client, table(), onto=number, seen=5)
    assert refused.status_code == 422, refused.text
    assert said in refused.json()["detail"]
    assert "/" not in refused.json()["detail"]  # no path of the server


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"", "no heading"),
        (b"a,b\n1,2\n", "one column 'block'"),
        (b"block,grid,grid\n", "one column 'grid'"),
        (b'block,grid\n"x', "no CSV"),
        (b"\xff\xfe\xff", "neither UTF-8"),
    ],
)
def test_what_is_no_table_is_refused(client, number, table, said):
    refused = bring(client, table, onto=number, seen=5)
    assert refused.status_code == 422
    assert said in refused.json()["detail"]


def test_a_table_is_meant_for_a_step(client, number):
    table = b"block,grid\n"
    assert bring(client, table, onto=number).status_code == 422
    assert bring(client, table, onto=number, seen=4).status_code == 412
    assert bring(client, table, onto=99_999, seen=4).status_code == 404


def test_a_geopackage_holds_grids_blocks_and_who_has_which(client, number, tmp_path):
    path = tmp_path / "plan.gpkg"
    path.write_bytes(export(client, number, "gpkg"))
    assert {name for name, _ in pyogrio.list_layers(path)} == {"grids", "blocks", "assignment"}
    made, blocks = (gpd.read_file(path, layer=name) for name in ("grids", "blocks"))
    told = {one["id"]: one for one in grids(client, number)["features"]}
    assert set(made["code"]) == set(told)
    assert made.crs == "EPSG:4326"
    for row in made.itertuples():
        shape = shapely.geometry.shape(told[row.code]["geometry"])
        assert (
            row.geometry.symmetric_difference(shape).area < 1e-5 * shape.area
        )  # told with eight decimals
        assert row.households == pytest.approx(
            told[row.code]["properties"]["weights"]["households"]
        )
        mine = blocks[blocks["grid"] == row.code].geometry.to_numpy()
        assert shapely.union_all(mine).symmetric_difference(row.geometry).area < 1e-15
    assignment = pyogrio.read_dataframe(path, layer="assignment", read_geometry=False)
    assert dict(zip(assignment["block"], assignment["grid"], strict=True)) == {
        one["block"]: one["grid"] for one in rows_of(export(client, number, "csv"))
    }


def test_shapefiles_come_in_one_archive(client, number, tmp_path):
    with zipfile.ZipFile(io.BytesIO(export(client, number, "shp"))) as archive:
        archive.extractall(tmp_path)
    made = gpd.read_file(tmp_path / "grids.shp")
    assert set(made["code"]) == {one["id"] for one in grids(client, number)["features"]}
    assert {"code", "grid", "households", "handl_min"} <= set(
        gpd.read_file(tmp_path / "blocks.shp")
    )


def test_the_gazette_is_a_table_and_never_a_formula(client, number):
    rows = {one["old_code"]: one for one in rows_of(export(client, number, "gazette_csv"))}
    assert set(rows) == set("ABCDEFGHI")
    assert (rows["A"]["kind"], rows["A"]["new_codes"]) == ("renamed", "=1+1")
    assert (rows["C"]["kind"], rows["C"]["new_codes"]) == ("merged", "F")
    assert set(rows["E"]["new_codes"].split()) == {"E", "E9"}
    book = openpyxl.load_workbook(io.BytesIO(export(client, number, "gazette_xlsx")))
    cells = [list(row) for row in book["gazette"].iter_rows(min_row=2)]
    assert [row[0].value for row in cells] == sorted(rows)
    assert (cells[0][1].value, cells[0][1].data_type) == ("=1+1", "s")
    for row in cells:
        assert float(rows[row[0].value]["area_m2"]) == pytest.approx(row[3].value)


def test_files_are_for_those_who_may_have_them(client, number):
    leader = bearer(token(client.url, (Role.LEADER, "s"), code="leader"))
    planner = bearer(token(client.url, (Role.PLANNER, "w"), code="planner"))
    address = f"/api/v1/plans/{number}/export"
    assert client.get(address, headers=leader).status_code == 403
    assert client.get(address, headers=planner).status_code == 404
    content = export(client, number, "plan")
    for who in (leader, planner):
        headers = who | {"Content-Type": "application/json"}
        asked = client.post("/api/v1/plans/import", content=content, headers=headers)
        assert asked.status_code == 403
        headers = who | {"Content-Type": "text/csv", "If-Match": '"5"'}
        asked = client.post(
            "/api/v1/plans/import", content=b"block,grid\n", headers=headers,
            params={"onto": number},
        )  # fmt: skip
        assert asked.status_code == 403
