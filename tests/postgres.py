"""A private PostGIS cluster for the tests: on a free port, in a temp folder, gone at the end.

The first test that asks for PostGIS starts a supervisor process (this file, run as a script). It
makes the cluster, serves it, and removes it when the pytest that owns it asks for it or dies, even
by SIGKILL. Workers of pytest-xdist share one cluster. A root user runs it as `postgres`.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

FOLDER = "GIS_GRID_TEST_CLUSTER"
"""Environment variable through which pytest tells its workers where their cluster is."""

STARTS_WITHIN_S = 120
POLL_S = 0.05
ROOT_RUNS_AS = ("postgres", "nobody")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
    "timezone": "Asia/Shanghai",  # so that a forgotten zone shows
}


class NoPostgisError(RuntimeError):
    """There is no PostGIS that the tests could start."""


def choose_folder() -> None:
    """Name the folder of this run's cluster; nothing is made until a test wants it."""
    os.environ[FOLDER] = str(Path(_common_temp()) / f"gis-grid-tests-{secrets.token_hex(6)}")


def url() -> str:
    """Return the address of the run's cluster, starting it when nobody has.

    Raises
    ------
    NoPostgisError
        The programs are missing or the cluster does not start; the message says why.
    """
    folder = Path(os.environ[FOLDER])
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o711)  # whoever makes it starts the cluster; the others wait
        try:
            _start_supervisor(folder)
        except OSError as error:
            shutil.rmtree(folder)
            msg = f"the cluster cannot be started: {error}"
            raise NoPostgisError(msg) from error
    return _wait_for(folder)


def stop() -> None:
    """Ask the supervisor to stop, and wait until the cluster is gone."""
    folder = Path(os.environ[FOLDER])
    with contextlib.suppress(FileNotFoundError):
        (folder / "stop").touch()
    until = time.monotonic() + STARTS_WITHIN_S
    while folder.exists() and time.monotonic() < until:
        time.sleep(POLL_S)


def _common_temp() -> str:
    """Return a temp folder that another user can enter too."""
    for folder in (tempfile.gettempdir(), "/tmp", "/var/tmp"):
        parts = [Path(folder).resolve(), *Path(folder).resolve().parents]
        if all(part.is_dir() and part.stat().st_mode & 0o001 for part in parts):
            return folder
    return tempfile.gettempdir()


def _start_supervisor(folder: Path) -> None:
    owner = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    with (folder / "supervisor.log").open("wb") as log:
        subprocess.Popen(
            [sys.executable, __file__, str(folder), str(owner)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        ).returncode = 0  # never waited for: it outlives us, and warns nobody


def _wait_for(folder: Path) -> str:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        for name in ("url", "failed"):
            with contextlib.suppress(FileNotFoundError):
                text = (folder / name).read_text(encoding="utf-8")
                if name == "url":
                    return text
                raise NoPostgisError(text)
        time.sleep(POLL_S)
    msg = f"the cluster in {folder} did not start within {STARTS_WITHIN_S} s"
    raise NoPostgisError(msg)


def main(folder: Path, owner: int) -> None:
    """Make and serve the cluster until the owner asks or is gone, then remove every trace."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        with _cluster(folder) as address:
            _publish(folder / "url", address)
            _wait_for_end(folder, owner)
    except (NoPostgisError, OSError, subprocess.SubprocessError) as error:
        _publish(folder / "failed", f"{error}")
        _wait_for_end(folder, owner)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _publish(path: Path, text: str) -> None:
    """Write a file that nobody can see half written."""
    draft = path.with_suffix(".part")
    draft.write_text(text, encoding="utf-8")
    draft.rename(path)


def _wait_for_end(folder: Path, owner: int) -> None:
    while _is_alive(owner) and not (folder / "stop").exists():
        time.sleep(POLL_S)


def _is_alive(process: int) -> bool:
    """Say whether a process runs; one that ended but was not waited for does not."""
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except ProcessLookupError:
        return False
    except (PermissionError, FileNotFoundError):  # somebody else's, or a system without /proc
        return True
    return state.split()[0] != "Z"


@contextlib.contextmanager
def _cluster(folder: Path) -> Iterator[str]:
    programs, user, password = _programs(), _user(), secrets.token_hex(16)
    data, password_file = folder / "data", folder / "password"
    data.mkdir(mode=0o700)
    password_file.write_text(password, encoding="utf-8")
    if user:
        for path in (data, password_file):
            shutil.chown(path, user)
    _run(
        [
            *(str(programs / "initdb"), "--pgdata", str(data), "--username", "tests"),
            *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
            *("--auth", "scram-sha-256", "--pwfile", str(password_file)),
        ],
        user,
    )
    port, server = _serve(programs, data, user)
    try:
        yield f"postgresql+psycopg://tests:{password}@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: nothing here is worth a checkpoint
        server.wait()


def _programs() -> Path:
    """Return the folder of initdb and postgres, of a version that has PostGIS."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    folders += sorted((p.parent for p in installed), key=lambda p: p.parent.name, reverse=True)
    for folder in folders:
        shares = _run([str(folder / "pg_config"), "--sharedir"], None)
        if (Path(shares.strip()) / "extension" / "postgis.control").exists():
            return folder
    msg = "no PostgreSQL server with PostGIS here: apt-get install postgresql-15-postgis-3"
    raise NoPostgisError(msg)


def _user() -> str | None:
    """Return the user to run as; None for ourselves. The server refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ROOT_RUNS_AS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    msg = f"root needs one of the users {', '.join(ROOT_RUNS_AS)} to run PostgreSQL as"
    raise NoPostgisError(msg)


def _run(command: Sequence[str], user: str | None) -> str:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd="/", **_as_user(user)
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        msg = f"{Path(command[0]).name} failed: {' '.join(last)}"
        raise NoPostgisError(msg)
    return done.stdout


def _as_user(user: str | None) -> dict[str, object]:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _serve(programs: Path, data: Path, user: str | None) -> tuple[int, "subprocess.Popen[bytes]"]:
    for _ in range(5):  # somebody may take the free port before we do
        port = _free_port()
        options = SETTINGS | {"port": str(port), "unix_socket_directories": str(data)}
        server = subprocess.Popen(
            [str(programs / "postgres"), "-D", str(data)]
            + [f"--{name}={value}" for name, value in options.items()],
            stdin=subprocess.DEVNULL,
            cwd="/",
            **_as_user(user),
        )
        if _answers(server, programs, port):
            return port, server
    msg = "postgres does not start; see supervisor.log"
    raise NoPostgisError(msg)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(server: "subprocess.Popen[bytes]", programs: Path, port: int) -> bool:
    asks = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while server.poll() is None:
        if subprocess.run(asks, check=False, cwd="/").returncode == 0:
            return True
        time.sleep(POLL_S)
    return False


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
