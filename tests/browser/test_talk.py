"""The page in a real Chromium, on scripted engines: what is said is shown, what is answered is heard, stop is stop."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from inzwa.engines.llm.scripted import ScriptedChatModel
from inzwa.engines.tts.scripted import ScriptedVoice
from tests.browser.microphone import Launcher, babble, write_wav
from tests.browser.site import Site, open_site
from tests.browser.talker import PATIENCE_MS, Talker, at_page
from tests.serving import scripted_engines

pytestmark = pytest.mark.browser

SHORT = ("Ndiripo, ", "makadiiwo?")
LONG = tuple(f"shoko rakareba nhamba {number}, " for number in range(12))


@pytest.fixture(scope="module")
def browser(launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Its microphone hears two bursts of babble with a pause in between that is long enough for an answer to begin."""
    wav = write_wav(tmp_path_factory.mktemp("wav") / "babble.wav", babble((0.6, 1.2), (3.0, 1.2)))
    with launcher.hearing(wav) as browser:
        yield browser


@pytest.fixture
def long_site() -> Iterator[Site]:
    with open_site(scripted_engines(llm=ScriptedChatModel(LONG))) as site:
        yield site


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site(scripted_engines(llm=ScriptedChatModel(SHORT))) as site:
        yield site


@pytest.fixture
def talker(browser: Browser, site: Site) -> Iterator[Talker]:
    with at_page(browser, site.url) as talker:
        yield talker
    assert talker.complaints == []


def test_what_is_spoken_is_shown_and_the_answer_is_heard_to_its_end(talker: Talker) -> None:
    talker.press_talk()
    talker.wait_until("Number(inzwa.view.root.style.getPropertyValue('--level')) > 0.1")
    talker.sees(".you .stable", "mhoro shamwari")
    talker.sees(".answer .reply", "Ndiripo, makadiiwo?")
    talker.wait_until("inzwa.audio.player.stats.playedSamples > 0 && !inzwa.audio.playing")
    stats = talker.player_stats()
    assert stats["peak"] > 0.1
    assert stats["underruns"] == 0
    talker.sees(".latency", "ms")


def test_what_is_typed_is_answered_aloud(talker: Talker) -> None:
    talker.say_in_writing("Makadii?")
    talker.sees(".you .stable", "Makadii?")
    talker.sees(".answer .reply", "Ndiripo, makadiiwo?")
    talker.wait_until("inzwa.audio.player.stats.peak > 0.1")
    talker.wait_for_status("idle")


def test_a_browser_without_a_decoder_for_opus_hears_the_same_in_pcm(
    browser: Browser, talker: Talker, site: Site
) -> None:
    opus = _played_of_one_answer(talker)
    assert talker.page.evaluate("inzwa.audio.audioOut") == "opus"
    with at_page(browser, site.url, lacking="AudioDecoder") as other:
        pcm = _played_of_one_answer(other)
        assert other.page.evaluate("inzwa.audio.audioOut") == "pcm16"
    assert abs(pcm - opus) < 0.06 * opus


def test_speaking_over_the_answer_silences_it(browser: Browser, long_site: Site) -> None:
    with at_page(browser, long_site.url) as talker:
        talker.press_talk()
        talker.wait_for_status("speaking")
        talker.wait_until("inzwa.view.root.dataset.status === 'listening' && !inzwa.audio.playing")
        talker.sees(".latency .cut", "yagurwa")


def test_stop_silences_the_answer_and_the_next_one_is_heard(browser: Browser, long_site: Site) -> None:
    with at_page(browser, long_site.url) as talker:
        talker.say_in_writing("Makadii?")
        talker.wait_until("inzwa.audio.player?.stats.playedSamples > 0")
        talker.part("stop").click()
        talker.wait_for_status("idle")
        talker.sees(".latency .cut", "yagurwa")
        heard = talker.player_stats()["playedSamples"]
        talker.say_in_writing("Zvakare")
        talker.wait_until(f"inzwa.audio.player.stats.playedSamples > {heard} + 4800")


def test_sound_that_still_comes_after_stop_is_dropped(talker: Talker) -> None:
    talker.say_in_writing("Makadii?")
    talker.wait_until("inzwa.audio.player?.stats.playedSamples > 0")
    talker.part("stop").click(force=True)
    dropped = talker.page.evaluate(
        "(player => { player.stop(); const { droppedFrames } = player.stats; player.push(new ArrayBuffer(80));"
        " return player.stats.droppedFrames - droppedFrames; })(inzwa.audio.player)"
    )
    assert dropped == 1


def test_escape_is_stop(browser: Browser, long_site: Site) -> None:
    with at_page(browser, long_site.url) as talker:
        talker.say_in_writing("Makadii?")
        talker.wait_for_status("speaking")
        talker.page.keyboard.press("Escape")
        talker.wait_for_status("idle")


