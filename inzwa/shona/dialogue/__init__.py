"""Words about the conversation itself: backchannels, completeness, phrases, hotwords, and Inzwa's own lines."""
