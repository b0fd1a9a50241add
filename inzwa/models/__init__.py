"""Which models there are, where their bytes may be found, and the proof that they are the right ones."""
