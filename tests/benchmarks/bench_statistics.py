"""What the overview page asks for: ``python -m tests.benchmarks statistics``.

Every request that the page sends when it opens, in its order, then when a filter is set and when
the year is played; on the demo city `large` (a million incidents) or that of ``--city``, in both
databases. The first answer is that of a service that has just begun; the repeated one is the same
question again; the peak is what the process took beyond what it had before the first answer.
"""

import gzip
import http.client
import json
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from tests.benchmarks.both import SIZE, addresses, alone, kind_of
from tests.benchmarks.load import HOST
from tests.benchmarks.machine import machine
from tests.signed import token

WINDOW_DAYS, STEP_DAYS = 28, 7


class Asker:
    """A client of a service that looks at the memory of its process."""

    def __init__(self, port: int, process: int, text: str):
        self.process = process
        self.link = http.client.HTTPConnection(HOST, port)
        self.headers = {"Authorization": f"Bearer {text}", "Accept-Encoding": "gzip"}

    def ask(self, path: str) -> tuple[float, bytes]:
        """Return the seconds that an answer took, and its body."""
        start = time.perf_counter()
        self.link.request("GET", path, headers=self.headers)
        answer = self.link.getresponse()
        body = answer.read()
        if answer.status != 200:
            msg = f"{path}: HTTP {answer.status}"
            raise RuntimeError(msg)
        return time.perf_counter() - start, body

    def row(self, what: str, path: str) -> str:
        """Return what a row of the table says of a question."""
        before = self.memory_mb("VmRSS")
        Path(f"/proc/{self.process}/clear_refs").write_text("5", encoding="utf-8")  # the peak anew
        first, body = self.ask(path)
        peak = self.memory_mb("VmHWM")
        again = min(self.ask(path)[0] for _ in range(3))
        took = f"{first * 1e3:.0f} | {again * 1e3:.1f} | {max(0, peak - before):.0f}"
        return f"| {what} | {took} | {len(body) / 1e3:.0f} |"

    def memory_mb(self, what: str) -> float:
        status = Path(f"/proc/{self.process}/status").read_text(encoding="utf-8")
        return float(status.partition(f"{what}:")[2].split()[0]) / 1024


def last_day(url: str) -> date:
    """Ask a service of its own for it, so that the one that is measured has read nothing yet."""
    with tempfile.TemporaryDirectory() as cache, alone(url, cache) as (port, process):
        days = Asker(port, process, token(url)).ask("/api/v1/statistics/days")[1]
    return date.fromisoformat(json.loads(unpacked(days))["last"])


def unpacked(body: bytes) -> bytes:
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def questions(last: date) -> dict[str, str]:
    """Return the requests of the page by what they are for."""
    first = last - timedelta(days=WINDOW_DAYS - 1)
    span = f"first={first}&last={last}"
    back = timedelta(days=STEP_DAYS)
    earlier = f"first={first - back}&last={last - back}"
    begun = f"first={last - timedelta(days=364)}&last={last}"
    return {
        "city": "/api/v1/city",
        "tiles": "/api/v1/tiles",
        "days of the year": "/api/v1/statistics/days",
        "sums": "/api/v1/overview",
        "28 days compared": f"/api/v1/statistics/window?{span}",
        "heat of 28 days": f"/api/v1/heat?{span}",
        "days, events only": "/api/v1/statistics/days?kind=event",
        "28 days compared, events only": f"/api/v1/statistics/window?kind=event&{span}",
        "heat, events only": f"/api/v1/heat?kind=event&{span}",
        "a step of the year that is played": f"/api/v1/heat?{earlier}&resolution=8&breaks=3,9,27",
        "the whole year compared": f"/api/v1/statistics/window?{begun}",
        "heat of the whole year": f"/api/v1/heat?{begun}",
    }


def measured(url: str) -> None:
    asked = questions(last_day(url))
    print(f"\n{kind_of(url)}\n")
    print("| request | first ms | repeated ms | peak MB more | kB |\n|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as cache, alone(url, cache) as (port, process):
        asker = Asker(port, process, token(url))
        asker.ask("/api/v1/session")
        for what, path in asked.items():
            print(asker.row(what, path), flush=True)


def main() -> None:
    print(f"Requests of the overview page, city `{SIZE}`. {machine()}")
    with addresses(sys.argv[1:]) as urls:
        for url in urls:
            measured(url)


if __name__ == "__main__":
    main()
