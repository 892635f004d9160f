"""Routing a file on a Spark cluster."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from gis_grid.errors import InputError
from gis_grid.geo.datum import Datum
from gis_grid.router import Router
from gis_grid.router.spark_files import route_files
from gis_grid.services.route_file.job import Summary
from gis_grid.services.route_file.points import Wanted, coordinate_columns


def route_on_cluster(
    router: Router, points: Path, out: Path, *, master: str, wanted: Wanted, datum: Datum
) -> Summary:
    """Write every row of `points` to a folder `out`, with its owner, by a Spark cluster.

    Parameters
    ----------
    router
        The grids; the cluster gets a saved copy.
    points
        Parquet or CSV in UTF-8, a file or a folder that every machine of the cluster sees.
    out
        Folder to make, named ``.parquet`` or ``.csv``; one file for each task.
    master
        Address of the cluster: ``spark://host:7077``, ``yarn``, ``local[2]``.
    wanted
        Columns, where they are not to be guessed.
    datum
        Datum of the points.

    Returns
    -------
    Summary
        Every row is counted once.

    Raises
    ------
    FileError
        `points` cannot be read, or `out` is there already.
    InputError
        A column, pyspark or Java is missing; the cluster failed.
    """
    if wanted.encoding:
        msg = f"Spark reads CSV in UTF-8, not {wanted.encoding}; convert {points} first"
        raise InputError(msg)
    with TemporaryDirectory() as folder:
        index = Path(folder, "grids.router")
        router.save(index)
        routed = route_files(
            points,
            index,
            out,
            master=master,
            datum=datum,
            coordinates=lambda names: coordinate_columns(names, wanted),
        )
    without = routed.rows - routed.owned - routed.outside
    reasons = Counter({"no_point": without} if without else {})
    return Summary(
        rows=routed.rows, routed=routed.owned, outside=routed.outside, without_point=reasons
    )
