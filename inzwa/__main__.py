"""python -m inzwa."""

from inzwa.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
