"""Sound as numbers and bytes: PCM, framing, resampling, log-mel, codecs, sound files. Without models and network."""
