"""The Gradio page: talks to /ws/audio like any client."""

from inzwa.server.ui.deferred_pandas import defer_pandas
from inzwa.server.ui.skipped_stubs import skip_stubs

defer_pandas()  # both before any module of the page imports Gradio
skip_stubs()
