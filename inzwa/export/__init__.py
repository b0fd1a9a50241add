"""Voices out of frameworks that Inzwa never runs on: needs requirements-export.txt."""
