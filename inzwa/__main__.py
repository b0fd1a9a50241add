"""python -m inzwa."""

from inzwa.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
