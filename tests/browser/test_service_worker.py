"""The second visit needs no server before the page stands; a new release is there at the visit after it was noticed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.microphone import Launcher
from tests.browser.releases import Door, open_door
from tests.browser.talker import PATIENCE_MS, Talker

pytestmark = pytest.mark.browser

SECOND, THIRD = "2" * 12, "3" * 12


@pytest.fixture(scope="module")
def browser(launcher: Launcher) -> Iterator[Browser]:
    with launcher.hearing(None) as browser:
        yield browser


@pytest.fixture
def site() -> Iterator[tuple[str, Door]]:
    with open_door() as (url, door):
        yield url, door


@pytest.fixture
def visitor(browser: Browser, site: tuple[str, Door]) -> Iterator[BrowserContext]:
    """A browser that has been here once, and keeps the page."""
    url, _ = site
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = visit(context, url)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.close()
    yield context
    context.close()


def visit(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    page.wait_for_function("window.inzwa")
    return page


def script_of(page: Page) -> str:
    """Path of the script that the page runs."""
    return page.evaluate("document.querySelector('script[type=module]').getAttribute('src')")


def kept(page: Page) -> list[str]:
    """Paths that the browser keeps."""
    return page.evaluate(
        """async () => {
          const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
          const requests = await Promise.all(caches_.map((cache) => cache.keys()));
          return requests.flat().map(({ url }) => new URL(url).pathname);
        }"""
    )


def wait_until_kept(page: Page, path: str, *, page_names_it: bool = True) -> None:
    """Until the page that is kept names this file, and the file is kept, too."""
    page.wait_for_function(
        """async ([path, wanted]) => {
          const page = await caches.match(new URL("./", location.href));
          const named = page ? (await page.text()).includes(path) : false;
          return named === wanted && (!wanted || Boolean(await caches.match(new URL(path, location.href))));
        }""",
        arg=[path, page_names_it],
    )


def test_the_second_visit_stands_without_a_network_and_talks_once_there_is_one(
    visitor: BrowserContext, site: tuple[str, Door]
) -> None:
    visitor.set_offline(True)
    page = visit(visitor, site[0])
    page.locator("[data-part=mode-hold]").check(force=True)
    assert page.evaluate("inzwa.session.startMessage().mode") == "push_to_talk"
    visitor.set_offline(False)
    talker = Talker(page)
    talker.say_in_writing("Makadii?")
    talker.sees(".answer .reply", "Ndiripo")


def test_it_stands_while_the_server_is_failing_and_stays_kept(visitor: BrowserContext, site: tuple[str, Door]) -> None:
    url, door = site
    door.failing = True
    for _ in range(2):
        page = visit(visitor, url)
        assert "/" in kept(page)
        page.close()


def test_a_new_release_is_noticed_behind_the_page_and_there_at_the_next_visit(
    visitor: BrowserContext, site: tuple[str, Door]
) -> None:
    url, door = site
    first = door.script
    door.release = SECOND
    page = visit(visitor, url)
    assert script_of(page) == first
    wait_until_kept(page, door.script)
    assert f"/{first}" in kept(page)  # this page may be open for long
    assert script_of(visit(visitor, url)) == door.script


def test_files_of_a_release_before_the_last_are_not_kept(visitor: BrowserContext, site: tuple[str, Door]) -> None:
    url, door = site
    first = door.script
    for door.release in (SECOND, THIRD):
        wait_until_kept(page := visit(visitor, url), door.script)
    page.wait_for_function("async (path) => !(await caches.match(new URL(path, location.href)))", arg=first)
    assert {f"/{door.script}", "/"} <= {*kept(page)}


def test_a_page_that_asks_for_a_sign_in_is_forgotten(visitor: BrowserContext, site: tuple[str, Door]) -> None:
    url, door = site
    door.signed_out = True
    page = visit(visitor, url)
    wait_until_kept(page, door.script, page_names_it=False)
    page.goto(url)
    assert page.url == f"{url}/healthz"


def test_what_an_older_worker_kept_is_cleared_and_caches_of_others_are_not(
    browser: Browser, site: tuple[str, Door]
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site[0]}/healthz")
    page.evaluate("Promise.all([caches.open('inzwa-0'), caches.open('others')]).then(() => null)")
    page = visit(context, site[0])
    page.wait_for_function("caches.keys().then((names) => names.sort().join() === 'inzwa-1,others')")
    context.close()


def test_only_the_page_and_its_files_are_kept_whatever_one_does(
    visitor: BrowserContext, site: tuple[str, Door]
) -> None:
    url, door = site
    talker = Talker(visit(visitor, f"{url}/?__theme=dark&token=secret"))
    talker.say_in_writing("Makadii?")
    talker.sees(".answer .reply", "Ndiripo")
    talker.page.goto(f"{url}/app")
    talker.page.wait_for_function("window.inzwa")
    assert "/app" in door.asked
    for path in kept(talker.page):
        assert path == "/" or path.startswith("/inzwa/"), path
    assert talker.page.evaluate("caches.match('./?token=secret').then((found) => found === undefined)")


def test_the_servers_api_is_always_asked_itself(visitor: BrowserContext, site: tuple[str, Door]) -> None:
    url, door = site
    page = visit(visitor, url)
    door.asked.clear()
    for path in ("/readyz", "/healthz", "/config", "/inzwa/ui/page.js", "/?tab=record"):
        page.evaluate("(path) => fetch(path).then(() => null)", path)
    assert {"/readyz", "/healthz", "/config", "/inzwa/ui/page.js", "/app"} <= {*door.asked}
