"""The page at "/" in a real Chromium: it stands without scripts, works from one, and needs nothing of Gradio."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect

from inzwa.server.ui.bundle import bundle
from inzwa.server.ui.strings import page_strings
from tests.browser.microphone import Launcher, babble, write_wav
from tests.browser.site import Site, open_site
from tests.browser.talker import PATIENCE_MS, Talker, at_page

pytestmark = pytest.mark.browser

OWN_FILES = re.compile(r"/(|readyz|ws/audio|service-worker\.js|inzwa/[\w-]+-[0-9a-f]{12}\.(js|svg))")


@pytest.fixture(scope="module")
def browser(launcher: Launcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Its microphone hears one burst of babble; one name of the tests leads it to this machine, and not by https."""
    wav = write_wav(tmp_path_factory.mktemp("wav") / "babble.wav", babble((0.6, 1.2)))
    with launcher.hearing(wav, "--host-resolver-rules=MAP inzwa.test 127.0.0.1") as browser:
        yield browser


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as site:
        yield site


def answered(talker: Talker) -> None:
    """A typed turn, to its end."""
    talker.say_in_writing("Makadii?")
    talker.sees(".answer .reply", "Ndiripo, makadiiwo?")
    talker.wait_until("inzwa.audio.player?.stats.peak > 0.1")
    talker.wait_for_status("idle")


def test_a_typed_turn_is_answered_aloud_and_nothing_is_asked_of_gradio(browser: Browser, site: Site) -> None:
    asked: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.on("websocket", lambda socket: asked.append(urlsplit(socket.url).path))
    page.goto(site.url)
    page.wait_for_function("window.inzwa")
    answered(Talker(page))
    context.close()
    assert [path for path in asked if not OWN_FILES.fullmatch(path)] == []
    assert len(set(asked)) <= 8


def test_a_spoken_turn_is_answered_aloud(browser: Browser, site: Site) -> None:
    with at_page(browser, site.url) as talker:
        talker.press_talk()
        talker.sees(".you .stable", "mhoro shamwari")
        talker.sees(".answer .reply", "Ndiripo, makadiiwo?")
        talker.wait_until("inzwa.audio.player.stats.playedSamples > 0 && !inzwa.audio.playing")
    assert talker.complaints == []
    assert talker.strangers == []


def test_without_any_script_everything_can_be_read(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url)
    for key in ("page.tagline", "page.welcome", "page.starting", "talk.mode_free"):
        expect(page.get_by_text(page_strings()[key].sn, exact=True)).to_be_visible()
    expect(page.locator("[data-part=talk]")).to_be_disabled()
    page.get_by_role("link", name=page_strings()["tab.record"].sn).click()
    assert page.url == f"{site.url}/app?tab=record"
    context.close()


def test_what_is_sent_before_the_script_has_come_is_answered_once_it_is_there(browser: Browser, site: Site) -> None:
    held: list[Route] = []
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.route("**/inzwa/light-page-*.js", lambda route: held.append(route))
    page.goto(site.url, wait_until="commit")
    talker = Talker(page)
    talker.say_in_writing("Makadii?")
    assert talker.part("text").input_value() == "Makadii?"
    expect(talker.part("talk")).to_be_disabled()
    for route in held:
        route.continue_()
    talker.sees(".answer .reply", "Ndiripo")
    expect(talker.part("talk")).to_be_enabled()
    context.close()


def test_the_links_are_in_the_language_that_the_visitor_chooses(browser: Browser, site: Site) -> None:
    with at_page(browser, site.url) as talker:
        link = talker.page.locator("nav a[href='app?tab=record']")
        expect(link).to_have_text(page_strings()["tab.record"].sn)
        talker.page.locator("[data-language=en]").click()
        expect(link).to_have_text(page_strings()["tab.record"].en)
        talker.page.reload()
        expect(link).to_have_text(page_strings()["tab.record"].en)


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("theme", ["", "dark", "light"])
def test_light_and_dark_follow_the_parameter_then_the_system(
    browser: Browser, site: Site, scheme: str, theme: str
) -> None:
    path = f"/?__theme={theme}" if theme else "/"
    with at_page(browser, site.url, path=path, color_scheme=scheme) as talker:
        shown = talker.page.evaluate("document.documentElement.classList.contains('dark')")
    assert shown == ((theme or scheme) == "dark")


