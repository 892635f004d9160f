"""The router of a generation: built from the database once, then opened from a cache."""

import hashlib
import logging
import tempfile
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import shapely
from sqlalchemy.engine import Engine

from gis_grid.errors import FileError, NotFoundError
from gis_grid.grid.generations import Generation
from gis_grid.router.index import Router
from gis_grid.router.saved import MAGIC
from gis_grid.storage.city import CityStore
from gis_grid.storage.database import sessions
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.layers import LayerStore

logger = logging.getLogger(__name__)

CACHE_FOLDER = "gis-grid"
KEPT = 8
"""Saved routers that a cache keeps; those not used for longest go first."""


def current_router(
    engine: Engine, *, cache_dir: Path | None = None, at: datetime | None = None
) -> tuple[Router, Generation]:
    """Return the router over the ground level of a generation, and the generation.

    Parameters
    ----------
    engine
        A database with grids.
    cache_dir
        Where saved routers lie. Without one it is ``gis-grid`` beside the SQLite file, or in the
        user's cache. A folder that cannot be written is done without.
    at
        A moment with a time zone; None means the current generation.

    Returns
    -------
    Router, Generation
        The index of rows is that of the ground grids ordered by code. A saved router is used only
        when it was made of exactly the grids that the database has now.

    Raises
    ------
    NotFoundError
        There is no city, no generation, or none at that moment.
    InputError
        `at` has no time zone.
    StorageError
        The database cannot be read.
    """
    grids, generation = _ground_grids(engine, at)
    folder = cache_dir or _cache_beside(engine)
    path = folder / f"router-{_identity(grids)}.ggr"
    try:
        router = Router.load(path)
        path.touch()
    except (FileError, OSError):
        router = Router.build(grids, code="code")
        _keep(router, path)
    return router, generation


def _ground_grids(engine: Engine, at: datetime | None) -> tuple[gpd.GeoDataFrame, Generation]:
    with sessions(engine).begin() as session:
        generations = GenerationStore(session)
        generation = generations.current() if at is None else generations.at(at)
        if generation is None:
            msg = "the database has no grids yet; import some (gis-grid import grids FILE)"
            raise NotFoundError(msg)
        ground = CityStore(session).get().scheme.ground
        grids = LayerStore(session).read("grids", level=ground, at=generation.valid_from)
    if grids.empty:
        msg = f"generation {generation.number} has no grid of the ground level {ground!r}; "
        msg += "import some or choose another ground level"
        raise NotFoundError(msg)
    return gpd.GeoDataFrame(grids), generation


def _identity(grids: gpd.GeoDataFrame) -> str:
    """Return a digest of everything that a router depends on."""
    digest = hashlib.blake2b(MAGIC, digest_size=16)
    for code, shape in zip(grids["code"], shapely.to_wkb(grids.geometry.to_numpy()), strict=True):
        digest.update(f"{code}\0{len(shape or b'')}\0".encode())
        digest.update(shape or b"")
    return digest.hexdigest()


def _cache_beside(engine: Engine) -> Path:
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and file != ":memory:":
        return Path(file).resolve().parent / CACHE_FOLDER
    return Path.home() / ".cache" / CACHE_FOLDER


def _keep(router: Router, path: Path) -> None:
    """Save a router so that nobody ever sees half a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".new-") as folder:
            draft = Path(folder) / path.name
            router.save(draft)
            draft.replace(path)
        _forget_old(path.parent)
    except (FileError, OSError) as error:
        logger.warning("the router is not kept: %s", error)


def _forget_old(folder: Path) -> None:
    saved = sorted(folder.glob("router-*.ggr"), key=lambda path: path.stat().st_mtime)
    for path in saved[:-KEPT]:
        path.unlink(missing_ok=True)
