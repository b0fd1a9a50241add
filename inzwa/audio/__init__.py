"""Sound as numbers and bytes: PCM, framing, resampling, log-mel, codecs, sound files.

No model and no network belong here.
"""
