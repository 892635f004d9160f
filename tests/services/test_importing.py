import os
import shutil
import sqlite3
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis_grid.errors import FileError, GisGridError, InputError, NotFoundError, StorageError
from gis_grid.exchange.instants import Clock
from gis_grid.exchange.mapping import ColumnMap
from gis_grid.exchange.prepare import Reading
from gis_grid.geo.datum import Datum
from gis_grid.services.importing import ImportOptions, import_layer, import_osm
from gis_grid.storage.city import CityStore
from gis_grid.storage.database import open_engine, sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.values.layers import LAYERS
from tests.databases import sqlite_database

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def options(columns=None, *, timezone="Asia/Shanghai", datum=Datum.WGS84, **constants):
    reading = Reading(
        stated=ColumnMap(columns=columns or {}, constants=constants),
        clock=Clock(timezone=timezone),
        datum=datum,
    )
    return ImportOptions(reading=reading)


def boxes(path, *cells, level="subarea", **columns):
    shapes = [
        shapely.box(118 + x / 100, 32 + y / 100, 118.01 + x / 100, 32.01 + y / 100)
        for x, y in cells
    ]
    codes = [f"{level[0]}{x}{y}" for x, y in cells]
    frame = gpd.GeoDataFrame({"code": codes, "level": level, **columns}, geometry=shapes, crs=4326)
    frame.to_file(path)
    return path


def incidents(path, *spots, state="reported"):
    rows = [f"i{n},{state},2026-01-01 08:00,{lon},{lat}" for n, (lon, lat) in enumerate(spots)]
    path.write_text("\n".join(["code,state,reported_at,lon,lat", *rows]) + "\n")
    return path


def stored(engine, layer, **filters):
    with sessions(engine)() as session:
        return LayerStore(session).read(layer, private=True, **filters)


def counts(engine):
    with sessions(engine)() as session:
        return {name: LayerStore(session).count(name) for name in LAYERS}


def test_routes_what_is_there_and_what_comes(engine, tmp_path):
    spots = incidents(tmp_path / "i.csv", (118.005, 32.005), (118.015, 32.005), (119.5, 32.005))
    first = import_layer(engine, "incidents", [spots], options(), now=NOW)
    assert (first.stored, first.routed) == (3, 0)
    grids = boxes(tmp_path / "g.gpkg", (0, 0), (1, 0))
    summary = import_layer(engine, "grids", [grids], options(), now=NOW)
    assert (summary.stored, summary.routed, summary.rejected) == (2, 2, 0)
    assert stored(engine, "incidents")["grid_code"].tolist()[:2] == ["s00", "s10"]
    more = tmp_path / "more.csv"
    more.write_text("code,category,lon,lat\nlamp,0118,118.006,32.006\n")
    assert import_layer(engine, "facilities", [more], options(), now=NOW).routed == 1
    row = stored(engine, "facilities").iloc[0]
    assert row["grid_code"] == "s00"
    assert row["cell"] > 0


def test_imports_the_same_again_without_a_change(engine, tmp_path):
    grids, spots = (
        boxes(tmp_path / "g.gpkg", (0, 0)),
        incidents(tmp_path / "i.csv", (118.005, 32.005)),
    )
    for layer, path in (("grids", grids), ("incidents", spots)):
        import_layer(engine, layer, [path], options(), now=NOW)
        again = import_layer(engine, layer, [path], options(), now=NOW + timedelta(days=1))
        assert (again.stored, again.updated, again.unchanged) == (0, 0, 1)
    with sessions(engine)() as session:
        assert len(GenerationStore(session).all()) == 1


def test_a_new_generation_moves_open_incidents_and_leaves_closed_ones(engine, tmp_path):
    import_layer(engine, "grids", [boxes(tmp_path / "a.gpkg", (0, 0))], options(), now=NOW)
    spot = (118.005, 32.005)
    import_layer(engine, "incidents", [incidents(tmp_path / "o.csv", spot)], options(), now=NOW)
    closed = tmp_path / "c.csv"
    closed.write_text("code,state,reported_at,lon,lat\nc,closed,2026-01-01,118.005,32.005\n")
    import_layer(engine, "incidents", [closed], options(), now=NOW)
    renamed = gpd.read_file(tmp_path / "a.gpkg").assign(code="new")
    renamed.to_file(tmp_path / "b.gpkg")
    replaced = ImportOptions(replace=True)
    later = NOW + timedelta(days=1)
    import_layer(engine, "grids", [tmp_path / "b.gpkg"], replaced, now=later)
    owners = stored(engine, "incidents").set_index("code")["grid_code"]
    assert owners.to_dict() == {"c": "s00", "i0": "new"}
    with sessions(engine)() as session:
        assert [row.kind for row in GenerationStore(session).lineage(2)] == ["renamed"]


