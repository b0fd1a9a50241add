"""The rules of the house as functions from source text to violations. Knows nothing of what the code does."""
