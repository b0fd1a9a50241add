"""Numbers, dates, money and units in words, in agreement with what is counted."""
