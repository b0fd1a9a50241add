"""Shona spelling to sounds: graphemes, syllables, stress, IPA."""
