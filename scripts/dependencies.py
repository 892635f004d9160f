"""Ask the advisory service about every installed package; a service out of reach fails nothing.

    python scripts/dependencies.py

Exit code 1 only when a package has a known vulnerability. Without the service, or without
pip-audit, a line says that nothing was asked: a closed network can still build, and a quiet day of
the service makes no test fail.
"""

import json
import subprocess
import sys

WITHIN_S = 120


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
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        sys.stdout.write("dependencies: the advisory service was not reached; nothing was asked\n")
        return 0
    known = [(one["name"], flaw) for one in packages for flaw in one.get("vulns", ())]
    for name, flaw in known:
        mended = ", ".join(flaw.get("fix_versions", ())) or "nothing yet"
        sys.stdout.write(f"{name}: {flaw['id']}, mended by {mended}\n")
    sys.stdout.write(f"dependencies: {len(packages)} packages, {len(known)} known flaws\n")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main())
