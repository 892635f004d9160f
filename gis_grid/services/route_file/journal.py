"""What a run has safely done, beside its output: a killed run goes on from there.

A folder ``.NAME.routing`` holds the drafts and ``journal.json``. The journal names the run (input,
options, grids) and how much of each draft belongs to the rows before a position of the input. It is
replaced in one step after the drafts are on the disk; so it never promises what is not there, and
what the drafts have beyond it is cut off. No row is lost, none comes twice.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gis_grid.errors import FileError
from gis_grid.services.route_file.drafts import Extent, sync
from gis_grid.services.route_file.locks import KEEPS_OPEN_FILES, LOCK, lock_folder

JOURNAL = "journal.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is safe."""

    position: list[int]
    """Where the next row of the input is."""

    out: Extent
    rejects: Extent
    counts: dict[str, Any]
    """The summary so far."""


class Workplace:
    """The folder of one run; made, or taken over from the same run that was killed."""

    def __init__(self, out: Path, run: Mapping[str, Any]) -> None:
        self.folder = out.with_name(f".{out.name}.routing")
        self._run = json.loads(json.dumps(run))
        self.folder.mkdir(exist_ok=True)
        try:
            self._lock = lock_folder(self.folder)
        except BlockingIOError as error:
            msg = f"{out} is being written by another run; wait for it or name another file"
            raise FileError(msg) from error
        self._is_left = False
        self.entry = self._read()
        if self.entry is None:
            self._clear()

    def _read(self) -> Entry | None:
        try:
            told = json.loads((self.folder / JOURNAL).read_text(encoding="utf-8"))
            return Entry(**told["entry"]) if told["run"] == self._run else None
        except (OSError, ValueError, KeyError, TypeError):
            return None  # there is none, or none that this version wrote

    def _clear(self) -> None:
        for path in self.folder.iterdir():
            if path.name != LOCK:
                path.unlink()

    def commit(self, entry: Entry) -> None:
        """Note what is safe; the drafts must be on the disk already."""
        text = json.dumps({"run": self._run, "entry": asdict(entry)})
        fresh = self.folder / f"{JOURNAL}.new"
        fresh.write_text(text, encoding="utf-8")
        sync(fresh)
        fresh.replace(self.folder / JOURNAL)
        sync(self.folder)
        self.entry = entry

    def finish(self, files: Mapping[Path, Path | None]) -> None:
        """Move finished drafts to their names, remove what has none, and the folder."""
        (self.folder / JOURNAL).unlink(missing_ok=True)  # from here on a killed run starts anew
        for name, draft in files.items():
            if draft is None:
                name.unlink(missing_ok=True)
            else:
                draft.replace(name)
        self.entry = None
        self.leave()

    def leave(self) -> None:
        """Let go of the folder; it stays when somebody can go on from it."""
        if self._is_left:
            return
        self._is_left = True
        if self.entry is None:
            shutil.rmtree(self.folder, ignore_errors=KEEPS_OPEN_FILES)
        self._lock.close()
        if self.entry is None and KEEPS_OPEN_FILES:
            shutil.rmtree(self.folder)
