"""A load that keeps some clients busy, and the processor time of each side of it."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, text

from tests.benchmarks.bench_http_route import processor_s
from tests.benchmarks.load import HOST, Connection

MOST_TRIES = 400
ANSWERS_WITHIN_S = 120


class TileConnection(Connection):
    """A connection that takes answers without a body, and waits for what a worker reads first."""

    def data_received(self, data: bytes) -> None:
        self.seen += data
        head, found, body = self.seen.partition(b"\r\n\r\n")
        length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        if found and len(body) >= int(length or 0) and not self.answer.done():
            self.answer.set_result(int(head.split(b" ", 2)[1]))

    async def get(self, path: str) -> int:
        loop = asyncio.get_running_loop()
        if self.transport is None:
            await loop.create_connection(lambda: self, HOST, self.port)
        self.seen, self.answer = b"", loop.create_future()
        self.transport.write(f"GET {path} HTTP/1.1\r\n{self.headers}".encode())
        return await asyncio.wait_for(self.answer, ANSWERS_WITHIN_S)


class Client:
    """A connection that asks for one tile after the other."""

    def __init__(self, connection: TileConnection):
        self.connection = connection
        self.sizes: list[int] = []

    async def ask(self, paths: Sequence[str]) -> None:
        """Ask for every path."""
        await self.take(list(reversed(paths)), float("inf"))

    async def take(self, paths: list[str], until: float) -> None:
        """Take paths away from the end of a list that others take from, too, until some time."""
        self.sizes = []
        while paths and time.perf_counter() < until:
            path = paths.pop()
            status = await self.connection.get(path)
            if status not in {200, 204}:
                msg = f"{path}: HTTP {status}"
                raise RuntimeError(msg)
            self.sizes.append(len(self.connection.seen.partition(b"\r\n\r\n")[2]))


class Served:
    """A service that is asked: its port, its parent process, the database server, the headers."""

    def __init__(self, port: int, parent: int, database: int | None, headers: str):
        self.port, self.parent, self.database, self.headers = port, parent, database, headers

    async def clients(self, count: int) -> list[Client]:
        """Return so many clients, as many at each worker; chance would keep one of them idle."""
        workers = [child for child in children(self.parent) if listens(child)]
        found: dict[int, list[Client]] = {worker: [] for worker in workers}
        most = count // len(workers)
        spare = []  # kept until the end: who closes one would get the same worker again
        for _ in range(MOST_TRIES):
            connection = TileConnection(self.port, self.headers)
            await connection.get("/api/v1/health")
            mine = connection.transport.get_extra_info("sockname")[1]
            holder = next(worker for worker in workers if holds(worker, self.port, mine))
            place = found[holder] if len(found[holder]) < most else spare
            place.append(Client(connection))
            if all(len(clients) == most for clients in found.values()):
                for client in spare:
                    client.connection.close()
                return [client for clients in found.values() for client in clients]
        msg = f"{MOST_TRIES} connections all went to some of the workers"
        raise RuntimeError(msg)

    async def load(self, clients: list[Client], paths: list[str], seconds: float) -> str:
        """Ask for paths by all clients, each path once; return what a row of the table says."""
        left = list(reversed(paths))
        before, start = self._processor_s(), time.perf_counter()
        await asyncio.gather(*(client.take(left, start + seconds) for client in clients))
        took = time.perf_counter() - start
        sizes = [size for client in clients for size in client.sizes]
        spent = [
            "" if now is None or then is None else f"{(now - then) / len(sizes) * 1e3:.2f}"
            for now, then in zip(self._processor_s(), before, strict=True)
        ]
        mean_kb = sum(sizes) / len(sizes) / 1e3
        return f"{len(sizes) / took:.0f} | {mean_kb:.1f} | {' | '.join(spent)}"

    def _processor_s(self) -> tuple[float, float | None, float]:
        database = None if self.database is None else processor_s(self.database)
        return processor_s(self.parent), database, time.process_time()


def server_of(engine: Engine) -> int | None:
    """Return the process that is the parent of all of a PostgreSQL server on this machine."""
    with engine.connect() as connection:
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    is_here = engine.url.host in {"127.0.0.1", "localhost", None}
    return parent_of(backend) if is_here else None


def parent_of(process: int) -> int:
    stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    return int(stat.rpartition(")")[2].split()[1])


def children(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(child) for file in listed for child in file.read_text(encoding="utf-8").split()]


def sockets(process: int) -> set[str]:
    """Return the inodes of the sockets of a process."""
    links = [str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir()]
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def listens(process: int) -> bool:
    """Say whether a process is a worker: it has sockets; those that only help have none."""
    return bool(sockets(process))


def holds(process: int, port: int, client: int) -> bool:
    """Say whether a process has the server's end of a connection from a client's port."""
    mine = sockets(process)
    for line in Path("/proc/net/tcp").read_text(encoding="utf-8").splitlines()[1:]:
        fields = line.split()
        here, there = (int(one.partition(":")[2], 16) for one in fields[1:3])
        if (here, there) == (port, client) and fields[9] in mine:
            return True
    return False
