#!/usr/bin/env bash
# Set up what the Makefile needs: run | dev | bench | docs fill .venv, tools installs PostGIS, Chromium, Java.
set -euo pipefail
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-python3}
VENV=.venv

say() { printf '%s\n' "$*" >&2; }

as_root() {  # run a command as root, or fail when that is not allowed
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo "$@"
  else return 1
  fi
}

apt_install() {  # apt_install WHAT-FOR PACKAGE...: quiet when it works, plain words when it cannot
  local what=$1; shift
  if ! command -v apt-get >/dev/null; then
    say "$what is missing and this is no Debian or Ubuntu: install it by hand ($*)."
    return 1
  fi
  if ! as_root true; then
    say "$what is missing and neither root nor password-free sudo is at hand. Install it with:"
    say "  sudo apt-get install --no-install-recommends $*"
    return 1
  fi
  say "installing $what: $*"
  local log; log=$(mktemp)
  if ! { as_root env DEBIAN_FRONTEND=noninteractive apt-get update \
      && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } \
      >"$log" 2>&1; then
    say "apt could not install $what:"; tail -n 5 "$log" >&2; rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

make_venv() {
  command -v "$PYTHON" >/dev/null || { say "python3 is missing; install Python 3.11 or newer."; exit 1; }
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "$("$PYTHON" --version) is too old: gis-grid needs Python 3.11 or newer (PYTHON=... names another)."
    exit 1
  }
  [ -x $VENV/bin/pip ] && return
  if ! "$PYTHON" -c 'import ensurepip' 2>/dev/null; then
    apt_install "the venv module of Python" python3-venv || exit 1
  fi
  "$PYTHON" -m venv $VENV
  $VENV/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
}

install_python() {  # install_python LABEL PIP-ARGUMENT...
  local label=$1; shift
  make_venv
  say "installing Python packages into .venv ($label) ..."
  $VENV/bin/python -m pip install --quiet --disable-pip-version-check "$@"
  $VENV/bin/python -m gis_grid.router.warm  # numba's first compile, so that no command waits for it
  $VENV/bin/python -m gis_grid.plan.warm
  touch "$VENV/ready-$label" "$VENV/warm"
}

postgis_bin() {  # the newest server that has PostGIS, or nothing
  local bin
  for bin in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr); do
    local version; version=$(basename "$(dirname "$bin")")
    if [ -x "$bin/initdb" ] && [ -e "/usr/share/postgresql/$version/extension/postgis.control" ]; then
      echo "$bin"; return
    fi
  done
}

install_postgis() {
  [ -n "${GIS_GRID_TEST_POSTGIS:-}" ] && return
  [ -n "$(postgis_bin)" ] && return
  apt_install "PostgreSQL" postgresql || return 1
  local version; version=$(ls /usr/lib/postgresql | sort -V | tail -n 1)
  apt_install "PostGIS" "postgresql-$version-postgis-3"
}

install_chromium() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
    || command -v google-chrome >/dev/null || apt_install "Chromium" chromium || return 1
  fc-list :lang=zh 2>/dev/null | grep -q . || apt_install "a Chinese font" fontconfig fonts-wqy-zenhei
}

install_java() {
  [ -x "${JAVA_HOME:-}/bin/java" ] && return
  command -v java >/dev/null || apt_install "Java" default-jre-headless
}

install_tools() {
  local missing=0
  install_postgis || { missing=1; say "-> tests on PostGIS are skipped (in CI they fail)."; }
  install_chromium || { missing=1; say "-> tests in the browser are skipped (in CI they fail)."; }
  install_java || { missing=1; say "-> tests on a Spark cluster are skipped (in CI they fail)."; }
  if [ "$missing" = 1 ] && [ "${CI:-}" = true ]; then
    say "CI must not skip: stopping."
    exit 1
  fi
}

case ${1:-} in
  run) install_python run -e . ;;
  dev) install_python dev -e . --group dev; touch $VENV/ready-run ;;
  bench) install_python bench -e . --group dev --group bench; touch $VENV/ready-run $VENV/ready-dev ;;
  docs) install_python docs -e . --group docs ;;
  tools) install_tools ;;
  *) say "usage: scripts/setup.sh run|dev|bench|docs|tools"; exit 2 ;;
esac
