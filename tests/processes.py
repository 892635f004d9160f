"""The service as real processes, begun by the command that people use, and clients that keep on."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

STARTS_WITHIN_S = 120
ANSWERS_WITHIN_S = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Client:
    """One kept connection that asks with a token."""

    def __init__(self, port, token):
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.connection = HTTPConnection("127.0.0.1", port, timeout=ANSWERS_WITHIN_S)

    def ask(self, method, path, body=None, **headers):
        """Return the status and the JSON of an answer; OSError when there is none."""
        text = None if body is None else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            self.connection.request(method, f"/api/v1{path}", text, self.headers | named)
            answer = self.connection.getresponse()
            return answer.status, json.loads(answer.read() or "null")
        except HTTPException as error:
            raise OSError(error) from error
        except OSError:
            self.connection.close()
            raise

    def get(self, path):
        status, told = self.ask("GET", path)
        assert status == 200, told
        return told

    def step(self, plan, wish, seen):
        """Take a step of a plan, as wished or ``undo``."""
        path, body = ("steps", wish) if isinstance(wish, dict) else (wish, None)
        return self.ask("POST", f"/plans/{plan}/{path}", body, If_Match=f'"{seen}"')


class Service:
    """``gis-grid serve`` on a database."""

    def __init__(self, url, folder, *, workers=1):
        self.port = free_port()
        words = ["--port", str(self.port), "--database", url, "--workers", str(workers)]
        command = [str(Path(sys.executable).parent / "gis-grid"), "serve", *words]
        env = os.environ | {"GIS_GRID_CACHE_DIR": str(folder / "cache")}
        self.clients = []
        self.said = (folder / f"said-{self.port}").open("w+")
        self.process = subprocess.Popen(
            command, env=env, stdout=self.said, stderr=subprocess.STDOUT, start_new_session=True
        )

    def client(self, token):
        """Return a client with a connection of its own."""
        self.clients.append(Client(self.port, token))
        return self.clients[-1]

    def wait(self):
        """Wait until it answers."""
        until = time.monotonic() + STARTS_WITHIN_S
        while self.process.poll() is None and time.monotonic() < until:
            with suppress(OSError):
                if self.client("").ask("GET", "/health")[0] == 200:
                    return self
            time.sleep(0.1)
        self.said.seek(0)
        raise AssertionError(self.said.read())

    def kill(self):
        """End it and its workers at once, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    def stop(self):
        for client in self.clients:
            client.connection.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
        self.kill()
        self.said.close()


@contextmanager
def service(url, folder, *, workers=1):
    """Give a service that answers; it is gone in the end."""
    made = Service(url, folder, workers=workers)
    try:
        yield made.wait()
    finally:
        made.stop()
