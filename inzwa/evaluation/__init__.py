"""Error rates of the recogniser, the voice and the reading of texts: intervals, journals that resume a run, reports.

Engines are reached by inzwa.protocols only. Needs requirements-eval.txt.
"""
