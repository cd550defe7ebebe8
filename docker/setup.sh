#!/usr/bin/env bash
# Everything a fresh Debian machine lacks: libraries and fonts (by apt where allowed, else the exact command to
# type), the virtual environment from uv.lock, compiled translations. Running it again costs a second.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=()
# Read to the end: under pipefail a `grep -q` that stops early would count as a library that is not there.
have() { ldconfig -p | grep "$1" >/dev/null || packages+=("$2"); }
have libpango-1.0.so.0 libpango-1.0-0
have libpangoft2-1.0.so.0 libpangoft2-1.0-0
have libharfbuzz-subset.so.0 libharfbuzz-subset0
if [ -z "${TSUNAGU_FONT_DIR:-}" ]; then
  [ -e /usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf ] || packages+=(fonts-ipaexfont-gothic)
  [ -e /usr/share/fonts/opentype/ipaexfont-mincho/ipaexm.ttf ] || packages+=(fonts-ipaexfont-mincho)
fi
python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
if [ "${TSUNAGU_TEST_TOOLS:-1}" = 1 ]; then
  command -v pdftotext >/dev/null || packages+=(poppler-utils)
  command -v chromium-headless-shell >/dev/null || [ "${CI:-}" != true ] || packages+=(chromium-headless-shell)
fi

if [ ${#packages[@]} -gt 0 ]; then
  install="apt-get install -y --no-install-recommends ${packages[*]}"
  if [ "$(id -u)" = 0 ]; then
    echo "Installing: ${packages[*]}"
    log=$(mktemp)
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive $install; } >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
  else
    echo "This machine lacks: ${packages[*]}" >&2
    echo "Type: sudo apt-get update && sudo $install" >&2
    echo "and then the same make command again." >&2
    exit 1
  fi
fi

stamp=.venv/.set-up
if [ ! -e "$stamp" ] || [ uv.lock -nt "$stamp" ] || [ pyproject.toml -nt "$stamp" ]; then
  echo "Setting up the virtual environment from uv.lock (half a minute or more)"
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip --upgrade >/dev/null
  [ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
  UV_PROJECT_ENVIRONMENT=.venv .venv/bin/uv sync --quiet --frozen --inexact
  touch "$stamp"
fi
for catalogue in backend/*/locale backend/*/*/locale; do
  [ -d "$catalogue" ] || continue
  stale=$(find "$catalogue" -name '*.po' | while read -r po; do [ "${po%.po}.mo" -nt "$po" ] || echo "$po"; done)
  [ -z "$stale" ] || .venv/bin/pybabel --quiet compile -D django -d "$catalogue"
done
