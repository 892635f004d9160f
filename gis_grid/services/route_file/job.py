"""A run under way: its files, what it counted, and what of it is safe."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio

from gis_grid.errors import FileError
from gis_grid.exchange.rejects import rejects_beside
from gis_grid.services.route_file.answers import Answers, Reason
from gis_grid.services.route_file.journal import Entry, Workplace
from gis_grid.services.route_file.points import Points, Position
from gis_grid.services.route_file.rejects import Rejects
from gis_grid.services.route_file.rows import Rows
from gis_grid.services.route_file.sinks import PipeSink, Sink, kind_of


@dataclass(slots=True, kw_only=True)
class Summary:
    """What became of the rows of a file."""

    rows: int = 0
    routed: int = 0
    outside: int = 0
    without_point: Counter[str] = field(default_factory=Counter)
    """Rows without a usable point, by reason."""

    resumed: int = 0
    """Rows that a run before, which was killed, had done."""

    rejects: str | None = None
    """Where the rows without a usable point are listed."""

    def count(self, answers: Answers) -> None:
        """Count some rows."""
        owned, known = answers.owner >= 0, answers.reason == Reason.NONE
        self.rows += len(owned)
        self.routed += int(owned.sum())
        self.outside += int((known & ~owned).sum())
        reasons, counts = np.unique(answers.reason[~known], return_counts=True)
        for reason, count in zip(reasons.tolist(), counts.tolist(), strict=True):
            self.without_point[Reason(reason).name.lower()] += count

    def as_dict(self) -> dict[str, Any]:
        """Return the counts for JSON."""
        return {
            "rows": self.rows,
            "routed": self.routed,
            "outside": self.outside,
            "without_point": dict(sorted(self.without_point.items())),
        }

    @classmethod
    def resumed_from(cls, entry: Entry | None) -> "Summary":
        """Return what a run before had counted."""
        if entry is None:
            return cls()
        counts = entry.counts | {"without_point": Counter(entry.counts["without_point"])}
        return cls(**counts, resumed=entry.counts["rows"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Which files a run writes."""

    out: Path
    """``-`` is standard output."""

    rejects: Path | None
    """None: rows without a usable point are only counted."""

    @classmethod
    def beside(cls, out: Path, rejects: Path | None) -> "Places":
        """Return an output and its rejects, beside it unless it is said where.

        Examples
        --------
        >>> Places.beside(Path("o/routed.csv.gz"), None).rejects.name
        'routed.rejects.csv'
        """
        if rejects is None and str(out) != "-":
            rejects = rejects_beside(out)
        return cls(out=out, rejects=rejects)


@dataclass(slots=True, kw_only=True)
class Job:
    """A run under way."""

    opened: Points
    sink: Sink
    rejects: Rejects | None
    workplace: Workplace | None
    summary: Summary

    @property
    def can_commit(self) -> bool:
        """Whether what was done can be made safe."""
        return self.opened.can_resume and self.sink.can_commit

    @property
    def start(self) -> Position | None:
        """Where a run before had come to."""
        entry = self.workplace.entry if self.workplace else None
        return entry.position if entry else None

    def write(self, rows: Rows, answers: Answers) -> None:
        """Take some rows."""
        self.sink.write(rows, answers)
        if self.rejects:
            self.rejects.write(rows, answers, before=self.summary.rows)
        self.summary.count(answers)

    def commit(self, position: Position) -> None:
        """Make safe what was done."""
        if self.workplace is not None:
            out, rejects = self.sink.commit(), self.rejects.commit() if self.rejects else []
            counts = self.summary.as_dict()
            entry = Entry(position=position, out=out, rejects=rejects, counts=counts)
            self.workplace.commit(entry)

    def finish(self, places: Places) -> None:
        """Give the files their names; without rejects there is no file of them."""
        out = self.sink.finish()
        files: dict[Path, Path | None] = {}
        if self.rejects and places.rejects:
            listed = self.rejects.finish()
            needed = self.summary.without_point.total() > 0
            files[places.rejects] = listed if needed else None
            self.summary.rejects = str(places.rejects) if needed else None
        if out is not None:
            files[places.out] = out
        if self.workplace:
            self.workplace.finish(files)


@contextmanager
def open_job(opened: Points, places: Places, same: Mapping[str, Any]) -> Iterator[Job]:
    """Open what a run writes; the files appear under their names only when all is well.

    Parameters
    ----------
    opened
        The input.
    places
        The outputs.
    same
        What must be equal for a run to go on from this one, ready for JSON.

    Raises
    ------
    FileError
        The output is of an unknown kind, cannot be written, or is being written by another run.
    """
    piped = str(places.out) == "-"
    kind = None if piped else kind_of(places.out)
    anchor = places.rejects if piped else places.out
    try:
        with ExitStack() as stack:
            workplace = Workplace(anchor, same) if anchor else None
            if workplace:
                stack.callback(workplace.leave)
            entry = workplace.entry if workplace else None
            sink: Sink
            if workplace and kind:
                draft = workplace.folder / ("draft" + "".join(places.out.suffixes[-2:]))
                sink = kind(draft, opened, entry.out if entry else None)
            else:
                sink = PipeSink(opened)
            rejects = None
            if workplace and places.rejects:
                listed = workplace.folder / "rejects"
                rejects = Rejects(listed, entry.rejects if entry else None)
                stack.enter_context(closing(rejects))
            stack.enter_context(closing(sink))
            job = Job(
                opened=opened,
                sink=sink,
                rejects=rejects,
                workplace=workplace,
                summary=Summary.resumed_from(entry),
            )
            yield job
            job.finish(places)
    except (OSError, pyogrio.errors.DataSourceError) as error:
        msg = f"{places.out} cannot be written: {error}"
        raise FileError(msg) from error
