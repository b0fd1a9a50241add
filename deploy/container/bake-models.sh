#!/bin/sh
# Models stage: an empty /models, or with BAKE_MODELS=true the small models in it, fetched and verified.
set -eu
mkdir -p /models
case "${BAKE_MODELS:-false}" in
    true) INZWA_CACHE=/models INZWA_MODELS=embedded /opt/inzwa/bin/python -m inzwa models fetch ;;
    false) ;;
    *) echo "BAKE_MODELS=$BAKE_MODELS cannot be: it takes true or false." >&2; exit 2 ;;
esac
