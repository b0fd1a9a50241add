#!/bin/sh
# Build stage: the virtual environment /opt/inzwa from requirements.txt and constraints.txt in the current folder.
# llama.cpp is built as requirements.txt says: for any x86-64 processor since Haswell, and any ARM64 one.
# pip stays in it, because Inzwa fetches the small models with it.
set -eu
python3 -m venv /opt/inzwa
/opt/inzwa/bin/python -m pip install --quiet --upgrade "pip>=25.1"  # Debian's does not read the options of a line
/opt/inzwa/bin/python -m pip install --quiet -c constraints.txt -r requirements.txt
/opt/inzwa/bin/python -m pip uninstall --quiet --yes setuptools  # Debian's venv brings it; nothing asks for it
/opt/inzwa/bin/python -m pip check
