"""Recordings stay in the browser until each is sent by itself, and only with consent to that."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, Locator, expect

from inzwa.engines.llm.scripted import ScriptedChatModel
from tests.browser.evaluator import DESKTOP, ON_A_PHONE, PHONE, Evaluator, evaluating
from tests.browser.microphone import Launcher, babble, write_wav
from tests.browser.site import Site, open_site
from tests.browser.talker import PATIENCE_MS
from tests.serving import scripted_engines

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Its microphone hears two utterances of 1.2 s."""
    wav = write_wav(tmp_path_factory.mktemp("wav") / "babble.wav", babble((0.6, 1.2), (3.0, 1.2)))
    with launcher.hearing(wav) as browser:
        yield browser


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(scripted_engines(llm=ScriptedChatModel(*[["Ehe."]] * 3)), feedback="full", data=tmp_path) as site:
        yield site


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def evaluator(browser: Browser, site: Site, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Evaluator]:
    with evaluating(browser, site.url, tmp_path, **request.param) as evaluator:
        evaluator.says("Makadii?", turn=1)
        evaluator.thumb(1, "up").click()
        yield evaluator
        assert evaluator.talker.complaints == []


def speaks(evaluator: Evaluator) -> None:
    """Two turns."""
    evaluator.talker.press_talk()
    expect(evaluator.talker.page.locator(".rating")).to_have_count(3, timeout=PATIENCE_MS)


def opens_clips(evaluator: Evaluator) -> Locator:
    evaluator.talker.page.get_by_role("button", name="Marekodhi enyu").click()
    return evaluator.talker.part("clips")


def test_one_recording_is_sent_and_one_removed(evaluator: Evaluator) -> None:
    evaluator.agrees(voice=True)
    speaks(evaluator)
    clips = opens_clips(evaluator)
    expect(clips.locator(".clip")).to_have_count(2)
    assert evaluator.stored("recordings") == []
    newest, oldest = clips.locator(".clip").all()
    expect(oldest.locator("input")).to_have_value("mhoro shamwari")
    oldest.locator("input").fill("Mhoro, shamwari!")
    oldest.get_by_role("button", name="Tumirai").click()
    expect(oldest.locator("[data-state=sent]")).to_have_text("Yatumirwa", timeout=PATIENCE_MS)
    newest.get_by_role("button", name="Bvisai").click()
    expect(clips.locator(".clip")).to_have_count(1)
    (recording,) = evaluator.stored("recordings")
    assert (recording["text"], recording["kind"]) == ("Mhoro, shamwari!", "turn")
    assert 1200 <= recording["duration_ms"] <= 2600


@ON_A_PHONE
def test_what_is_sent_is_what_was_said_from_its_beginning_to_its_end(evaluator: Evaluator) -> None:
    evaluator.agrees(voice=True)
    speaks(evaluator)
    clips = opens_clips(evaluator)
    clips.locator(".clip").last.get_by_role("button", name="Tumirai").click()
    expect(clips.locator("[data-state=sent]")).to_be_visible(timeout=PATIENCE_MS)
    (file,) = evaluator.folder.rglob("*.flac")
    sound, rate = soundfile.read(file, dtype="float32")
    loud = np.flatnonzero(np.abs(sound) > 0.02) / rate
    assert rate == 16_000
    assert 1.0 < loud[-1] - loud[0] < 1.5
    assert loud[0] > 0.05
    assert sound.size / rate - loud[-1] > 0.05


@ON_A_PHONE
def test_a_recording_that_was_sent_is_removed_there_too(evaluator: Evaluator) -> None:
    evaluator.agrees(voice=True)
    speaks(evaluator)
    clips = opens_clips(evaluator)
    for clip in clips.locator(".clip").all():
        clip.get_by_role("button", name="Tumirai").click()
        expect(clip.locator("[data-state=sent]")).to_be_visible(timeout=PATIENCE_MS)
    clips.locator(".clip").first.get_by_role("button", name="Bvisai").click()
    expect(clips.locator(".clip")).to_have_count(1, timeout=PATIENCE_MS)
    assert len(evaluator.stored("recordings")) == 1
    assert len(list(evaluator.folder.rglob("*.flac"))) == 1
    evaluator.talker.page.keyboard.press("Escape")
    given = evaluator.opens_given()
    given.locator(".given-recordings").get_by_role("button", name="Bvisai").click()
    expect(given.locator(".given-recordings li")).to_have_count(0, timeout=PATIENCE_MS)
    assert evaluator.stored("recordings") == []
    assert list(evaluator.folder.rglob("*.flac")) == []


@ON_A_PHONE
def test_without_consent_to_recordings_no_sound_is_kept_even_in_the_browser(evaluator: Evaluator) -> None:
    evaluator.agrees()
    speaks(evaluator)
    expect(evaluator.talker.page.get_by_role("button", name="Marekodhi enyu")).to_be_hidden()
    assert evaluator.talker.page.evaluate("inzwa.feedback.clips.list.length") == 0
    assert evaluator.talker.page.evaluate("inzwa.feedback.clips.audio.cut(0, 60000).length") == 0


@ON_A_PHONE
def test_withdrawal_deletes_the_recordings_everywhere(evaluator: Evaluator) -> None:
    evaluator.agrees(voice=True)
    speaks(evaluator)
    clips = opens_clips(evaluator)
    clips.locator(".clip").last.get_by_role("button", name="Tumirai").click()
    expect(clips.locator("[data-state=sent]")).to_be_visible(timeout=PATIENCE_MS)
    evaluator.talker.page.keyboard.press("Escape")
    given = evaluator.opens_given()
    given.get_by_role("button", name="Bvisai zvose zvangu").click()
    given.get_by_role("button", name="Ehe, bvisai").click()
    expect(given.locator(".sheet-status")).to_have_text("Zvabviswa.", timeout=PATIENCE_MS)
    assert evaluator.stored("recordings") == []
    assert list(evaluator.folder.rglob("*.flac")) == []
    assert evaluator.talker.page.evaluate("inzwa.feedback.clips.list.length") == 0


@ON_A_PHONE
def test_what_was_really_said_is_the_recordings_text(evaluator: Evaluator) -> None:
    evaluator.agrees(voice=True)
    speaks(evaluator)
    form = evaluator.opens_form(2)
    form.locator("textarea").first.fill("Mhoroi shamwari")
    form.locator("[type=submit]").click()
    evaluator.sees_state(2, "saved")
    expect(opens_clips(evaluator).locator(".clip").last.locator("input")).to_have_value("Mhoroi shamwari")
