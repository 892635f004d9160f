"""A bounded load on this machine: GET requests at a fixed rate, each timed from when it is due.

The load is open: a request is sent when it is due, whether or not earlier ones were answered, and
waiting for a free connection counts. Only loopback is ever asked.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

HOST = "127.0.0.1"
TIMEOUT_S = 10.0


@dataclass
class Report:
    """How the requests went."""

    latency_s: list[float] = field(default_factory=list)
    errors: Counter = field(default_factory=Counter)
    took_s: float = 0.0

    def percentile_ms(self, percent: float) -> float:
        return (
            float(np.percentile(self.latency_s, percent)) * 1e3 if self.latency_s else float("nan")
        )

    @property
    def rate(self) -> float:
        """Answers a second that were really reached."""
        return len(self.latency_s) / self.took_s


class Connection:
    """A kept connection that sends one request at a time."""

    def __init__(self, port: int):
        self.port = port
        self.streams = None

    async def get(self, path: str) -> int:
        """Return the status of the answer, read to its end."""
        try:
            return await asyncio.wait_for(self._get(path), TIMEOUT_S)
        except BaseException:
            self.close()
            raise

    async def _get(self, path: str) -> int:
        if self.streams is None:
            self.streams = await asyncio.open_connection(HOST, self.port)
        reader, writer = self.streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = head.partition("\r\ncontent-length:")[2].partition("\r\n")[0]
        await reader.readexactly(int(length))
        return int(head.split(" ", 2)[1])

    def close(self) -> None:
        if self.streams:
            self.streams[1].close()
        self.streams = None


async def send(port: int, paths: Sequence[str], *, rate: float, connections: int) -> Report:
    """Ask for each path once, `rate` of them a second."""
    report, free = Report(), asyncio.LifoQueue()
    for _ in range(connections):
        free.put_nowait(Connection(port))
    start = time.perf_counter()

    async def one(number: int, path: str) -> None:
        due = start + number / rate
        await asyncio.sleep(due - time.perf_counter())
        connection = await free.get()
        try:
            status = await connection.get(path)
        except (OSError, EOFError, TimeoutError) as error:
            report.errors[type(error).__name__] += 1
        else:
            report.latency_s.append(time.perf_counter() - due)
            if status != 200:
                report.errors[f"HTTP {status}"] += 1
        finally:
            free.put_nowait(connection)

    await asyncio.gather(*(one(number, path) for number, path in enumerate(paths)))
    report.took_s = time.perf_counter() - start
    while not free.empty():
        free.get_nowait().close()
    return report
