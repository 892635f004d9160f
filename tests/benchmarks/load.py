"""A bounded load on this machine: GET requests at a fixed rate, each timed from when it is due.

The load is open: a request is sent when it is due, whether or not earlier ones were answered, and
waiting for a free connection counts. Connections take turns, so that each worker has its share.
Only loopback is ever asked.
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
    cpu_s: float = 0.0
    """Processor time of this tool."""

    def percentile_ms(self, percent: float) -> float:
        return (
            float(np.percentile(self.latency_s, percent)) * 1e3 if self.latency_s else float("nan")
        )

    @property
    def rate(self) -> float:
        """Answers a second that were really reached."""
        return len(self.latency_s) / self.took_s


class Connection(asyncio.Protocol):
    """A kept connection that sends one request at a time; it costs little, for it shares cores."""

    def __init__(self, port: int, headers: str):
        self.port = port
        self.headers = f"Host: {HOST}:{port}\r\n{headers}\r\n"
        self.transport = None
        self.answer = None
        self.seen = b""

    async def get(self, path: str) -> int:
        """Return the status of the answer, read to its end."""
        loop = asyncio.get_running_loop()
        if self.transport is None:
            await loop.create_connection(lambda: self, HOST, self.port)
        self.seen, self.answer = b"", loop.create_future()
        late = loop.call_later(TIMEOUT_S, self.close)
        self.transport.write(f"GET {path} HTTP/1.1\r\n{self.headers}".encode())
        try:
            return await self.answer
        finally:
            late.cancel()

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.seen += data
        head, found, body = self.seen.partition(b"\r\n\r\n")
        if not found:
            return
        length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        if len(body) >= int(length) and not self.answer.done():
            self.answer.set_result(int(head.split(b" ", 2)[1]))

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(error or ConnectionError("closed, or no answer in time"))

    def close(self) -> None:
        if self.transport:
            self.transport.close()


async def send(
    port: int, paths: Sequence[str], *, rate: float, connections: int, headers: str = ""
) -> Report:
    """Ask for each path once, `rate` of them a second; each header ends with its line."""
    report, free = Report(), asyncio.Queue()  # in turn, as many clients would
    for _ in range(connections):
        free.put_nowait(Connection(port, headers))
    start, cpu = time.perf_counter(), time.process_time()

    async def one(number: int, path: str) -> None:
        due = start + number / rate
        await asyncio.sleep(due - time.perf_counter())
        connection = await free.get()
        try:
            status = await connection.get(path)
        except (OSError, ValueError) as error:
            report.errors[type(error).__name__] += 1
        else:
            report.latency_s.append(time.perf_counter() - due)
            if status != 200:
                report.errors[f"HTTP {status}"] += 1
        finally:
            free.put_nowait(connection)

    await asyncio.gather(*(one(number, path) for number, path in enumerate(paths)))
    report.took_s, report.cpu_s = time.perf_counter() - start, time.process_time() - cpu
    while not free.empty():
        free.get_nowait().close()
    return report