def test_it_works_where_service_workers_are_blocked(browser: Browser, site: Site) -> None:
    with at_page(browser, site.url, service_workers="block") as talker:
        answered(talker)
    assert talker.complaints == []


def test_it_works_at_an_address_without_https_where_there_are_no_service_workers(browser: Browser, site: Site) -> None:
    url = site.url.replace("127.0.0.1", "inzwa.test")
    with at_page(browser, url) as talker:
        assert talker.page.evaluate("[isSecureContext, 'serviceWorker' in navigator]") == [False, False]
        talker.say_in_writing("Makadii?")
        talker.sees(".answer .reply", "Ndiripo")  # read, for such a page has no worklets
    assert talker.complaints == []


def test_the_access_token_is_asked_for_and_then_the_page_talks(browser: Browser) -> None:
    with open_site(access_token="our-secret") as site, at_page(browser, site.url) as talker:
        talker.say_in_writing("Makadii?")
        expect(talker.part("access")).to_be_visible(timeout=PATIENCE_MS)
        talker.part("key").fill("our-secret")
        talker.part("key").press("Enter")
        talker.sees(".answer .reply", "Ndiripo")


def test_gradios_page_runs_the_same_script(browser: Browser, site: Site) -> None:
    with at_page(browser, site.url, path="/app") as talker:
        loaded = talker.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
        assert [name for name in loaded if "/inzwa/ui/" in name] == []
        assert sum("/inzwa/light-page-" in name for name in loaded) >= 1
        answered(talker)


def test_a_bundle_behaves_as_its_modules(tmp_path: Path, browser: Browser, site: Site) -> None:
    """Scopes, live names, classes that extend, generators, text that looks like comments."""
    from_bundle, from_modules = _both(browser, site, tmp_path)
    assert from_bundle == from_modules
    assert from_bundle["sum"] == 6


TYPE = {"Content-Type": "text/javascript"}

MODULES = {
    "main": """import { a, twice as double, Base } from "./a.js";
import {
  count,
} from "./b.js";
const hidden = "main";
class Derived extends Base { #x = 1; get x() { return this.#x + super.y; } }
export async function result() {
  const text = "// not a comment" + `/* nor ${hidden} */` + 'it\\'s';
  return { sum: [...count(4)].reduce((x, y) => x + y), text, hidden, a, two: double(21), x: new Derived().x,
    pattern: "a//b".replace(/\\/\\//g, "/*"), error: new Base() instanceof Derived };
}
""",
    "a": """const hidden = "a";
export const a = { hidden };
/** @param {import("./b.js").X} x */
export function twice(x) { return helper(x); }
function helper(x) { return 2 * x; }
export class Base { y = 2; }
""",
    "b": """const hidden = "b";
function* count(end) { for (let i = 0; i < end; i += 1) yield i; }
export { count };
""",
}


def _both(browser: Browser, site: Site, folder: Path) -> tuple[dict, dict]:
    """What the modules' `result` gives: from their bundle, and as they are."""
    for name, code in MODULES.items():
        (folder / f"{name}.js").write_text(code)
    files = {f"{name}.js": code for name, code in MODULES.items()} | {"bundle.js": bundle(folder / "main.js")[0].text}
    page = browser.new_page()
    page.route("**/made/*", lambda route: route.fulfill(body=files[route.request.url.rpartition("/")[2]], headers=TYPE))
    page.goto(f"{site.url}/healthz")
    found = [
        page.evaluate("(path) => import(path).then(({ result }) => result())", f"/made/{name}.js")
        for name in ("bundle", "main")
    ]
    page.close()
    return found[0], found[1]
