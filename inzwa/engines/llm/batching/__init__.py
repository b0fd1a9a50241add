"""Continuous batching: many replies decoded together on one thread and one context. No library is called here."""
