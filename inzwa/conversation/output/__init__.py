"""From a reply to what the user hears: filter, phrases, the gate of the sound, the clock of what was played."""
