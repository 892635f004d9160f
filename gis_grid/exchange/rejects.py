"""The file of rows that were not taken, each with its reason and everything it said."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import pandas as pd

from gis_grid.errors import FileError
from gis_grid.exchange.batch import Batch, Problem

_OWN = ("row", "field", "value", "reason", "hint")


def rejects_beside(path: Path) -> Path:
    """Return where the rejects of a file go unless the user says otherwise.

    Examples
    --------
    >>> rejects_beside(Path("data/lamps.csv.gz")).name
    'lamps.rejects.csv'
    """
    packed = path.suffix.lower() == ".gz"
    return path.with_name(f"{Path(path.stem).stem if packed else path.stem}.rejects.csv")


class RejectsFile:
    """A CSV file (UTF-8 with a mark, so that Excel reads it) that exists only when it is needed.

    Its first columns are row, field, value, reason and hint; then come the columns of the file
    itself. A row with two faults has two lines.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self._columns = list(columns)
        self._stream: IO[str] | None = None

    def __enter__(self) -> Self:
        """Write nothing yet, but clear away what an earlier run left."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            message = f"cannot write {self.path}: {error.strerror}"
            raise FileError(message) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()

    @property
    def exists(self) -> bool:
        """Whether anything was written."""
        return self._stream is not None

    def write(self, batch: Batch, problems: Iterable[Problem]) -> None:
        """Add the problems of a batch, in the order of the rows.

        Raises
        ------
        FileError
            The file cannot be written.
        """
        ordered = sorted(problems, key=lambda problem: problem.row)
        if not ordered:
            return
        said = pd.DataFrame([_said(problem) for problem in ordered])
        places = {int(row): at for at, row in enumerate(batch.rows)}
        at = [places.get(problem.row, -1) for problem in ordered]
        original = batch.table.reset_index(drop=True).reindex(at).reset_index(drop=True)
        try:
            lines = pd.concat([said, original.reindex(columns=self._columns)], axis=1)
            lines.to_csv(self._open(), header=False, index=False)
        except OSError as error:
            message = f"cannot write {self.path}: {error.strerror}"
            raise FileError(message) from error

    def _open(self) -> IO[str]:
        if self._stream is None:
            self._stream = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._stream, lineterminator="\n").writerow([*_OWN, *self._columns])
        return self._stream


def _said(problem: Problem) -> tuple[str, ...]:
    return str(problem.row), problem.field, problem.value, problem.reason, problem.hint
