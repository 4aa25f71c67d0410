#!/usr/bin/env bash
# A virtual environment at $1, made with Python 3.11 or else with a python3 that is newer; one that works is kept.
set -euo pipefail

venv=$1
wanted='import sys; sys.exit(sys.version_info < (3, 11))'

if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c "$wanted" && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi

for python in "${PYTHON:-}" python3.11 python3; do
    if [ -n "$python" ] && "$python" -c "$wanted" 2>/dev/null; then
        rm -rf "$venv"
        mkdir -p "$(dirname "$venv")"
        if "$python" -m venv "$venv"; then
            exit 0
        fi
        rm -rf "$venv"
        echo "$python could not make a virtual environment. On Debian and Ubuntu its venv module is a package of its own:" >&2
        echo "apt install python3-venv. Then run make again." >&2
        exit 1
    fi
done

echo "Accord needs Python 3.11 or newer; neither python3.11 nor python3 is one. Install it, or name it:" >&2
echo "make install PYTHON=/path/to/python" >&2
exit 1
