"""Words about the conversation itself: backchannels, turn cues, phrases, hotwords, and what Inzwa says of its own."""
