#!/bin/sh
# Build stage: what it takes to make the virtual environment, the C++ compiler for llama.cpp among it.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends ca-certificates g++ python3 python3-venv >/dev/null
