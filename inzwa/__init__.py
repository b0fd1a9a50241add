"""Inzwa hears Shona, thinks, and answers aloud, in real time, on a plain CPU."""

import os

__version__ = "0.1.0"

# Read by OpenMP and Gradio when they are first imported, so it stands before every other import of ours. Up to three
# copies of OpenMP are loaded; threads that spin while they wait would take the cores from each other.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
