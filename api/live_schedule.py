"""Publishes plans at their moment: a thread of each process that looks when it is time."""

import logging
import threading
from datetime import UTC, datetime

from sqlalchemy import Engine

from gis_grid.errors import GisGridError
from gis_grid.services.planning.desk import Desk
from gis_grid.services.planning.scheduling import next_moment, publish_due
from gis_grid.services.publishing import publish_in

LOOK_S = 1.0
"""How long a moment that somebody just asked for, in another process, may go unnoticed."""

log = logging.getLogger(__name__)


class LiveSchedule:
    """Looks every second, and at the very moment when it knows of one; `close` ends it.

    All processes of a service look. The database lets one of them publish; the others hear of the
    new generation as of any other.
    """

    def __init__(self, engine: Engine, desk: Desk, *, look_s: float = LOOK_S) -> None:
        self._engine = engine
        self._desk = desk
        self._look_s = look_s
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="plan-schedule", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait for a publication that is going on, and begin no other one."""
        self._is_over.set()
        self._thread.join()

    def _work(self) -> None:
        wait_s = 0.0
        while not self._is_over.wait(wait_s):
            try:
                wait_s = self._look()
            except GisGridError as error:
                log.warning("plans that are due wait: %s", error)
                wait_s = self._look_s
            except Exception:  # this thread must outlive whatever one plan does to it
                log.exception("a plan that is due could not be published")
                wait_s = self._look_s

    def _look(self) -> float:
        """Publish what is due; return how many seconds there is nothing to do."""
        moment = next_moment(self._engine)
        now = datetime.now(UTC)
        if moment is None:
            return self._look_s
        if moment > now:
            return min(self._look_s, (moment - now).total_seconds())
        for number, done in publish_due(
            self._engine, self._desk, now=now, publish=publish_in
        ).items():
            generation = done.generation.number
            log.info("plan %s was published at its moment, as generation %s", number, generation)
        return 0.0 if next_moment(self._engine) != moment else self._look_s
