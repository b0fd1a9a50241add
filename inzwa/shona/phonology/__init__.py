"""Spelling to sounds: graphemes, syllables, stress, foreign words, IPA."""
