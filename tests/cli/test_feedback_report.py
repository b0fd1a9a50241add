"""python -m inzwa feedback report."""

from functools import partial

from inzwa.cli.main import main
from inzwa.feedback.consents import give_consent
from inzwa.feedback.records import Consent
from inzwa.feedback.store.store import open_store
from inzwa.settings import load_settings

CONSENT = Consent(version=1, language="sn", licence="CC0-1.0", text=True, voice=False, adult=True)


def test_the_report_of_an_empty_store_is_a_page(tmp_path, capsys):
    page = tmp_path / "new" / "report.html"
    assert main(["feedback", "report", "-o", str(page)], {"INZWA_DATA": str(tmp_path / "data")}) == 0
    assert f"written: {page}" in capsys.readouterr().out
    assert "No voice was judged yet" in page.read_text(encoding="utf-8")


def test_the_report_is_of_the_store_that_is_set(tmp_path):
    environment = {"INZWA_DATA": str(tmp_path / "data")}
    with open_store(load_settings(environment)) as store:
        store.write_now(partial(give_consent, consent=CONSENT))
    assert main(["feedback", "report", "-o", str(tmp_path / "r.html")], environment) == 0
    assert '<th scope="row">contributors who consented</th><td>1</td>' in (tmp_path / "r.html").read_text()


def test_a_page_that_cannot_be_written_is_named(tmp_path, capsys):
    assert main(["feedback", "report", "-o", str(tmp_path)], {"INZWA_DATA": str(tmp_path / "data")}) == 1
    assert capsys.readouterr().err.startswith(f"feedback_failed: {tmp_path} cannot be written")
