"""Options that the commands of ``gis-grid plan`` share."""

from pathlib import Path
from typing import Annotated

import typer

from gis_grid.errors import InputError
from gis_grid.geo.datum import Datum
from gis_grid.services.plan_files.reading import How

Output = Annotated[
    Path, typer.Option("-o", "--out", help="File: .gpkg .geojson .shp .parquet .csv (WKT)")
]
Crs = Annotated[str | None, typer.Option(help="CRS of the file [default: the one it states]")]
DatumOption = Annotated[Datum, typer.Option("--datum", help="Datum of the degrees.")]
Encoding = Annotated[str | None, typer.Option(help="Encoding of its text [default: detected]")]
LayerName = Annotated[
    str | None, typer.Option(help="Layer of a GeoPackage or sheet of a workbook.")
]
Rejects = Annotated[
    Path | None,
    typer.Option(help="Where refused rows are listed [default: beside the file, .rejects.csv]"),
]
KeepGoing = Annotated[
    bool, typer.Option("--keep-going", help="Exit with 0 although rows were refused.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def how(crs: str | None, datum: Datum, encoding: str | None, layer_name: str | None) -> How:
    """Return how a file is to be read."""
    return How(crs=crs, datum=datum, encoding=encoding, layer=layer_name)


def share(text: str, option: str) -> float:
    """Read a share like ``5%`` or ``0.05``.

    Raises
    ------
    InputError
        It is no share from 0 to 1.

    Examples
    --------
    >>> share("5%", "--max-moved"), share("0.05", "--max-moved")
    (0.05, 0.05)
    >>> share("5", "--max-moved")
    Traceback (most recent call last):
    gis_grid.errors.InputError: --max-moved takes a share like 5% or 0.05, not '5'
    """
    try:
        value = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        message = f"{option} takes a share like 5% or 0.05, not {text!r}"
        raise InputError(message)
    return value


def tell_rejects(path: Path) -> None:
    """Say where the refused rows are."""
    typer.echo(f"refused rows are listed in {path}", err=True)
