"""``gis-grid demo``: make a city that does not exist, and serve it on this machine."""

import ipaddress
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gis_grid.cli.server import address_of, listen, run
from gis_grid.demo.city import City, make_city, require_day, require_known
from gis_grid.demo.ground import CENTRE_LONLAT
from gis_grid.demo.kinds import SPECS
from gis_grid.errors import ConflictError, FileError, InputError, StorageError
from gis_grid.services.accounts.demo_users import make_demo_token, make_demo_users
from gis_grid.services.demo_city import store_city, store_special, stored_demo
from gis_grid.storage import database
from gis_grid.values.layers import LAYERS

FILE = "city.db"
_OLD_DAYS = 7
_STEPS = ("ground", "houses", "grids", "things", "incidents")

SizeOption = Annotated[str, typer.Option(help=f"{', '.join(SPECS)}.")]
SeedOption = Annotated[int, typer.Option(help="The same seed gives the same city.")]
DataOption = Annotated[Path, typer.Option(metavar="DIR", help="Folder of the city.")]
PortOption = Annotated[int, typer.Option(min=1, max=65_535)]
HostOption = Annotated[str, typer.Option(help="A loopback address: the demo is for you alone.")]
BuildOption = Annotated[bool, typer.Option("--build-only", help="Make the city and stop.")]
UntilOption = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="The record of incidents ends when this day begins; by default it is today, so that "
        "time limits run.",
    ),
]
ReplaceOption = Annotated[bool, typer.Option("--replace", help="Forget the city that is there.")]


def demo(  # noqa: PLR0913 - the options of a command
    *,
    size: SizeOption = "small",
    seed: SeedOption = 7,
    until: UntilOption = None,
    data: DataOption = Path("demo_city"),
    port: PortOption = 8000,
    host: HostOption = "127.0.0.1",
    build_only: BuildOption = False,
    replace: ReplaceOption = False,
) -> None:
    """Make a believable city of one of three sizes, keep it in a folder, and serve it."""
    require_known(size, seed)
    _require_loopback(host)
    last_day = None if until is None else _before(until)
    listener = None if build_only else listen(host, port)
    file = data / FILE
    _prepare(file, size, seed, last_day, replace=replace)
    url = f"sqlite:///{file}"
    if listener is None:
        typer.echo(f"{file} is ready; see it with: gis-grid db status --database {url}")
        return
    with listener:
        address = address_of(host, port)
        typer.echo(f"{address}/  shows the map; Ctrl+C stops it")
        secret = _say_who_may(url)
        _say_what_to_try(address, url, secret)
        run(listener, url)


def _require_loopback(host: str) -> None:
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError as error:
        message = f"host {host!r} is no address; use 127.0.0.1, ::1 or localhost"
        raise InputError(message) from error
    if not address.is_loopback:
        message = f"host {host} is not this machine; the demo listens on 127.0.0.1 or ::1 only"
        raise InputError(message)


def _before(until: str) -> date:
    """Return the day before the one that was typed."""
    try:
        last_day = date.fromisoformat(until) - timedelta(days=1)
    except (ValueError, OverflowError):
        message = f"--until {until!r} is no day; write it like 2026-03-01"
        raise InputError(message) from None
    require_day(last_day)
    return last_day


def _yesterday() -> date:
    """Return the day before today in the city's time."""
    return (datetime.now(timezone(timedelta(hours=8))) - timedelta(days=1)).date()


def _prepare(file: Path, size: str, seed: int, last_day: date | None, *, replace: bool) -> None:
    """Keep the city in `file` when it is the one that is asked for, else make it."""
    if file.exists() and not replace:
        _require_same(file, size, seed, last_day)
        return
    with _draft(file) as draft, _bars() as bars:
        city = make_city(size, seed, _steps(bars), last_day=last_day or _yesterday())
        with database.opened(f"sqlite:///{draft}") as engine:
            store_city(engine, city, _rows(bars, city))
            store_special(engine, city)


def _require_same(file: Path, size: str, seed: int, last_day: date | None) -> None:
    with database.opened(f"sqlite:///{file}") as engine:
        try:
            found = stored_demo(engine)
        except StorageError as error:
            message = f"{error}; --replace makes a new city"
            raise StorageError(message) from error
    if found and found[:2] == (size, seed) and last_day in {None, found[2]}:
        _say_how_old(found[2])
        return
    if found and found[:2] == (size, seed) and last_day:
        message = f"{file} holds incidents up to {found[2]}, not up to {last_day}; "
        raise ConflictError(message + "--replace makes that city, --data DIR keeps both")
    held = f"the {found[0]} city of seed {found[1]}" if found else "something that is no demo city"
    message = f"{file} holds {held}, not the {size} one of seed {seed}; "
    message += "--replace makes that one, --data DIR keeps both"
    raise ConflictError(message)


def _say_how_old(last_day: date) -> None:
    days = (_yesterday() - last_day).days
    if days > _OLD_DAYS:
        typer.echo(f"its newest incidents are {days:,} days old; --replace makes new ones")


@contextmanager
def _draft(file: Path) -> Iterator[Path]:
    """Give a file to build in; it takes the place of `file` only when all went well."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".new-") as folder:
            draft = Path(folder) / FILE
            yield draft
            for old in (f"{file}-wal", f"{file}-shm"):
                with suppress(FileNotFoundError):
                    Path(old).unlink()
            draft.replace(file)
    except OSError as error:
        message = f"{file.parent} cannot hold the city: {error.strerror or error}"
        raise FileError(message) from error


def _bars() -> Progress:
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    return Progress(
        *(*columns, TimeElapsedColumn()),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _steps(bars: Progress) -> Callable[[str], None]:
    task = bars.add_task("drawing", total=len(_STEPS))

    def tell(step: str) -> None:
        bars.update(task, description=step, completed=_STEPS.index(step))

    return tell


def _rows(bars: Progress, city: City) -> Callable[[str, int], None]:
    drawn, *_ = bars.task_ids
    bars.update(drawn, description="drawn", completed=len(_STEPS))
    counts = {name: len(frame) for name, frame in city.layers.items()}
    task = bars.add_task("storing", total=sum(counts.values()))
    before = {name: sum(counts[n] for n in [*LAYERS][:k]) for k, name in enumerate(LAYERS)}

    def tell(layer: str, stored: int) -> None:
        bars.update(task, description=layer, completed=before[layer] + stored)

    return tell


def _say_who_may(url: str) -> str:
    """Make one user per role and print them: nobody else reaches this machine's loopback.

    What is returned is a token to read everything with, worthless after the next run.
    """
    now = datetime.now(UTC)
    with database.opened(url) as engine, database.sessions(engine).begin() as session:
        found, password = make_demo_users(session, now=now)
        secret = make_demo_token(session, now=now)
    typer.echo(f"sign in with the password {password} (of this run only) as")
    for user in found:
        codes = [one.grid_code or "the whole city" for one in user.grants]
        typer.echo(f"  {user.code:<14}{', '.join(codes)}")
    return secret


def _say_what_to_try(address: str, url: str, secret: str) -> None:
    lon, lat = CENTRE_LONLAT
    for line in (
        "try also",
        f"  curl -H 'Authorization: Bearer {secret}' '{address}/api/v1/route?lon={lon}&lat={lat}'",
        f"  curl {address}/api/v1/health",
        f"  gis-grid db status --database {url}",
    ):
        typer.echo(line)
