"""Progress bars on standard error, for work that takes more than a moment."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Told = Callable[[int, int | None], None]
"""Told how many rows are done, and of how many when that is known."""

_PATIENCE_S = 1.0


@contextmanager
def bar(title: str) -> Iterator[Told]:
    """Give a progress bar that shows up after a second, and on a terminal only."""
    console = Console(stderr=True)
    shown = Progress(
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = shown.add_task(title, total=None)
    began = time.monotonic()

    def tell(done: int, total: int | None) -> None:
        shown.update(task, completed=done, total=total)
        if time.monotonic() - began > _PATIENCE_S:
            shown.start()

    try:
        yield tell
    finally:
        shown.stop()
