"""Inzwa hears Shona, thinks, and answers aloud, in real time, on a plain CPU."""

__version__ = "0.1.0"
