"""One writer for each format: chunks of prepared rows go into a file."""

import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TextIO

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pyproj
import shapely
from pyarrow import parquet

from gis_grid.errors import FileError
from gis_grid.exchange.shapefile_names import short_name
from gis_grid.values.layers import Field, Kind, Layer

Frame = pd.DataFrame
Chunks = Iterable[Frame]
Writer = Callable[[Chunks, Layer, tuple[Field, ...], Path], None]

_EXACT_WHOLE = 2**53
_SHEET_ROWS = 1_048_576
_SHEET_CHARS = 32_767
_SHAPEFILE_BYTES = 254
_TYPES: Mapping[Kind, pa.DataType] = MappingProxyType(
    {
        "text": pa.string(),
        "integer": pa.int64(),
        "real": pa.float64(),
        "flag": pa.bool_(),
        "instant": pa.timestamp("us", tz="UTC"),
        "date": pa.date32(),
    }
)


def write_csv(chunks: Chunks, layer: Layer, fields: tuple[Field, ...], path: Path) -> None:
    """Write UTF-8 CSV: points as lon and lat, other geometry as WKT in ``wkt``."""
    packed: Literal["gzip"] | None = "gzip" if path.suffix == ".gz" else None
    for number, chunk in enumerate(_flat(chunks, layer, fields)):
        texts = chunk.assign(
            **{name: _flag_words(chunk[name]) for name in _names(fields, "flag")},
        )
        texts.to_csv(
            path,
            mode="wb" if number == 0 else "ab",
            header=not number,
            index=False,
            compression=packed,
            lineterminator="\n",
        )


def write_xlsx(chunks: Chunks, layer: Layer, fields: tuple[Field, ...], path: Path) -> None:
    """Write a workbook of one sheet; instants and days are ISO 8601 text.

    A number keeps 15 digits, as in Excel itself; a larger whole number goes in as text.

    Raises
    ------
    FileError
        There are more rows than a sheet holds, or a text that a cell cannot hold.
    """
    import openpyxl  # noqa: PLC0415 - for sheets only

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(layer.name)
    try:
        _fill_sheet(sheet, chunks, layer, fields)
    except BaseException:
        sheet.close()  # or its half-written part complains when it is collected
        raise
    book.save(path)


def _fill_sheet(
    sheet: Any,  # noqa: ANN401 - openpyxl is untyped here
    chunks: Chunks,
    layer: Layer,
    fields: tuple[Field, ...],
) -> None:
    rows = 1
    for number, chunk in enumerate(_flat(chunks, layer, fields)):
        if not number:
            sheet.append([str(name) for name in chunk.columns])
        rows += len(chunk)
        if rows > _SHEET_ROWS:
            message = f"{layer.name} has more rows than a sheet holds; write .csv or .parquet"
            raise FileError(message)
        for row in chunk.astype(object).itertuples(index=False, name=None):
            sheet.append([_cell(sheet, value, layer) for value in row])


