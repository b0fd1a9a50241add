"""The Space's entry: serves Inzwa. Set-up, settings and figures are in README.md."""

from inzwa.cli.serve import serve

if __name__ == "__main__":
    serve()
