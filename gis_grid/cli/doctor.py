"""``gis-grid doctor``: say what works here and what does not."""

import json
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import shapely
import typer
from sqlalchemy import Engine

from gis_grid import __version__
from gis_grid.accounts.audit import Anchor
from gis_grid.cli.db import DatabaseOption, JsonOption
from gis_grid.errors import ConflictError, GisGridError, NotFoundError, StorageError
from gis_grid.services.auditing import anchor_of
from gis_grid.services.reading import city_or_none
from gis_grid.services.routing import current_router
from gis_grid.settings import Settings
from gis_grid.storage import database
from gis_grid.storage.audit import AuditStore
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore
from gis_grid.values.layers import LAYERS

PACKAGES = ("numpy", "shapely", "geopandas", "h3", "sqlalchemy", "fastapi", "folium", "pyogrio")
LEAST_FREE_MB = 500
ILL = 1
"""Exit code when something is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    topic: str
    ok: bool
    said: str
    """What was found; with the way out when it is not all right."""


AuditOption = Annotated[bool, typer.Option("--audit", help="Verify the audit log, too.")]
AnchorOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NUMBER:HASH", help="An end of the log that you kept; verifies it, too."),
]


def doctor(
    *,
    audit: AuditOption = False,
    anchor: AnchorOption = None,
    url: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at the installation, the database, the grids and the router; 0 when all is well."""
    settings = Settings()
    url = url or settings.database_url
    anchors = [anchor_of(text) for text in anchor or ()]
    findings = list(examine(url, settings.cache_dir))
    if audit or anchors:
        findings.append(_looked("audit", lambda: _audit(url, anchors)))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in findings], ensure_ascii=False))
    else:
        for one in findings:
            typer.echo(f"{'ok  ' if one.ok else 'FAIL'}  {one.topic:<10}  {one.said}")
    if not all(one.ok for one in findings):
        raise typer.Exit(ILL)


def examine(url: str, cache_dir: Path | None) -> Iterator[Finding]:
    """Yield what is found, from the ground up; what cannot be looked at any more is left out."""
    said = f"{platform.python_version()}, gis-grid {__version__}"
    yield Finding(topic="python", ok=True, said=said)
    yield _looked("packages", _packages)
    try:
        with database.opened(url) as engine:
            yield from _of_database(engine, cache_dir)
    except GisGridError as error:
        yield Finding(topic="database", ok=False, said=str(error))


def _of_database(engine: Engine, cache_dir: Path | None) -> Iterator[Finding]:
    database.require_schema(engine)
    yield Finding(topic="database", ok=True, said=f"{database.name_of(engine)}, tables are current")
    yield _looked("disk", lambda: _disk(engine))
    yield _looked("layers", lambda: _layers(engine))
    grids = _looked("grids", lambda: _generation(engine))
    yield grids
    if grids.ok:
        yield _looked("coverage", lambda: _coverage(engine))
        yield _looked("router", lambda: _router(engine, cache_dir))


def _looked(topic: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(topic=topic, ok=True, said=look())
    except GisGridError as error:
        return Finding(topic=topic, ok=False, said=str(error))


def _packages() -> str:
    try:
        return ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    except PackageNotFoundError as error:
        message = f"{error.name} is not installed; install gis-grid again"
        raise NotFoundError(message) from error


def _disk(engine: Engine) -> str:
    if engine.dialect.name != "sqlite":
        return "on the server"
    folder = Path(engine.url.database or "").absolute().parent
    free_mb = shutil.disk_usage(folder).free // 2**20
    if free_mb < LEAST_FREE_MB:
        message = f"only {free_mb:,} MB free in {folder}; make room"
        raise StorageError(message)
    return f"{free_mb:,} MB free"


def _layers(engine: Engine) -> str:
    with database.sessions(engine).begin() as session:
        store = LayerStore(session)
        counts = {name: store.count(name) for name in LAYERS}
    held = [f"{count:,} {name}" for name, count in counts.items() if count]
    return ", ".join(held) or "empty"


def _generation(engine: Engine) -> str:
    with database.sessions(engine).begin() as session:
        now = GenerationStore(session).current()
    if now is None:
        message = "none published yet; import some: gis-grid import grids FILE"
        raise NotFoundError(message)
    return f"generation {now.number} {now.name}, since {now.valid_from.isoformat()}"


def _coverage(engine: Engine) -> str:
    with database.sessions(engine).begin() as session:
        city = city_or_none(session)
        if city is None:
            message = "nobody has named the city and its levels; import grids or make a demo"
            raise NotFoundError(message)
        shapes = LayerStore(session).read("grids", level=city.scheme.ground).geometry.to_numpy()
    bad = int((~shapely.is_empty(shapely.coverage_invalid_edges(shapes))).sum())
    if bad:
        message = f"{bad:,} of {len(shapes):,} ground grids overlap or do not meet their neighbours"
        raise ConflictError(message)
    return f"{len(shapes):,} ground grids without overlaps, edges match"


def _audit(url: str, anchors: list[Anchor]) -> str:
    with database.opened(url) as engine:
        database.require_schema(engine)
        with database.sessions(engine)() as session:
            store = AuditStore(session)
            wrong, end = store.broken(anchors), store.end()
    if wrong is not None:
        message = f"{wrong}; the log was tampered with, compare it with a backup"
        raise ConflictError(message)
    return f"{end.number:,} entries, none broken; keep outside: --anchor {end.number}:{end.hash}"


def _router(engine: Engine, cache_dir: Path | None) -> str:
    _, generation = current_router(engine, cache_dir=cache_dir)
    return f"ready for generation {generation.number}"
