"""How far the stages are, on standard error."""

import sys

from inzwa.protocols import StageReport


def show_progress(report: StageReport) -> None:
    """One line."""
    sys.stderr.write(f"{report.stage}: {report.state} {report.detail}\n")
