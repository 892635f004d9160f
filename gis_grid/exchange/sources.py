"""Opening any file of features: the one place that knows formats by their names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from gis_grid.errors import FileError
from gis_grid.exchange.batch import Source
from gis_grid.exchange.bombs import require_honest
from gis_grid.exchange.csv_files import open_csv
from gis_grid.exchange.parquet_files import open_parquet
from gis_grid.exchange.sheet_files import open_sheet
from gis_grid.exchange.vector_files import open_vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How the user wants a file opened."""

    encoding: str | None = None
    """Encoding of its text; None to have it detected."""

    layer: str | None = None
    """Layer of a GeoPackage or sheet of a workbook, when it has several."""


def _text(path: Path, how: Opening) -> Source:
    return open_csv(path, encoding=how.encoding)


def _vector(path: Path, how: Opening) -> Source:
    return open_vector(path, encoding=how.encoding, layer=how.layer)


def _sheet(path: Path, how: Opening) -> Source:
    return open_sheet(path, layer=how.layer)


def _columnar(path: Path, _: Opening) -> Source:
    return open_parquet(path)


OPENERS: Mapping[str, Callable[[Path, Opening], Source]] = MappingProxyType(
    {
        ".gpkg": _vector,
        ".shp": _vector,
        ".zip": _vector,
        ".geojson": _vector,
        ".json": _vector,
        ".geojsonl": _vector,
        ".csv": _text,
        ".tsv": _text,
        ".txt": _text,
        ".xlsx": _sheet,
        ".parquet": _columnar,
        ".geoparquet": _columnar,
    }
)
"""How to open a file, by the ending of its name (``.gz`` after it is allowed for text)."""


def open_source(path: Path, how: Opening | None = None) -> Source:
    """Open a file of features in any known format.

    Parameters
    ----------
    path
        GeoPackage, Shapefile (or a zip of one), GeoJSON, CSV (or a gzip of one), XLSX, Parquet.
    how
        Encoding and layer, where the file leaves a choice.

    Raises
    ------
    FileError
        There is no such file, it is a folder, of an unknown kind, empty or damaged.
    """
    require_file(path)
    suffix = path.with_suffix("").suffix if path.suffix.lower() == ".gz" else path.suffix
    opener = OPENERS.get(suffix.lower())
    if opener is None:
        message = f"{path} is of an unknown kind; known endings: {' '.join(OPENERS)}"
        raise FileError(message)
    try:
        require_honest(path)
        return opener(path, how or Opening())
    except (PermissionError, EOFError) as error:
        message = f"{path} cannot be read: {error}"
        raise FileError(message) from error
    except OSError as error:
        message = f"{path} is damaged or not what its name says: {error}"
        raise FileError(message) from error


def require_file(path: Path) -> None:
    """Raise unless `path` is a file.

    Raises
    ------
    FileError
        There is nothing, or a folder.
    """
    if path.is_dir():
        message = f"{path} is a folder; name the files in it"
        raise FileError(message)
    if not path.exists():
        message = f"there is no file {path}"
        raise FileError(message)