def _cell(sheet: Any, value: Any, layer: Layer) -> Any:  # noqa: ANN401 - openpyxl is untyped here
    if value is None or pd.isna(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT_WHOLE:
        value = str(value)
    if not isinstance(value, str):
        return value
    if len(value) > _SHEET_CHARS:
        message = f"a text of {layer.name} is too long for a sheet; write .csv or .gpkg"
        raise FileError(message)
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.utils.exceptions import IllegalCharacterError  # noqa: PLC0415

    try:
        cell = WriteOnlyCell(sheet, value)
    except IllegalCharacterError as error:
        message = f"{value[:40]!r} has a character that a sheet cannot hold; write .csv or .gpkg"
        raise FileError(message) from error
    cell.data_type = "s"
    return cell


def write_geojson(chunks: Chunks, layer: Layer, fields: tuple[Field, ...], path: Path) -> None:
    """Write a feature collection with every digit of the coordinates; instants are ISO 8601."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write(f'{{"type": "FeatureCollection", "name": "{layer.name}", "features": [')
        written = 0
        for chunk in chunks:
            _features(stream, chunk, fields, following=written > 0)
            written += len(chunk)
        stream.write("\n]}\n")


def _features(stream: TextIO, chunk: Frame, fields: tuple[Field, ...], *, following: bool) -> None:
    plain = _plain(chunk, fields).astype(object)
    records = plain.where(plain.notna(), None).to_dict("records")
    outlines = shapely.to_geojson(_shapes(chunk))
    for record, outline in zip(records, outlines, strict=True):
        stream.write(",\n" if following else "\n")
        said = json.dumps(record, ensure_ascii=False, default=_unwrap)
        place = "null" if outline is None else outline
        stream.write(f'{{"type": "Feature", "properties": {said}, "geometry": {place}}}')
        following = True


def _unwrap(value: Any) -> Any:  # noqa: ANN401 - what json cannot write by itself
    return value.item()


def write_parquet(chunks: Chunks, layer: Layer, fields: tuple[Field, ...], path: Path) -> None:
    """Write GeoParquet 1.0 with WKB geometry, or plain Parquet for a layer without places."""
    columns = [pa.field(field.name, _TYPES[field.kind]) for field in fields]
    first, chunks = _peek(chunks)
    metadata: dict[bytes | str, bytes | str] | None = None
    if layer.geometry is not None:
        columns.append(pa.field("geometry", pa.binary()))
        metadata = {"geo": _geo_metadata(first)}
    schema = pa.schema(columns, metadata=metadata)
    with parquet.ParquetWriter(path, schema) as writer:
        for chunk in chunks:
            arrays = [
                pa.array(_arrow_values(chunk[field.name], field.kind), type=_TYPES[field.kind])
                for field in fields
            ]
            if layer.geometry is not None:
                arrays.append(pa.array(shapely.to_wkb(_shapes(chunk)), type=pa.binary()))
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _arrow_values(values: "pd.Series[Any]", kind: Kind) -> Any:  # noqa: ANN401 - arrow takes either
    if kind == "date":
        return [None if pd.isna(day) else pd.Timestamp(day).date() for day in values]
    return values.array


def _geo_metadata(chunk: Frame) -> str:
    crs = chunk.crs if isinstance(chunk, gpd.GeoDataFrame) else None
    described = None if crs is None else pyproj.CRS(crs).to_json_dict()
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": [], "crs": described}
    return json.dumps(
        {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column}}
    )


def write_gpkg(chunks: Chunks, layer: Layer, fields: tuple[Field, ...], path: Path) -> None:
    """Write a GeoPackage of one layer; instants finer than milliseconds go in as text."""
    _through_gdal(chunks, layer, path, driver="GPKG", prepare=lambda chunk: _native(chunk, fields))


def write_shapefile(chunks: Chunks, layer: Layer, fields: tuple[Field, ...], path: Path) -> None:
    """Write a Shapefile in UTF-8 with short names (`shapefile_names`); instants are text.

    A flag is 1 or 0, a day and an instant ISO 8601 text. A real keeps 15 decimals and text loses
    spaces at its end: that is all the format can.

    Raises
    ------
    FileError
        The layer has no places or several kinds of them, or a text is longer than 254 bytes.
    """
    if layer.geometry == "GEOMETRY":
        message = f"{layer.name} are lines and areas, a Shapefile holds one of them; write .gpkg"
        raise FileError(message)
    if layer.geometry is None:
        message = f"{layer.name} have no places, so no Shapefile; write .csv, .xlsx or .parquet"
        raise FileError(message)
    _through_gdal(
        chunks, layer, path, driver="ESRI Shapefile", prepare=lambda chunk: _dbf(chunk, fields)
    )


def _through_gdal(
    chunks: Chunks, layer: Layer, path: Path, *, driver: str, prepare: Callable[[Frame], Frame]
) -> None:
    kind = {
        "POINT": "Point",
        "MULTILINESTRING": "MultiLineString",
        "MULTIPOLYGON": "MultiPolygon",
    } | {"GEOMETRY": "Unknown"}
    options: dict[str, Any] = {"encoding": "UTF-8"} if driver == "ESRI Shapefile" else {}
    if layer.geometry is not None:
        options["geometry_type"] = kind[layer.geometry]
    for number, chunk in enumerate(chunks):
        with warnings.catch_warnings():  # a shifted datum has no CRS, and that is meant
            warnings.filterwarnings("ignore", message="'crs' was not provided")
            pyogrio.write_dataframe(
                prepare(chunk), path, layer=layer.name, driver=driver, append=number > 0, **options
            )
    if driver == "ESRI Shapefile":
        path.with_suffix(".cpg").write_text("UTF-8", "ascii")


def _native(chunk: Frame, fields: tuple[Field, ...]) -> Frame:
    """Leave the types to the format, but for instants that it would round."""
    texts = {
        name: _instant_words(chunk[name])
        for name in _names(fields, "instant")
        if (chunk[name].dropna().dt.microsecond % 1000 != 0).any()
    }
    days = {name: _days(chunk[name]) for name in _names(fields, "date")}
    return chunk.assign(**texts, **days)


def _days(values: "pd.Series[Any]") -> "pd.Series[Any]":
    days = [None if pd.isna(day) else pd.Timestamp(day).date() for day in values]
    return pd.Series(days, index=values.index, dtype=object)


def _dbf(chunk: Frame, fields: tuple[Field, ...]) -> Frame:
    plain = _plain(chunk, fields)
    for field in fields:
        if field.kind == "flag":
            plain[field.name] = chunk[field.name].astype("Int64")
        if field.kind == "text":
            _require_short(plain[field.name], field.name)
    plain = plain.rename(columns=short_name)
    crs = chunk.crs if isinstance(chunk, gpd.GeoDataFrame) else None
    return gpd.GeoDataFrame(plain, geometry=_shapes(chunk), crs=crs)


def _require_short(values: "pd.Series[Any]", name: str) -> None:
    for text in values.dropna():
        if len(text.encode()) > _SHAPEFILE_BYTES:
            message = f"{name} {text[:20]!r}… is longer than a Shapefile can hold; write .gpkg"
            raise FileError(message)


def _flat(chunks: Chunks, layer: Layer, fields: tuple[Field, ...]) -> Iterator[Frame]:
    """Put the place into columns: lon and lat, or WKT with every digit."""
    for chunk in chunks:
        plain = _plain(chunk, fields)
        if layer.geometry == "POINT":
            shapes = _shapes(chunk)
            plain["lon"], plain["lat"] = shapely.get_x(shapes), shapely.get_y(shapes)
        elif layer.geometry is not None:
            plain["wkt"] = shapely.to_wkt(_shapes(chunk), rounding_precision=-1)
        yield plain


def _plain(chunk: Frame, fields: tuple[Field, ...]) -> Frame:
    """Return the attributes with instants and days as text."""
    plain = pd.DataFrame({field.name: chunk[field.name] for field in fields}, index=chunk.index)
    for name in _names(fields, "instant"):
        plain[name] = _instant_words(chunk[name])
    for name in _names(fields, "date"):
        plain[name] = _day_words(chunk[name])
    return plain


def _instant_words(values: "pd.Series[Any]") -> "pd.Series[str]":
    words = [None if pd.isna(moment) else _iso(pd.Timestamp(moment)) for moment in values]
    return pd.Series(words, index=values.index, dtype="str")


def _iso(moment: pd.Timestamp) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _day_words(values: "pd.Series[Any]") -> "pd.Series[str]":
    days = _days(values)
    return pd.Series(
        [None if day is None else day.isoformat() for day in days], index=values.index, dtype="str"
    )


def _flag_words(values: "pd.Series[Any]") -> "pd.Series[str]":
    return values.map({True: "true", False: "false"}).astype("str").where(values.notna())


def _names(fields: tuple[Field, ...], kind: Kind) -> list[str]:
    return [field.name for field in fields if field.kind == kind]


def _shapes(chunk: Frame) -> Any:  # noqa: ANN401 - an array of geometries
    if isinstance(chunk, gpd.GeoDataFrame):
        return chunk.geometry.to_numpy()
    return np.full(len(chunk), None, dtype=object)


def _peek(chunks: Chunks) -> tuple[Frame, Chunks]:
    following = iter(chunks)
    first = next(following)
    return first, chain([first], following)


WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        ".gpkg": write_gpkg,
        ".shp": write_shapefile,
        ".geojson": write_geojson,
        ".json": write_geojson,
        ".csv": write_csv,
        ".gz": write_csv,
        ".xlsx": write_xlsx,
        ".parquet": write_parquet,
        ".geoparquet": write_parquet,
    }
)
"""How to write a file, by the ending of its name."""
