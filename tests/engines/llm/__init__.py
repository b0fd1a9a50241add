"""The chat models and their parts."""
