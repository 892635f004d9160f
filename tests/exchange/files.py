"""Small files for the tests of reading."""

from pathlib import Path

from gis_grid.exchange.identity import Seen
from gis_grid.exchange.prepare import Reading, clean_rows, describe_plan, prepare
from gis_grid.exchange.rejects import RejectsFile, rejects_beside
from gis_grid.exchange.tally import Summary
from gis_grid.values.layers import LAYERS


def read_all(path: Path, layer: str, reading: Reading | None = None):
    """Read a file as an import would; return the good rows and the summary."""
    prepared = prepare(path, LAYERS[layer], reading or Reading())
    summary = Summary(layer=layer)
    describe_plan(prepared, summary)
    with RejectsFile(rejects_beside(path), prepared.source.columns) as rejects:
        kept = [part.frame for part in clean_rows(prepared, Seen(), summary, rejects)]
    return kept, summary
