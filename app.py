"""The Space's entry: serves Inzwa. Set-up is in README.md, settings and figures are in docs/."""

from inzwa.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main(["serve"]))
