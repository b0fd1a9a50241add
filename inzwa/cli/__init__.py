"""The commands of `python -m inzwa`, a module each or a subject, loaded when one is chosen.

Results go to standard output, progress to standard error.
"""
