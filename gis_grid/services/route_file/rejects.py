"""The list of rows without a usable point: number, reason, and what the row says."""

from pathlib import Path

import numpy as np

from gis_grid.services.route_file.answers import Answers, Reason, csv_line
from gis_grid.services.route_file.drafts import Extent, TextDraft
from gis_grid.services.route_file.rows import Rows

COLUMNS = ("row", "reason", "value")


class Rejects:
    """CSV in UTF-8 with a mark, so that Excel reads it."""

    def __init__(self, draft: Path, extent: Extent | None) -> None:
        self._path = draft
        self._draft = TextDraft(draft, extent)
        if self._draft.is_new:
            self._draft.write(f"{csv_line(COLUMNS, ',')}\n".encode("utf-8-sig"))

    def write(self, rows: Rows, answers: Answers, *, before: int) -> None:
        """List the rows that have no point; `before` them came so many, the first row is 1."""
        places = np.flatnonzero(answers.reason != Reason.NONE)
        if not len(places):
            return
        reasons = [Reason(reason).name.lower() for reason in answers.reason[places].tolist()]
        numbers = (places + before + 1).tolist()
        said = rows.said(places)
        lines = [csv_line(line, ",") for line in zip(numbers, reasons, said, strict=True)]
        self._draft.write("".join(f"{line}\n" for line in lines).encode())

    def commit(self) -> Extent:
        """Wait until the lines are on the disk."""
        return self._draft.commit()

    def finish(self) -> Path:
        """Return the finished file."""
        self._draft.commit()
        return self._path

    def close(self) -> None:
        """Let go of the file."""
        self._draft.close()
