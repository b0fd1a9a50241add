"""Any text made speakable: numbers, symbols, abbreviations and addresses become words."""
