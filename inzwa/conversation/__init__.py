"""One conversation: microphone frames in, events out.

It reaches engines through inzwa.protocols only.
"""
