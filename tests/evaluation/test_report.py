"""Reports hold the figures, the worst and the commonest, and nothing that breaks their tables."""

from collections import Counter

from inzwa.evaluation.asr import AsrRow
from inzwa.evaluation.journal import Measured
from inzwa.evaluation.rates import count
from inzwa.evaluation.report import PICTURE, asr_report, letter_rates, text_report, tts_report
from inzwa.evaluation.text import TextFigures
from inzwa.evaluation.tts import TtsRow


def counted(said, heard):
    counts = count(said, heard)
    return {"said": said, "heard": heard} | {name: getattr(counts, name) for name in counts.__slots__}


def heard(name, said, text):
    return AsrRow(name=name, **counted(said, text), sound_s=2.0, took_s=0.5, confidence=-0.4)


def spoken(name, said, text, clipped):
    return TtsRow(
        name=name,
        **counted(said, text),
        sound_s=2.0,
        took_s=0.5,
        first_s=0.1,
        level_dbfs=-26.0,
        peak_dbfs=-3.0,
        clipped=clipped,
        silent=0.1,
    )


ROWS = [
    heard("a", "vari pano", "vari pano"),
    heard("b", "vari ku|pi", "vari kure"),
    heard("c", "mhoro mai", "moro mai"),
]
NOTHING = Measured([], 0, [])


def test_an_asr_report_tells_rates_speed_confusions_and_the_worst():
    report = asr_report(Measured(ROWS, 1, ["d: no sound"]), {"recogniser": "scripted"}, seed=1, fold=False)
    assert "* recogniser: scripted" in report
    assert "* samples: 3, of which 1 were known" in report
    assert "| words (WER) | 0.429 | " in report
    assert "| time for a second of sound | 0.250 s |" in report
    assert PICTURE in report
    assert "| mhoro | moro | 1 |" in report
    assert "| pi | - | 1 |" in report
    assert "| b | vari ku\\|pi | vari kure |" in report
    assert "| vari pano |" not in report.partition("## The worst")[2]
    assert report.endswith("* d: no sound\n\n")


def test_a_report_without_errors_lists_none():
    report = asr_report(Measured(ROWS[:1], 0, []), {}, seed=1, fold=False)
    assert "##" not in report


def test_a_tts_report_tells_how_the_sound_is():
    rows = [spoken("1", "mhoro", "moro", 0.0), spoken("2", "ehe", "ehe", 0.001)]
    report = tts_report(Measured(rows, 0, []), {"voice": "scripted"}, seed=1)
    assert "| level, dBFS | -26.0 | -26.0 | -26.0 |" in report
    assert "| time for a second of sound, s | 0.250 | 0.250 | 0.250 |" in report
    assert "1 of 2 sentences touch full scale." in report


def test_a_text_report_tells_speed_changes_and_what_is_not_said():
    read = TextFigures(2, 1_000, 1, 0, 0, 0.5, 0.25, Counter({("$5", "madhora mashanu"): 3}), Counter("日"))
    report = text_report(read, {"text": "x.txt"})
    assert "| made speakable, words a second | 2,000 |" in report
    assert "| from there to IPA, words a second | 4,000 |" in report
    assert "| 日 | U+65E5 | 1 |" in report
    assert "| $5 | madhora mashanu | 3 |" in report


def test_nothing_measured_is_no_error():
    assert "| letters (CER) | 0.000 |" in asr_report(NOTHING, {}, seed=1, fold=True)
    assert "0 of 0 sentences" in tts_report(NOTHING, {}, seed=1)
    assert "| words | 0 |" in text_report(TextFigures(), {})


def test_each_sample_has_its_own_rate():
    assert letter_rates(ROWS) == [0.0, 3 / 10, 1 / 9]
