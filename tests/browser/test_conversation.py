"""What can be done with a conversation: begin anew, copy, download, hear again; examples; what is remembered."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.microphone import Launcher
from tests.browser.site import Site, open_site
from tests.browser.talker import PATIENCE_MS, Talker, at_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(launcher: Launcher) -> Iterator[Browser]:
    with launcher.hearing(None) as browser:
        yield browser


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as site:
        yield site


@pytest.fixture
def talker(browser: Browser, site: Site) -> Iterator[Talker]:
    with at_page(browser, site.url) as talker:
        yield talker
    assert talker.complaints == []


def answered(talker: Talker, text: str = "Makadii?") -> None:
    talker.say_in_writing(text)
    talker.wait_until("!inzwa.session.busy && inzwa.view.transcript.turns.at(-1)?.over")


def heard(talker: Talker) -> int:
    """Samples that the loudspeaker has played once the answer has been heard to its end."""
    answered(talker)
    talker.wait_until("inzwa.audio.player.stats.playedSamples > 0 && !inzwa.audio.playing")
    return talker.player_stats()["playedSamples"]


def test_a_new_conversation_clears_the_page_and_begins_a_session_of_another_name(talker: Talker) -> None:
    expect(talker.part("tools")).to_be_hidden()
    answered(talker)
    before = talker.page.evaluate("inzwa.session.startMessage().session_id")
    talker.part("new-conversation").click()
    expect(talker.page.locator(".turn")).to_have_count(0)
    expect(talker.part("welcome")).to_be_visible()
    expect(talker.part("talk")).to_be_focused()
    assert talker.page.evaluate("inzwa.session.connection.state") == "off"
    assert talker.page.evaluate("inzwa.session.startMessage().session_id") != before
    answered(talker)
    assert talker.page.evaluate("inzwa.view.transcript.turns.map(({ number }) => number)") == [1]


def test_a_conversation_is_downloaded_as_text_with_who_said_what(talker: Talker, tmp_path: Path) -> None:
    answered(talker)
    with talker.page.expect_download() as download:
        talker.part("download").click()
    today = talker.page.evaluate("new Date().toLocaleDateString('sv')")
    assert download.value.suggested_filename == f"inzwa-{today}.txt"
    download.value.save_as(tmp_path / "said.txt")
    assert (tmp_path / "said.txt").read_text(encoding="utf-8") == (
        f"Inzwa · Hurukuro · {today}\n\nImi: Makadii?\nInzwa: Ndiripo, makadiiwo?\n"
    )


def test_a_conversation_is_copied_with_labels_in_the_language_of_the_page(browser: Browser, site: Site) -> None:
    with at_page(browser, site.url, permissions=["clipboard-read", "clipboard-write"]) as talker:
        talker.page.locator("[data-language=en]").click()
        answered(talker)
        talker.part("copy").click()
        talker.sees("[data-part=notice-text]", "was copied")
        copied = talker.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[2:] == ["You: Makadii?", "Inzwa: Ndiripo, makadiiwo?"]


def test_a_reply_is_heard_again_to_its_end_with_its_phrase_marked(talker: Talker) -> None:
    first = heard(talker)
    talker.page.locator(".replay").click()
    talker.wait_for_status("replaying")
    talker.wait_until("[...CSS.highlights.get('inzwa-heard')].length === 1")
    talker.wait_until("!inzwa.audio.playing")
    again = talker.player_stats()["playedSamples"] - first
    assert abs(again - first) < 0.06 * first
    talker.wait_for_status("idle")


def test_a_replay_is_stopped_by_its_own_button_and_by_the_next_turn(talker: Talker) -> None:
    heard(talker)
    replay = talker.page.locator(".replay").first
    replay.click()
    talker.wait_for_status("replaying")
    expect(replay).to_have_text("Mira")
    replay.click()
    talker.wait_for_status("idle")
    replay.click()
    talker.wait_for_status("replaying")
    answered(talker, "Zvakare")
    talker.sees(".you .stable", "Zvakare")
    expect(replay).to_have_text("Teererai zvakare")


def test_speech_stops_a_replay(talker: Talker) -> None:
    heard(talker)
    talker.page.locator(".replay").click()
    talker.wait_for_status("replaying")
    talker.page.evaluate("inzwa.session.handleEvent({ type: 'speech.start' })")
    talker.wait_for_status("listening")
    assert not talker.page.evaluate("inzwa.audio.playing")


def test_sounds_are_kept_within_a_number_and_a_size_and_never_in_part(talker: Talker) -> None:
    assert talker.page.evaluate(
        """async () => {
            const { ReplySounds } = await import("/inzwa/audio/reply-sounds.js");
            const sounds = new ReplySounds();
            const format = { audio_out: "opus", sample_rate: 48000, frame_ms: 20 };
            const turns = Array.from({ length: 8 }, (_, number) => ({ number }));
            for (const turn of turns) {
                sounds.startPhrase(turn, {}, format);
                sounds.push(new ArrayBuffer(10));
            }
            const few = turns.map((turn) => sounds.get(turn) !== undefined);
            const long = {};
            sounds.startPhrase(long, {}, format);
            sounds.push(new ArrayBuffer(9_000_000));
            sounds.startPhrase(long, {}, format);
            sounds.push(new ArrayBuffer(10));
            return [few, sounds.get(long) === undefined, turns.some((turn) => sounds.get(turn))];
        }"""
    ) == [[False, False, *[True] * 6], True, False]


def test_an_example_is_sent_in_shona_and_explained_in_english(talker: Talker) -> None:
    examples = talker.part("examples").get_by_role("button")
    assert 4 <= examples.count() <= 6
    talker.page.locator("[data-language=en]").click()
    expect(examples.nth(1)).to_contain_text("Tell me a proverb")
    examples.nth(1).click()
    talker.sees(".you .stable", "Ndiudzei tsumo nezvainoreva.")
    talker.sees(".answer .reply", "Ndiripo")


def test_what_was_chosen_is_there_at_the_next_visit(talker: Talker) -> None:
    talker.open_settings()
    talker.part("speed").fill("1.25")
    talker.part("silence").fill("1200")
    talker.part("hotwords").fill("Tariro")
    talker.part("spoken-language").select_option("en")
    talker.part("mode-hold").check(force=True)
    talker.page.reload()
    talker.wait_until("window.inzwa")
    start = talker.page.evaluate("inzwa.session.startMessage()")
    wanted = {"speed": 1.25, "silence_ms": 1200, "hotwords": ["Tariro"], "language": "en", "mode": "push_to_talk"}
    assert {name: start[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    "broken",
    [
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })",
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
        (
            "for (const name of ['language', 'mode', 'patience', 'speed', 'spoken', 'voice', 'names'])"
            " localStorage.setItem('inzwa.' + name, '__proto__')"
        ),
    ],
)
def test_a_storage_that_is_blocked_or_full_or_holds_rubbish_breaks_nothing(
    browser: Browser, site: Site, broken: str
) -> None:
    with browser.new_context() as visit:
        page = visit.new_page()
        page.add_init_script(broken)
        page.goto(site.url)
        page.wait_for_function("window.inzwa")
        start = page.evaluate("inzwa.session.startMessage()")
        assert (start["speed"], start["silence_ms"], start["language"]) == (1, 700, "sn")
        page.locator("[data-language=en]").click()
        expect(page.locator("[data-part=status]")).to_have_text("Press to talk", timeout=PATIENCE_MS)
