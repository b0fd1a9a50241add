"""Browser modules that need no server, each by itself in a Chromium: resampler, framer, jitter buffer, conversation."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.microphone import Launcher
from tests.browser.site import open_site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(launcher: Launcher) -> Iterator[Page]:
    """A blank page of the server's own, so that its modules can be imported."""
    with open_site() as site, launcher.hearing(None) as browser:
        page = browser.new_page()
        page.goto(f"{site.url}/healthz")
        yield page


TONE = """
const { Resampler } = await import("/inzwa/audio/resampler.js");
const sine = (hz, rate, seconds) =>
  Float32Array.from({ length: rate * seconds }, (_, i) => 0.5 * Math.sin(2 * Math.PI * hz * i / rate));
const run = (sound, from, to, lump) => {
  const stream = new Resampler(from, to);
  const parts = [];
  for (let at = 0; at < sound.length; at += lump) parts.push(...stream.push(sound.slice(at, at + lump)));
  return [...parts, ...stream.flush()];
};
const rms = (sound) => Math.sqrt(sound.reduce((sum, x) => sum + x * x, 0) / sound.length);
"""


def js(page: Page, body: str) -> object:
    """What a piece of JavaScript, which may await, returns."""
    return page.evaluate(f"async () => {{ {body} }}")


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000, 22_050, 16_000])
def test_a_voice_keeps_its_pitch_its_level_and_its_place_at_16_kilohertz(page: Page, rate: int) -> None:
    worst = js(
        page,
        TONE
        + f"""
        const heard = run(sine(440, {rate}, 1), {rate}, 16000, 128);
        const wanted = sine(440, 16000, 1);
        return Math.max(...wanted.slice(500, -500).map((x, i) => Math.abs(x - heard[i + 500])));
        """,
    )
    assert worst < 0.002


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_what_16_kilohertz_cannot_hold_is_filtered_out_and_not_folded_back(page: Page, rate: int) -> None:
    level = js(page, TONE + f"return rms(run(sine(9500, {rate}, 1), {rate}, 16000, 128).slice(500, -500));")
    assert level < 0.5 * 10 ** (-60 / 20)


def test_lumps_of_any_size_give_the_same_samples(page: Page) -> None:
    assert js(
        page,
        TONE
        + """
        const sound = sine(300, 44100, 0.3);
        const whole = run(sound, 44100, 16000, sound.length);
        return [1, 7, 128, 1000].every((lump) => {
          const parts = run(sound, 44100, 16000, lump);
          return parts.length === whole.length && parts.every((x, i) => x === whole[i]);
        });
        """,
    )


def test_upward_resampling_for_the_loudspeaker_keeps_level_and_length(page: Page) -> None:
    length, level = js(
        page, TONE + "const up = run(sine(440, 16000, 1), 16000, 48000, 320); return [up.length, rms(up)];"
    )
    assert abs(length - 48_000) <= 3
    assert abs(level - 0.5 / 2**0.5) < 0.002


def test_frames_are_20_milliseconds_of_clipped_pcm_with_their_level(page: Page) -> None:
    frames = js(
        page,
        """
        const { Framer } = await import("/inzwa/audio/framer.js");
        const framer = new Framer(320);
        const none = framer.push(new Float32Array(319).fill(2));
        const [{ pcm, level }] = framer.push(new Float32Array(1).fill(-2));
        const samples = new Int16Array(pcm);
        return [none.length, pcm.byteLength, samples[0], samples[319], level];
        """,
    )
    assert frames == [0, 640, 32767, -32768, 2]


JITTER = """
const { JitterBuffer } = await import("/inzwa/audio/jitter-buffer.js");
const ones = (n) => new Float32Array(n).fill(1);
const buffer = new JitterBuffer(200);
const pull = () => { const out = new Float32Array(128); return [buffer.pull(out), out[0], out[127]]; };
"""


def test_sound_waits_until_enough_is_there_then_flows(page: Page) -> None:
    assert js(
        page, JITTER + "buffer.push(ones(150)); const a = pull(); buffer.push(ones(150)); return [a, pull()];"
    ) == [
        [0, 0, 0],
        [128, 1, 1],
    ]


def test_a_short_ending_is_played_without_waiting_for_more(page: Page) -> None:
    assert js(page, JITTER + "buffer.push(ones(50)); buffer.end(); return [pull()[0], buffer.underruns];") == [50, 0]


def test_sound_that_is_cleared_fades_at_once_instead_of_clicking(page: Page) -> None:
    before, after, later = js(
        page, JITTER + "buffer.push(ones(900)); const a = pull(); buffer.clear(); return [a, pull(), pull()];"
    )
    assert before == [128, 1, 1]
    assert after[0] == 0
    assert after[1] == 1
    assert after[2] == 0
    assert later == [0, 0, 0]


def test_running_dry_in_the_middle_is_counted_as_a_gap(page: Page) -> None:
    assert js(page, JITTER + "buffer.push(ones(250)); pull(); pull(); return buffer.underruns;") == 1


def test_turns_grow_from_events_and_a_new_session_counts_from_one_again(page: Page) -> None:
    turns = js(
        page,
        """
        const { Conversation } = await import("/inzwa/conversation/conversation.js");
        const seen = new Set();
        const conversation = new Conversation((turn) => seen.add(turn));
        const events = [
          { type: "ready", conversation: "first" }, { type: "speech.start", at_ms: 0 },
          { type: "asr.partial", turn: 1, text: "mhoro sha", stable: "mhoro" },
          { type: "asr.final", turn: 1, text: "mhoro shamwari" },
          { type: "llm.partial", turn: 1, token: "Ndi" }, { type: "llm.partial", turn: 1, token: "ripo" },
          { type: "turn.end", turn: 1, latency: { first_audio_ms: 300 } }, { type: "unheard.of", turn: 1 },
          { type: "ready", conversation: "second" }, { type: "asr.partial", turn: 1, text: "zvakare", stable: "" },
        ];
        for (const event of events) conversation.apply(event);
        const shown = ({ conversation, stable, tail, reply, over }) => ({ conversation, stable, tail, reply, over });
        return [...seen].map(shown);
        """,
    )
    assert turns == [
        {"conversation": "first", "stable": "mhoro shamwari", "tail": "", "reply": "Ndiripo", "over": True},
        {"conversation": "second", "stable": "", "tail": "zvakare", "reply": "", "over": False},
    ]


def test_the_status_is_the_most_urgent_state(page: Page) -> None:
    statuses = js(
        page,
        """
        const { status } = await import("/inzwa/conversation/conversation.js");
        const ready = { connection: "open", wanted: true, microphone: true, playing: false, failed: false };
        return [{}, { replyPending: true }, { replyPending: true, playing: true },
          { playing: true, userSpeaking: true }, { userSpeaking: true, connection: "waiting" },
          { failed: true, connection: "off" }, { microphone: false },
        ].map((change) => status({ ...ready, ...change }));
        """,
    )
    assert statuses == ["ready", "thinking", "speaking", "listening", "connecting", "error", "idle"]
