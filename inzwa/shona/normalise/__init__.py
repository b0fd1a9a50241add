"""Any text made speakable: figures, signs, abbreviations and foreign words become Shona words."""
