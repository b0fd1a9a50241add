"""From microphone frames to utterances: where speech is, and the transcripts of it."""
