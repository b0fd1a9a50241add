"""While models are fetched and loaded the page says how far that is, and afterwards what runs and what did not."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import get_args

import anyio
import pytest
from playwright.sync_api import Browser

from inzwa.engines.llm.scripted import ScriptedChatModel
from inzwa.models.progress import Phase
from inzwa.protocols import Engines, StageReport, StageReporter
from inzwa.settings import Settings
from tests.browser.microphone import Launcher
from tests.browser.site import open_site
from tests.browser.talker import at_page
from tests.serving import scripted_engines

pytestmark = pytest.mark.browser

BOUND = ScriptedChatModel(["Ehe."])
BOUND.info = replace(BOUND.info, model="small", licence="CC-BY-NC-4.0", consequence="Not for commercial use.")


class Fetch:
    """An `open_engines` that stands in the middle of a download until it is let go."""

    def __init__(self) -> None:
        self.gate = anyio.Event()

    @asynccontextmanager
    async def __call__(self, _settings: Settings, report: StageReporter) -> AsyncIterator[Engines]:
        report(StageReport("llm", "failed", "best: it is gated.", "best"))
        report(StageReport("llm", "fetching", "", "small", "downloading", 47_000_000, 98_362_432))
        report(StageReport("asr", "loading", "ears", "ears"))
        await self.gate.wait()
        report(StageReport("llm", "ready", "small", "small"))
        yield scripted_engines(llm=BOUND)


@pytest.fixture(scope="module")
def browser(launcher: Launcher) -> Iterator[Browser]:
    with launcher.hearing(None) as browser:
        yield browser


def test_a_download_is_told_in_both_languages_and_then_what_runs(browser: Browser) -> None:
    fetch = Fetch()
    with open_site(open_engines=fetch) as site, at_page(browser, site.url) as talker:
        talker.sees("[data-part=models]", "small: ndiri kuitora, 47 pa99 MB")
        talker.page.locator("[data-language=en]").click()
        talker.sees("[data-part=models]", "small: fetching, 47 of 99 MB")
        talker.sees("[data-part=models]", "ears: loading it and trying it out")
        site.let_go(fetch.gate)
        talker.sees("[data-part=models]", "small (CC-BY-NC-4.0, instead of best) Not for commercial use.")


def test_every_step_of_a_fetch_has_its_words(browser: Browser) -> None:
    with open_site() as site, at_page(browser, site.url) as talker:
        said = talker.page.evaluate(
            """async (steps) => {
                const { progressText } = await import("/inzwa/ui/model-texts.js");
                const { translations } = inzwa.view;
                return steps.map((step) => progressText(translations, { model: "tiny", state: "fetching", step }));
            }""",
            [*get_args(Phase), "no such step"],
        )
    assert all(words.startswith("tiny: ") for words in said)
    assert len(set(said)) == len(get_args(Phase))  # `ready` is never told, and reads like a step that nobody knows
