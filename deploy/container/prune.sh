#!/bin/sh
# Build stage: take out of /opt/inzwa what no running server reads, and compile the Python files of both folders,
# because a root file system that is read-only takes no .pyc files later. Nothing is left that others may write.
set -eu
site=$(/opt/inzwa/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
rm -rf "$site/pandas/tests" "$site/numpy/_core/tests" "$site/onnx/backend" "$site/llama_cpp/include" \
    "$site/llama_cpp/lib/cmake" "$site/llama_cpp/lib/pkgconfig"
find "$site" /app -name __pycache__ -type d -prune -exec rm -rf {} +
/opt/inzwa/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash "$site" /app
chown -R 0:0 /opt/inzwa /app
chmod -R go-w,a+rX /opt/inzwa /app
