"""What an import did, counted: the summary that people and programs read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from gis_grid.exchange.batch import Problem

_EXAMPLES = 5


@dataclass(slots=True, kw_only=True)
class Summary:
    """What became of the rows of one layer."""

    layer: str
    files: list[str] = field(default_factory=list)
    """The files, in the order in which they were read."""

    read: int = 0
    """Rows in the files."""

    stored: int = 0
    """Rows whose code was new to the database."""

    updated: int = 0
    """Rows that changed what was there."""

    unchanged: int = 0
    """Rows that said what was there already."""

    repeated: int = 0
    """Rows that said again what an earlier row of the files had said."""

    rejected: int = 0
    """Rows that were not taken."""

    reasons: Counter[str] = field(default_factory=Counter)
    """Rejected rows by the first reason for each."""

    suspicious: Counter[str] = field(default_factory=Counter)
    """Rows that were taken but are doubtful, by reason."""

    repaired: int = 0
    """Invalid polygons that were mended because that was asked for."""

    routed: int = 0
    """Rows of this import that have an owning grid now."""

    outside: int = 0
    """Rows of this import that lie in no grid of the city, though there are grids."""

    datum: str = "wgs84"
    crs: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    """Column by field."""

    guessed: list[str] = field(default_factory=list)
    """Fields whose column nobody stated."""

    constants: dict[str, str] = field(default_factory=dict)
    """Value by field, where it is the same for all rows."""

    notes: list[str] = field(default_factory=list)
    """What else should be known, a sentence each."""

    faults: list[dict[str, Any]] = field(default_factory=list)
    """What keeps the ground grids from tiling the ground: kind, grids, lon, lat, area_m2."""

    examples: list[Problem] = field(default_factory=list)
    """The first few problems."""

    rejects_files: list[str] = field(default_factory=list)
    """Where the rejected rows lie."""

    dry_run: bool = False
    """Whether it was only tried."""

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Count problems: each row once, under its first reason."""
        refused: set[int] = set()
        for problem in problems:
            if problem.row not in refused:
                refused.add(problem.row)
                self.reasons[problem.reason] += 1
            if len(self.examples) < _EXAMPLES:
                self.examples.append(problem)
        self.rejected += len(refused)

    def count_owners(self, rows: pd.DataFrame, *, known: bool) -> None:
        """Count rows by whether a grid owns them; doubted rows count as suspicious already."""
        owned = rows["grid_code"].notna()
        doubted = rows["doubt"].notna() if "doubt" in rows else ~owned & False
        self.routed += int(owned.sum())
        if known:
            self.outside += int((~owned & ~doubted).sum())

    def add_file(self, path: Path) -> None:
        """Note a file."""
        self.files.append(str(path))

    def document(self) -> dict[str, Any]:
        """Return everything as plain values, ready for JSON."""
        return {
            "layer": self.layer,
            "files": self.files,
            "read": self.read,
            "stored": self.stored,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "repeated": self.repeated,
            "rejected": self.rejected,
            "reasons": dict(self.reasons.most_common()),
            "suspicious": dict(self.suspicious.most_common()),
            "repaired": self.repaired,
            "routed": self.routed,
            "outside": self.outside,
            "datum": self.datum,
            "crs": self.crs,
            "mapping": self.mapping,
            "guessed": self.guessed,
            "constants": self.constants,
            "notes": self.notes,
            "faults": self.faults,
            "rejects_files": self.rejects_files,
            "dry_run": self.dry_run,
        }
