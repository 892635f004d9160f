"""Ask the advisory service about every installed package; a service out of reach fails nothing.

    python scripts/dependencies.py

Exit code 1 when a package has a known vulnerability, or when pip-audit itself is missing or broken.
Where the service cannot be reached a line says that nothing was asked: a closed network can still
build, and a bad day of the service makes no test fail.
"""

import json
import subprocess
import sys

WITHIN_S = 120
UNREACHED = ("requests.exceptions.", "ConnectionError", "ServiceError")
"""What the last lines of pip-audit say when it cannot reach the service or gets no use of it."""

OUT_OF_REACH = "dependencies: the advisory service was not reached; nothing was asked\n"


def main() -> int:
    """Return the exit code."""
    command = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "-f", "json"]
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            [*command, "--skip-editable"],
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        sys.stdout.write(OUT_OF_REACH)
        return 0
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        return _unanswered(done.stderr)
    known = [(one["name"], flaw) for one in packages for flaw in one.get("vulns", ())]
    for name, flaw in known:
        mended = ", ".join(flaw.get("fix_versions", ())) or "nothing yet"
        sys.stdout.write(f"{name}: {flaw['id']}, mended by {mended}\n")
    sys.stdout.write(f"dependencies: {len(packages)} packages, {len(known)} known flaws\n")
    return 1 if known else 0


def _unanswered(said: str) -> int:
    """Return the exit code when there is no answer, after why."""
    ending = said.strip().splitlines()[-3:]
    if any(word in line for word in UNREACHED for line in ending):
        sys.stdout.write(OUT_OF_REACH)
        return 0
    sys.stdout.write("dependencies: pip-audit failed:\n" + "\n".join(ending) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
