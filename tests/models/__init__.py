"""Tests of inzwa/models, on small models made here; one test fetches the real ones."""
