"""/ws/audio: one socket, one conversation."""
