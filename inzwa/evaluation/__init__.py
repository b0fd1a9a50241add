"""How well Inzwa hears, speaks and reads: error rates with their intervals, journals that can be resumed, reports."""