def test_finds_parents_by_place_and_refuses_grids_that_do_not_hang_together(engine, tmp_path):
    wide = gpd.GeoDataFrame(
        {"code": ["w"], "level": "community"},
        geometry=[shapely.box(118, 32, 118.02, 32.02)],
        crs=4326,
    )
    wide.to_file(tmp_path / "w.gpkg")
    import_layer(engine, "grids", [tmp_path / "w.gpkg"], options(), now=NOW)
    fine = boxes(tmp_path / "g.gpkg", (0, 0), (1, 0))
    summary = import_layer(engine, "grids", [fine], options(), now=NOW + timedelta(days=1))
    assert any("2 parents were found" in note for note in summary.notes)
    assert set(stored(engine, "grids", level="subarea")["parent_code"]) == {"w"}
    orphan = boxes(tmp_path / "o.gpkg", (5, 5), parent_code="nobody")
    lost = import_layer(engine, "grids", [orphan], options(), now=NOW + timedelta(days=2))
    assert (lost.rejected, lost.suspicious["unknown_parent"]) == (0, 1)
    odd = boxes(tmp_path / "l.gpkg", (6, 5), level="hamlet")
    assert import_layer(engine, "grids", [odd], options(), now=NOW + timedelta(days=3)).reasons == {
        "unknown_level": 1
    }
    inside_out = boxes(tmp_path / "c.gpkg", (7, 5), level="district", parent_code="s00")
    turned = import_layer(engine, "grids", [inside_out], options(), now=NOW + timedelta(days=4))
    assert turned.reasons == {"unfit_parent": 1}
    assert "cannot hang under" in (tmp_path / "c.rejects.csv").read_text()
    assert len(stored(engine, "grids")) == 4


def test_tells_where_ground_grids_overlap_and_mends_nothing(engine, tmp_path):
    shapes = [shapely.box(118, 32, 118.01, 32.01), shapely.box(118.009, 32, 118.02, 32.01)]
    crossing = gpd.GeoDataFrame({"code": ["a", "b"], "level": "subarea"}, geometry=shapes, crs=4326)
    crossing.to_file(tmp_path / "g.gpkg")
    summary = import_layer(engine, "grids", [tmp_path / "g.gpkg"], options(), now=NOW)
    assert summary.suspicious["coverage_overlap"] == 1
    overlap = next(fault for fault in summary.faults if fault["kind"] == "overlap")
    assert set(overlap["grids"]) == {"a", "b"}
    assert overlap["lon"] == pytest.approx(118.0095, abs=1e-4)
    kept = stored(engine, "grids").geometry.to_numpy()
    assert shapely.equals(kept[0], shapes[0])


def test_a_trial_leaves_nothing(engine, tmp_path):
    before = counts(engine)
    trial = ImportOptions(dry_run=True)
    summary = import_layer(engine, "grids", [boxes(tmp_path / "g.gpkg", (0, 0))], trial, now=NOW)
    assert (summary.stored, summary.dry_run) == (1, True)
    assert counts(engine) == before
    with sessions(engine)() as session, pytest.raises(NotFoundError):
        CityStore(session).get()


def test_a_file_that_breaks_off_leaves_the_database_as_it_was(engine, tmp_path):
    good = incidents(tmp_path / "i.csv", (118.005, 32.005))
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"")
    before = counts(engine)
    with pytest.raises(FileError, match="is empty"):
        import_layer(engine, "incidents", [good, bad], options(), now=NOW)
    with pytest.raises(FileError):
        import_osm(engine, bad, options())
    with pytest.raises(NotFoundError, match="no layer 'lamps'"):
        import_layer(engine, "lamps", [good], options(), now=NOW)
    assert counts(engine) == before


def test_does_not_guess_a_datum_without_anything_to_compare_with(engine, tmp_path):
    with pytest.raises(InputError, match="nothing is stored"):
        import_layer(
            engine, "grids", [boxes(tmp_path / "g.gpkg", (0, 0))], options(datum=None), now=NOW
        )


def test_stores_officers_without_a_place(engine, tmp_path):
    path = tmp_path / "officers.csv"
    path.write_text("编号,姓名,职务,area_code,值班电话\no1,王某,网格长,s00,110\n")
    assert import_layer(engine, "officers", [path], options(), now=NOW).stored == 1
    assert stored(engine, "officers").iloc[0]["name"] == "王某"


def test_waits_for_no_locked_database(tmp_path, sqlite_template):
    engine = open_engine(sqlite_database(tmp_path, sqlite_template), lock_wait_s=0.1)
    other = sqlite3.connect(engine.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="locked"):
        import_layer(
            engine, "incidents", [incidents(tmp_path / "i.csv", (118, 32))], options(), now=NOW
        )
    other.execute("ROLLBACK")
    other.close()
    assert counts(engine)["incidents"] == 0
    engine.dispose()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_leaves_the_database_as_it_was(tmp_path, sqlite_template):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("this machine does not let root mount")
    try:
        shutil.copy(sqlite_template, disk / "city.db")
        engine = open_engine(f"sqlite:///{disk}/city.db")
        spots = [(118 + n / 1e6, 32.0) for n in range(40_000)]
        path = incidents(tmp_path / "i.csv", *spots)
        with pytest.raises(GisGridError, match="full"):
            import_layer(engine, "incidents", [path], options(), now=NOW)
        engine.dispose()
        with sqlite3.connect(disk / "city.db") as found:
            assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        again = open_engine(f"sqlite:///{disk}/city.db")
        assert counts(again)["incidents"] == 0
        again.dispose()
        found.close()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def copied(shared: Path, name: str, tmp_path: Path) -> Path:
    return Path(shutil.copy(shared / name, tmp_path))


