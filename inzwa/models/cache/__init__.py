"""The model cache on disk: folders, records of what was verified, the lock file, conversion, fetching and repair."""
