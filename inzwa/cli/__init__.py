"""What the commands of `python -m inzwa` do: a module for each weight of imports, loaded when a command needs it.

Results go to standard output, progress to standard error.
"""
