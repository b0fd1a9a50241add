#!/bin/sh
# Inzwa against Pipecat. Makes Pipecat's environment once (llama.cpp is built: minutes), then compares; arguments go to
# benchmarks.peers.compare. PYTHON is what the environment is made with, PEERS_VENV where it lies.
set -eu
cd "$(dirname "$0")/../.."
PYTHON=${PYTHON:-.venv/bin/python}
PEERS_VENV=${PEERS_VENV:-.venv/pipecat}
NEEDS=benchmarks/peers/pipecat/requirements.txt
if ! cmp -s "$NEEDS" "$PEERS_VENV/installed.txt"; then
    "$PYTHON" -m venv "$PEERS_VENV"
    "$PEERS_VENV/bin/python" -m pip install --disable-pip-version-check -r "$NEEDS"
    cp "$NEEDS" "$PEERS_VENV/installed.txt"
fi
exec .venv/bin/python -m benchmarks.peers.compare --pipecat-python "$PEERS_VENV/bin/python" "$@"
