"""Which models there are, where their bytes may be found, and that they are the right ones: catalogue, sources, cache.

Depends on no engine.
"""
