"""Signatures over models: keys, what is signed, and whose signatures are trusted."""