@pytest.mark.slow
@pytest.mark.shared
def test_boston(engine, shared, tmp_path):
    districts = copied(shared, "boston/police_districts.geojson", tmp_path)
    requests = copied(shared, "boston/requests_2015.csv.gz", tmp_path)
    grids = import_layer(engine, "grids", [districts], options(level="district"), now=NOW)
    assert (grids.read, grids.stored, grids.rejected) == (12, 12, 0)
    found = import_layer(
        engine, "incidents", [requests], options(timezone="America/New_York"), now=NOW
    )
    assert (found.read, found.stored, found.rejected) == (60_572, 60_572, 0)
    assert found.suspicious == {"default_point": 8_672}
    rows = stored(engine, "incidents").set_index("code")
    assert rows.loc[rows["doubt"].notna(), "grid_code"].isna().all()
    assert str(rows.loc["101001247858", "reported_at"]) == "2015-01-15 17:07:48+00:00"
    stated = pd.read_csv(requests, dtype=str).set_index("CASE_ENQUIRY_ID")["police_district"]
    usable = rows[rows["doubt"].isna()].join(stated).dropna(subset="police_district")
    agreement = (usable["grid_code"] == usable["police_district"]).mean()
    assert agreement >= 0.994


@pytest.mark.slow
@pytest.mark.shared
def test_tulsa_bristol_and_porto_alegre(engine, shared, tmp_path):
    tulsa = copied(shared, "tulsa/hydrants.csv", tmp_path)
    found = import_layer(engine, "facilities", [tulsa], options(category="0113"), now=NOW)
    assert found.reasons == {"duplicate_code": 2_328, "null_island": 76}
    assert found.stored + found.rejected == found.read == 16_201
    bristol = copied(shared, "bristol/streetlights.csv", tmp_path)
    lights = import_layer(engine, "facilities", [bristol], options(category="0118"), now=NOW)
    assert (lights.read, lights.stored, lights.repeated) == (49_451, 49_163, 288)
    cells = copied(shared, "porto-alegre/hexgrid_h3r9.csv", tmp_path)
    places = import_layer(engine, "places", [cells], options(category="other"), now=NOW)
    assert (places.read, places.stored) == (1_227, 1_227)


@pytest.mark.slow
@pytest.mark.shared
def test_providence_and_suzhou(engine, shared, tmp_path):
    blocks = copied(shared, "providence/blocks.zip", tmp_path)
    found = import_layer(
        engine, "grids", [blocks], options({"code": "GEOID10"}, level="subarea"), now=NOW
    )
    assert (found.stored, found.crs) == (3_014, "EPSG:4269")
    assert stored(engine, "grids")["persons"].sum() == 178_040
    suzhou = copied(shared, "suzhou/buildings_floor.geojson", tmp_path)
    floors = import_layer(engine, "buildings", [suzhou], options(), now=NOW)
    assert (floors.read, floors.stored, floors.mapping["floors"]) == (3_076, 3_076, "Floor")


@pytest.mark.slow
@pytest.mark.shared
def test_openstreetmap(engine, shared, tmp_path):
    nanjing = {
        summary.layer: summary
        for summary in import_osm(
            engine, copied(shared, "nanjing/xinjiekou.osm.pbf", tmp_path), options()
        )
    }
    assert (nanjing["streets"].stored, nanjing["buildings"].stored) == (383, 1_277)
    assert "德基广场" in set(stored(engine, "places")["name"]) | set(
        stored(engine, "buildings")["name"]
    )
    import_osm(engine, copied(shared, "helsinki/centre.osm.pbf", tmp_path), options())
    covers = stored(engine, "facilities")["category"].between("0101", "0114")
    hydrants = stored(engine, "facilities")["category"] == "0113"
    assert (covers & ~hydrants).sum() == 397
    before = set(stored(engine, "cameras")["code"])
    import_osm(engine, copied(shared, "monaco/monaco_2023-12.osm.pbf", tmp_path), options())
    cameras = stored(engine, "cameras")
    monaco = cameras[~cameras["code"].isin(before)]
    assert len(monaco) == 14
    assert sorted(monaco["azimuth_quality"]) == ["surveyed"] * 3 + ["unknown"] * 11
    guixi = import_osm(engine, copied(shared, "guixi/guixi.osm.pbf", tmp_path), options())
    assert {summary.layer: summary.stored for summary in guixi}["buildings"] == 165
    again = import_osm(engine, tmp_path / "guixi.osm.pbf", options())
    assert sum(summary.stored + summary.updated for summary in again) == 0