def test_holding_the_button_sends_only_what_is_held_and_letting_go_asks_for_the_answer(talker: Talker) -> None:
    talker.part("mode-hold").check(force=True)
    talker.part("talk").focus()
    talker.page.keyboard.down("Space")
    assert talker.page.evaluate("inzwa.session.startMessage().mode") == "push_to_talk"
    talker.wait_for_status("listening")
    talker.page.keyboard.up("Space")
    talker.sees(".answer .reply", "Ndiripo, makadiiwo?")
    talker.wait_for_status("idle")
    expect(talker.part("talk")).to_have_attribute("aria-pressed", "false")


def test_the_button_turns_the_microphone_off_again(talker: Talker) -> None:
    talker.press_talk()
    expect(talker.part("talk")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE_MS)
    talker.press_talk()
    expect(talker.part("talk")).to_have_attribute("aria-pressed", "false", timeout=PATIENCE_MS)
    assert talker.page.evaluate("inzwa.audio.microphone") is None


def test_what_people_write_is_never_markup(talker: Talker) -> None:
    talker.say_in_writing("<img src=x onerror=\"document.title='pwned'\">")
    talker.sees(".you .stable", "<img src=x")
    assert talker.page.locator(".log img").count() == 0
    assert talker.page.title() == "Inzwa"


def test_nothing_is_fetched_from_anywhere_else(talker: Talker) -> None:
    talker.say_in_writing("Makadii?")
    talker.sees(".answer .reply", "Ndiripo")
    assert talker.strangers == []


def test_what_is_recorded_and_sent_is_answered(tmp_path: Path, browser: Browser, site: Site) -> None:
    wav = write_wav(tmp_path / "clip.wav", babble((0.2, 0.8)))
    with at_page(browser, site.url, path="/app") as talker:
        talker.page.get_by_role("tab", name="Rekodhai").click()
        talker.page.get_by_label("Upload file").or_(talker.page.get_by_role("button", name="Upload")).first.click()
        talker.page.locator("input[type=file]").first.set_input_files(wav)
        talker.page.get_by_role("button", name="Tumirai").last.click()
        expect(talker.page.get_by_label("Zvamataura", exact=True)).to_have_value("mhoro shamwari", timeout=PATIENCE_MS)
        expect(talker.page.get_by_label("Mhinduro", exact=True)).to_have_value("Ndiripo, makadiiwo?")


def _played_of_one_answer(talker: Talker) -> int:
    """Samples that the loudspeaker has played once the first answer has been heard."""
    talker.say_in_writing("Makadii?")
    talker.wait_until(
        "document.querySelector('.latency .ms') && inzwa.audio.player.stats.playedSamples > 0 && !inzwa.audio.playing"
    )
    return talker.player_stats()["playedSamples"]


def test_the_user_chooses_how_long_a_pause_may_be(talker: Talker) -> None:
    talker.open_settings()
    assert talker.page.evaluate("inzwa.session.startMessage().silence_ms") == 700
    slider = talker.page.locator("[data-part=silence]")
    slider.evaluate("(range) => { range.value = 1200; range.dispatchEvent(new Event('input')); }")
    assert talker.page.evaluate("inzwa.session.startMessage().silence_ms") == 1200
    talker.sees("[data-part=silence-value]", "1.20 s")
    talker.page.locator("[data-part=mode-hold]").check(force=True)
    expect(talker.page.locator("[data-part=silence-row]")).to_be_hidden()


def test_the_user_chooses_who_answers_and_how_fast(browser: Browser) -> None:
    voice = ScriptedVoice(voices=("mudzimai", "murume"))
    with open_site(scripted_engines(tts=voice), speed=0.8) as site, at_page(browser, site.url) as talker:
        talker.open_settings()
        expect(talker.part("voice")).to_be_visible(timeout=PATIENCE_MS)
        assert talker.page.evaluate("[inzwa.session.startMessage().voice, inzwa.session.startMessage().speed]") == [
            "mudzimai",
            0.8,
        ]
        talker.part("voice").select_option("murume")
        talker.part("speed").fill("1.25")
        talker.sees("[data-part=speed-value]", "1.25×")
        talker.say_in_writing("Makadii?")
        talker.wait_until("inzwa.audio.player?.stats.playedSamples > 0")
    assert {(said.options.voice, said.options.speed) for said in voice.spoken} == {("murume", 1.25)}


def test_where_there_is_one_voice_no_choice_is_offered(talker: Talker) -> None:
    talker.open_settings()
    talker.wait_until("inzwa.view.models.readiness?.ready")
    expect(talker.part("voice-row")).to_be_hidden()
    assert talker.page.evaluate("inzwa.session.startMessage().voice") == ""


def test_the_user_writes_down_names_that_will_be_said(talker: Talker) -> None:
    assert talker.page.evaluate("inzwa.session.startMessage().hotwords") == []
    talker.open_settings()
    talker.part("hotwords").fill(" Tariro, ,Guruve," + "a" * 70)
    assert talker.page.evaluate("inzwa.session.startMessage().hotwords") == ["Tariro", "Guruve", "a" * 64]
