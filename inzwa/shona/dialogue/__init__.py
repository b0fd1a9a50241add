"""Words about the conversation itself: backchannels, turn cues, phrases, hotwords, and Inzwa's own lines."""
