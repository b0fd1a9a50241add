#!/bin/sh
# Inzwa beside its neighbours. Makes their environments once, then compares; arguments go to benchmarks.peers.compare.
# PYTHON is what the environments are made with, PEERS_VENV the folder where they lie.
set -eu
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-.venv/bin/python}
PEERS_VENV=${PEERS_VENV:-.venv/peers}
# A cache of their own: in pip's there may be llama.cpp as Inzwa builds it, and pip does not tell builds apart.
export PIP_CACHE_DIR="$PEERS_VENV/cache" PIP_DISABLE_PIP_VERSION_CHECK=1
for peer in models pipecat livekit speech_to_speech; do
    folder=benchmarks/peers/$peer
    venv=$PEERS_VENV/$peer
    cat "$folder"/*.txt | cmp -s - "$venv/installed" && continue
    echo "Making $venv"
    "$PYTHON" -m venv --clear "$venv"
    "$venv/bin/python" -m pip install -r "$folder/requirements.txt"
    if [ -f "$folder/without-dependencies.txt" ]; then
        "$venv/bin/python" -m pip install --no-deps -r "$folder/without-dependencies.txt"
    fi
    cat "$folder"/*.txt > "$venv/installed"
done
exec .venv/bin/python -m benchmarks.peers.compare --environments "$PEERS_VENV" "$@"
