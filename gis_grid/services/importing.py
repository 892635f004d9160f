"""Importing a layer from files: everything that is good goes in, in one transaction."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_grid.errors import NotFoundError
from gis_grid.exchange.checks import check
from gis_grid.exchange.geometry import middle_of
from gis_grid.exchange.grids_in import (
    count_changes,
    find_parents,
    ground_of,
    misfits,
    orphans,
    put_together,
    report_faults,
    scheme_for,
)
from gis_grid.exchange.identity import Seen
from gis_grid.exchange.osm_files import OSM_LAYERS, read_osm
from gis_grid.exchange.prepare import (
    Kept,
    Prepared,
    Progress,
    Reading,
    accept,
    clean_rows,
    describe_plan,
    find_datum,
    open_rejects,
    plan_as_named,
    prepare,
)
from gis_grid.exchange.sources import require_file
from gis_grid.exchange.tally import Summary
from gis_grid.geo.crs import LONLAT, metric_epsg, to_metric
from gis_grid.grid.lineage import Lineage, lineage_of
from gis_grid.router.assign import assign_grids
from gis_grid.router.index import Router
from gis_grid.storage.bulk import load
from gis_grid.storage.city import City, CityStore
from gis_grid.storage.database import require_schema, sessions
from gis_grid.storage.frames import layer_of
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.storage.rerouting import reroute
from gis_grid.values.layers import LAYERS, Layer

UNNAMED = "未命名的城市"
_NO_CODE = "000000000000"
_TRUSTED = ("streets", "buildings", "landcover", "grids")
_OSM_COLUMNS = ("code", "name", "category")
"""Columns of the rejects of an OSM file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What the user wants of an import."""

    reading: Reading = field(default_factory=Reading)
    """How the files are read."""

    rejects: Path | None = None
    """Where rejected rows go; beside each file when None."""

    dry_run: bool = False
    """Whether everything is done and then undone."""

    replace: bool = False
    """Whether the grids of the files are all there are, and others end."""

    ground: str | None = None
    """Level that owns incidents; None for the narrowest that tiles the ground."""

    generation: str | None = None
    """Name of the generation that an import of grids publishes."""


def import_layer(
    engine: Engine,
    layer: str,
    paths: Sequence[Path],
    options: ImportOptions,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Summary:
    """Import files of one layer in one transaction.

    Rows that break a rule are left out and written down; see `gis_grid.exchange.checks.check` and
    `gis_grid.exchange.identity.Seen`. Points get their cell and, when there are grids, everything
    gets its owning grid; doubted points do not. Grids are published as a generation that has the
    stored grids of other codes too (unless `replace`), parents that are not stated are found by
    place, and what lies where owners changed is routed again; closed incidents keep their grid.

    Parameters
    ----------
    engine
        A database with the tables of this version.
    layer
        Name of the layer.
    paths
        The files, read in this order; a code may occur once in all of them.
    options
        How to read them and what to do.
    now
        When the generation begins that an import of grids publishes, with a time zone.
    progress
        Told after every batch how many rows of the file are done, and of how many.

    Returns
    -------
    Summary
        What became of every row.

    Raises
    ------
    NotFoundError
        There is no such layer.
    FileError, InputError, CrsError
        A file cannot be read as this layer. Nothing was stored.
    StorageError, ConflictError
        The database is unreachable, locked, full, without tables. Nothing was stored.
    """
    known = layer_of(layer)
    require_schema(engine)
    summary = Summary(layer=layer, dry_run=options.dry_run)
    with _transaction(engine, dry_run=options.dry_run) as session, ExitStack() as stack:
        store = LayerStore(session)
        loader = _Grids(session, options, now) if layer == "grids" else _Rows(session, known)
        seen = Seen()
        for path in paths:
            prepared = _prepare(store, path, known, options.reading)
            describe_plan(prepared, summary)
            opened = open_rejects(path, prepared.source.columns, options.rejects, summary)
            rejects, before = stack.enter_context(opened), summary.read
            for kept in clean_rows(prepared, seen, summary, rejects):
                loader.add(kept, summary)
                if progress is not None:
                    progress(summary.read - before, prepared.survey.rows)
        loader.finish(summary)
    return summary


def import_osm(
    engine: Engine,
    path: Path,
    options: ImportOptions,
    *,
    progress: Progress | None = None,
) -> list[Summary]:
    """Import streets, buildings, places, cameras, facilities, water, walls and gates from OSM.

    Parameters
    ----------
    engine
        A database with the tables of this version.
    path
        An OpenStreetMap extract; see `gis_grid.exchange.osm_files.read_osm`.
    options
        How polygons are treated, where rejects go, whether to try only.
    progress
        Told after every batch how many rows are done.

    Returns
    -------
    list of Summary
        One for each layer, in the order of `OSM_LAYERS`, also where there was nothing.

    Raises
    ------
    FileError
        There is no such file, or it is empty, cut off or not OpenStreetMap data. Nothing was
        stored.
    StorageError
        The database is unreachable, locked, full, without tables. Nothing was stored.
    """
    require_file(path)
    require_schema(engine)
    sums = {name: Summary(layer=name, dry_run=options.dry_run) for name in OSM_LAYERS}
    seen: dict[str, Seen] = defaultdict(Seen)
    with _transaction(engine, dry_run=options.dry_run) as session, ExitStack() as stack:
        loaders = {name: _Rows(session, LAYERS[name]) for name in OSM_LAYERS}
        total = Summary(layer="osm")
        rejects = stack.enter_context(open_rejects(path, _OSM_COLUMNS, options.rejects, total))
        for name, batch in read_osm(path, size=options.reading.batch_rows):
            plan = plan_as_named(LAYERS[name], repair=options.reading.repair)
            checked = check(batch, plan)
            kept = accept(batch, checked, seen[name], sums[name], rejects)
            loaders[name].add(kept, sums[name])
            if progress is not None:
                progress(sum(summary.read for summary in sums.values()), None)
    for summary in sums.values():
        summary.add_file(path)
        summary.crs = "EPSG:4326"
        summary.rejects_files = list(total.rejects_files)
    return list(sums.values())


@contextmanager
def _transaction(engine: Engine, *, dry_run: bool) -> Iterator[Session]:
    """Open a session that keeps everything or, after a failure or a trial, nothing."""
    with sessions(engine)() as session:
        yield session
        if dry_run:
            session.rollback()
        else:
            session.commit()


def _prepare(store: LayerStore, path: Path, layer: Layer, reading: Reading) -> Prepared:
    """Prepare a file, finding out its datum first when that is asked for."""
    centre = _centre(store)
    prepared = prepare(path, layer, reading, centre=centre)
    if reading.datum is not None or layer.geometry is None:
        return prepared
    trusted = [
        gpd.GeoDataFrame(store.read(name)).geometry for name in _TRUSTED if store.count(name)
    ]
    found = find_datum(prepared, trusted)
    return prepare(path, layer, replace(reading, datum=found), centre=centre)


def _centre(store: LayerStore) -> tuple[float, float] | None:
    """Return where the stored city lies."""
    for name in _TRUSTED[::-1]:
        frame = store.read(name, limit=1000)
        if len(frame):
            return middle_of(gpd.GeoDataFrame(frame).geometry.to_numpy())
    return None


def _router(session: Session) -> Router | None:
    """Return the index of the current ground grids, None when there are none."""
    grids = _ground(session)
    return Router.build(grids) if len(grids) else None


def _ground(session: Session) -> gpd.GeoDataFrame:
    """Return the current ground grids; none before there is a city."""
    try:
        level = CityStore(session).get().scheme.ground
    except NotFoundError:
        level = ""
    return gpd.GeoDataFrame(LayerStore(session).read("grids", level=level))


class _Rows:
    """Puts the rows of any layer but grids into the database."""

    def __init__(self, session: Session, layer: Layer) -> None:
        self._session = session
        self._store = LayerStore(session)
        self._layer = layer
        self._owned = "grid_code" in layer.field_names
        if self._owned:
            GenerationStore(session).hold()
        self._router = _router(session) if self._owned else None
        self._was_empty = self._store.count(layer) == 0

    def add(self, kept: Kept, summary: Summary) -> None:
        """Route and store some rows and count what became of them."""
        rows = kept.frame
        if not len(rows):
            return
        if self._owned:
            rows = assign_grids(rows, self._router)
            summary.count_owners(rows, known=self._router is not None)
        frame: pd.DataFrame = rows
        if self._layer.geometry is None:
            frame = pd.DataFrame(rows.drop(columns="geometry"))
        if self._was_empty:  # duplicates are out already, so appending is enough
            summary.stored += load(self._session, self._layer, frame)
            return
        done = self._store.upsert(self._layer, frame)
        summary.stored += done.stored
        summary.updated += done.updated
        summary.unchanged += done.unchanged

    def finish(self, _: Summary) -> None:
        """Nothing is left to do."""


class _Grids:
    """Collects grids, publishes them at the end and routes everything again."""

    def __init__(self, session: Session, options: ImportOptions, now: datetime) -> None:
        self._session = session
        self._store = LayerStore(session)
        self._options = options
        self._now = now
        self._parts: list[Kept] = []

    def add(self, kept: Kept, _: Summary) -> None:
        """Keep some rows for the end."""
        if len(kept.frame):
            self._parts.append(kept)

    def finish(self, summary: Summary) -> None:
        """Fit the grids into the tree, publish them and route what lies in them."""
        if not self._parts:
            return
        GenerationStore(self._session).take()
        ground = _ground(self._session)
        frames = [kept.frame for kept in self._parts]
        fresh = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=LONLAT)
        stored = gpd.GeoDataFrame(self._store.read("grids"))
        base = stored.iloc[:0] if self._options.replace else stored
        grids, found, missing = find_parents(put_together(base, fresh))
        if found:
            summary.notes.append(f"{found:,} parents were found by where the grids lie")
        if missing:
            summary.notes.append(f"{missing:,} grids lie in no wider grid and have no parent")
        grids = self._without_misfits(grids, summary)
        if not len(grids):
            return
        if lost := orphans(grids):
            summary.suspicious["unknown_parent"] = lost
        count_changes(stored, grids[grids["code"].isin(fresh["code"])], summary)
        city = self._city(grids)
        report_faults(grids[grids["level"] == city.scheme.ground], city.epsg, summary)
        self._publish(grids, summary, _lineage(stored, grids, city.epsg))
        rerouted = reroute(self._session, ground, _ground(self._session))
        summary.routed = sum(layer.moved for layer in rerouted.values())

    def _without_misfits(self, grids: gpd.GeoDataFrame, summary: Summary) -> gpd.GeoDataFrame:
        """Leave out grids that do not hang together, and write down those of the files."""
        problems = misfits(grids)
        for kept in self._parts:
            row_of = dict(zip(kept.frame["code"], kept.rows, strict=True))
            own = [
                replace(problem, row=int(row_of[code]))
                for code, problem in problems.items()
                if code in row_of
            ]
            summary.refuse(own)
            kept.rejects.write(kept.batch, own)
        return grids[~grids["code"].isin(list(problems))].reset_index(drop=True)

    def _city(self, grids: gpd.GeoDataFrame) -> City:
        """Say which city this is, unless somebody has; keep its ground level up to date."""
        cities = CityStore(self._session)
        ground = self._options.ground or ground_of(grids["level"])
        try:
            city = cities.get()
        except NotFoundError:
            city = _city_of(grids, ground)
        if self._options.ground or city.settings.get("made_by") == "import":
            city = replace(city, scheme=scheme_for(ground))
            cities.put(city)
        return city

    def _publish(
        self, grids: gpd.GeoDataFrame, summary: Summary, lineage: Sequence[Lineage]
    ) -> None:
        generations = GenerationStore(self._session)
        name = self._options.generation or f"import {self._now:%Y-%m-%d}"
        before = generations.number()
        generation = generations.publish(grids, name=name, valid_from=self._now, lineage=lineage)
        if generation.number == before:
            summary.notes.append(f"nothing changed: generation {before} stays")
        else:
            summary.notes.append(f"generation {generation.number} {generation.name} is published")


def _city_of(grids: gpd.GeoDataFrame, ground: str) -> City:
    widest = grids[grids["parent_code"].isna()]
    only = widest.iloc[0] if len(widest) == 1 else None
    name = only["name"] if only is not None and isinstance(only["name"], str) else UNNAMED
    lon, lat = middle_of(grids.geometry.to_numpy()) or (0.0, 0.0)
    return City(
        name=name,
        area_code=_NO_CODE if only is None else str(only["code"]),
        scheme=scheme_for(ground),
        epsg=metric_epsg(lon=lon, lat=lat),
        settings={"made_by": "import"},
    )


def _lineage(stored: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, epsg: int) -> Sequence[Lineage]:
    return lineage_of(to_metric(stored, epsg=epsg), to_metric(grids, epsg=epsg))
