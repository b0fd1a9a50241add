"""The Gradio page: talks to /ws/audio like any client."""

from inzwa.server.ui.deferred_pandas import defer_pandas

defer_pandas()  # before any module of the page imports Gradio
