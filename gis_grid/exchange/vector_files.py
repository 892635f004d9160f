"""GeoPackage, Shapefile and GeoJSON, read through GDAL in batches."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from charset_normalizer import from_bytes

from gis_grid.errors import FileError
from gis_grid.exchange.batch import Batch, Source, to_table

_DRIVERS = {"GPKG": "gpkg", "ESRI Shapefile": "shp", "GeoJSON": "geojson", "GeoJSONSeq": "geojson"}
_SAMPLE_BYTES = 1 << 20


def open_vector(path: Path, *, encoding: str | None = None, layer: str | None = None) -> Source:
    """Open a GeoPackage, a Shapefile (``.shp``, or ``.zip`` of one) or GeoJSON.

    The encoding of a Shapefile is the one given, else that of its ``.cpg``, else detected from its
    ``.dbf``. A GeoPackage with several layers needs the name of one.

    Raises
    ------
    FileError
        The file is empty, damaged, in another format, in another encoding than was given, or has
        several layers and none was named.
    """
    _require_content(path)
    spoken = (
        _shapefile_encoding(path, encoding) if path.suffix.lower() in {".shp", ".zip"} else None
    )
    try:
        name = _one_layer(path, layer)
        info = pyogrio.read_info(path, layer=name, encoding=spoken, force_feature_count=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(_unreadable(path, error)) from error

    def read(size: int) -> Iterator[Batch]:
        # A text like 2015-01-05 in GeoJSON is a text: what it means is decided field by field.
        options = {"DATE_AS_STRING": "YES"} if info["driver"].startswith("GeoJSON") else {}
        return _read(path, encoding=spoken, layer=name, size=size, options=options)

    return Source(
        path=path,
        format=_DRIVERS.get(info["driver"], info["driver"]),
        columns=tuple(str(column) for column in info["fields"]),
        rows=int(info["features"]),
        crs=_stated_crs(info),
        has_geometry=info["geometry_type"] is not None,
        read=read,
        encoding=spoken or "utf-8",
    )


def _read(
    path: Path, *, encoding: str | None, layer: str, size: int, options: dict[str, str]
) -> Iterator[Batch]:
    following = 1
    try:
        with pyogrio.open_arrow(
            path, layer=layer, encoding=encoding, batch_size=size, use_pyarrow=True, **options
        ) as (meta, reader):
            geometry = meta["geometry_name"] or "wkb_geometry"
            for batch in reader:
                rows = np.arange(following, following + batch.num_rows)
                following += batch.num_rows
                yield _batch(batch, rows, geometry)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise FileError(_unreadable(path, error)) from error
    except (UnicodeDecodeError, pa.ArrowException, RuntimeError) as error:
        message = f"{path} breaks off or is in another encoding after row {following - 1}: {error}"
        raise FileError(message) from error


def _batch(batch: pa.RecordBatch, rows: np.ndarray, geometry: str) -> Batch:
    shapes = None
    if geometry in batch.schema.names:
        wkb = batch.column(geometry).to_numpy(zero_copy_only=False)
        shapes = shapely.from_wkb(wkb, on_invalid="ignore")
        batch = batch.drop_columns([geometry])
    return Batch(rows=rows, table=to_table(batch), shapes=shapes)


def _require_content(path: Path) -> None:
    if path.stat().st_size == 0:
        message = f"{path} is empty"
        raise FileError(message)
    if path.suffix.lower() == ".zip" and not zipfile.is_zipfile(path):
        message = f"{path} is not a zip file"
        raise FileError(message)


def _one_layer(path: Path, layer: str | None) -> str:
    names = [str(name) for name, _ in pyogrio.list_layers(path)]
    if layer is not None and layer not in names:
        message = f"{path} has no layer {layer!r}; it has {', '.join(names)}"
        raise FileError(message)
    if layer is None and len(names) != 1:
        message = f"{path} has {len(names)} layers; choose with --layer-name: {', '.join(names)}"
        raise FileError(message)
    return layer or names[0]


def _stated_crs(info: dict[str, object]) -> str | None:
    crs = info["crs"]
    return None if crs is None else str(crs)


def _shapefile_encoding(path: Path, encoding: str | None) -> str | None:
    """Return the encoding of the attribute table, or None to leave it to GDAL."""
    parts = _dbf_parts(path)
    if parts is None:
        return encoding
    sample, stated = parts
    if encoding is not None:
        if not _decodes(sample, encoding):
            message = f"{path} is not written in {encoding}; leave out --encoding to detect it"
            raise FileError(message)
        return encoding
    if stated and _decodes(sample, stated):
        return stated
    for tried in ("utf-8", "gb18030"):
        if _decodes(sample, tried):
            return tried
    best = from_bytes(sample).best()
    return best.encoding if best is not None else None


def _dbf_parts(path: Path) -> tuple[bytes, str | None] | None:
    """Return the text of the attribute table and the encoding stated beside it."""
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = {Path(name).suffix.lower(): name for name in archive.namelist()}
            if ".dbf" not in names:
                return None
            with archive.open(names[".dbf"]) as stream:
                content = stream.read(_SAMPLE_BYTES)
            stated = (
                archive.read(names[".cpg"]).decode("ascii", "ignore") if ".cpg" in names else ""
            )
    else:
        dbf = next(
            (path.with_suffix(end) for end in (".dbf", ".DBF") if path.with_suffix(end).is_file()),
            None,
        )
        if dbf is None:
            return None
        with dbf.open("rb") as stream:
            content = stream.read(_SAMPLE_BYTES)
        cpg = path.with_suffix(".cpg")
        stated = cpg.read_text("ascii", "ignore") if cpg.is_file() else ""
    return _dbf_text(content), _known(stated.strip())


def _dbf_text(content: bytes) -> bytes:
    """Return the column names and whole values of a dBase file, line by line."""
    header = int.from_bytes(content[8:10], "little")
    width = int.from_bytes(content[10:12], "little")
    names = [content[at : at + 11].split(b"\0")[0] for at in range(32, header - 1, 32)]
    sizes = [content[at + 16] for at in range(32, header - 1, 32) if at + 16 < len(content)]
    values: list[bytes] = []
    for start in range(header, len(content) - width, max(width, 1)):
        at = start + 1
        for size in sizes:
            value = content[at : at + size]
            # A value that fills its column may have been cut inside a character.
            values.extend([] if value[-1:].strip() else [value.rstrip()])
            at += size
    return b"\n".join([*names, *values])


def _known(name: str) -> str | None:
    spelled = f"cp{name}" if name.isdigit() else name
    try:
        "".encode(spelled)
    except LookupError:
        return None
    return spelled or None


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _unreadable(path: Path, error: Exception) -> str:
    reason = str(error).splitlines()[0].split("; please report")[0]
    return f"{path} cannot be read: {reason}"
