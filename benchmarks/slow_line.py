"""How soon one can talk on a cheap phone and a slow line: at the first visit, and at the next.

    python -m benchmarks.slow_line [--url URL] [--paths / /app] [--rounds 3] [--cpu 4] [--json FILE]

A headless Chromium is slowed down through its DevTools protocol: what DevTools calls Slow 3G (400 kbit/s both ways, 2 s
for each request), and a processor four times slower. Opening a WebSocket takes that latency, too; its messages do not,
and what a service worker asks for by itself, behind a page that stands, is not slowed down at all. The page is usable
once its script has started, the mode switch changes the mode and a text can be typed; answered, once the reply to that
text is on the page. The server has scripted engines unless --url names another.
"""

import argparse
import os
import shutil
import statistics
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import anyio
from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from benchmarks.rig.figures import machine, table, write_report
from benchmarks.rig.server import inzwa_ready, running

SLOW_3G: Final = {"offline": False, "latency": 2000, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""Milliseconds, and bytes a second: 400 kbit/s."""

PHONE: Final = {"width": 360, "height": 740}
PATIENCE_MS: Final = 180_000
TARGETS_S: Final = {"first": 10.0, "next": 3.0}
CHROMIUMS: Final = ("chromium", "chromium-browser", "google-chrome")

_NOTE_START: Final = """
let page;
Object.defineProperty(window, "inzwa", {
  configurable: true,
  get: () => page,
  set: (value) => { page = value; window.slowLineStartedMs = performance.now(); },
});
"""

_SWITCH_MODE: Final = """() => {
  const { parts } = inzwa.view;
  const choose = (name) => { parts[name].click(); return inzwa.session.startMessage().mode; };
  const modes = ["mode-hold", "mode-free"].map(choose);
  const box = parts.talk.getBoundingClientRect();
  return modes.join() === "push_to_talk,hands_free" && box.width > 0 && !parts.talk.disabled && !parts.text.disabled;
}"""

_PAINTED: Final = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"

_ANSWERED: Final = "document.querySelector('.answer .reply')?.textContent.length > 3 && performance.now()"

_KEPT: Final = (
    "Promise.race([navigator.serviceWorker?.ready, new Promise((done) => setTimeout(done, 5000))]).then(Boolean)"
)


@dataclass
class Line:
    """What went over the line for one page. Without slots: Playwright notes its listeners on it."""

    requests: int = 0
    received_bytes: int = 0
    _asked: set[str] = field(default_factory=set)

    async def watch(self, session: CDPSession) -> None:
        session.on("Network.responseReceived", self._answered)
        session.on("Network.loadingFinished", self._finished)
        await session.send("Network.enable")

    def _answered(self, event: dict[str, Any]) -> None:
        answer = event["response"]
        kept = answer.get("fromDiskCache") or answer.get("fromServiceWorker") or answer.get("fromPrefetchCache")
        if answer["url"].startswith("http") and not kept:
            self._asked.add(event["requestId"])
            self.requests += 1

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._asked:
            self.received_bytes += int(event["encodedDataLength"])


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of one page. Seconds count from its start."""

    requests: int
    received_kb: float
    painted_s: float | None
    """First contentful paint."""
    usable_s: float
    answered_s: float


async def visit(context: BrowserContext, url: str, cpu: float) -> Visit:
    """Opens the page, types as soon as it is usable, and waits for the answer."""
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.add_init_script(_NOTE_START)
    session = await context.new_cdp_session(page)
    line = Line()
    await line.watch(session)
    await session.send("Network.emulateNetworkConditions", SLOW_3G)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": cpu})
    await page.goto(url, wait_until="commit")
    await page.wait_for_function("window.inzwa")
    if not await page.evaluate(_SWITCH_MODE):
        raise SystemExit(f"{url}: the controls are there and do not work")
    usable_ms = await page.evaluate("slowLineStartedMs")
    answered_ms = await _typed_turn(page)
    found = Visit(
        line.requests,
        line.received_bytes / 1000,
        _seconds(await page.evaluate(_PAINTED)),
        usable_ms / 1000,
        answered_ms / 1000,
    )
    await page.evaluate(_KEPT)
    await page.close()
    return found


async def _typed_turn(page: Page) -> float:
    """Milliseconds until the reply to what is typed has come."""
    await page.locator("[data-part=text]").fill("Makadii?")
    await page.locator("[data-part=text]").press("Enter")
    answered: float = await (await page.wait_for_function(_ANSWERED)).json_value()
    return answered


def _seconds(ms: float | None) -> float | None:
    return None if ms is None else ms / 1000


async def visits(browser: Browser, url: str, cpu: float) -> dict[str, Visit]:
    """The first visit in a browser without memory, and the next one in the same browser."""
    context = await browser.new_context(viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    found = {name: await visit(context, url, cpu) for name in TARGETS_S}
    await context.close()
    return found


@asynccontextmanager
async def server(url: str) -> AsyncIterator[str]:
    """The server's address: the one given, or one started here."""
    if url:
        yield url.rstrip("/")
        return
    command = [sys.executable, "-m", "benchmarks.rig.scripted_server", "{port}"]
    async with running("slow_line", command, {}, inzwa_ready) as started:
        yield started.url


async def measure(options: argparse.Namespace) -> dict[str, dict[str, list[Visit]]]:
    """Visits by path, then by whether they are the first or the next."""
    found: dict[str, dict[str, list[Visit]]] = {}
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(server(options.url))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--headless", "--no-sandbox"])
        for _ in range(options.rounds):
            for path in options.paths:
                for name, seen in (await visits(browser, url + path, options.cpu)).items():
                    found.setdefault(path, {}).setdefault(name, []).append(seen)
        await browser.close()
    return found


def chromium() -> str:
    """The browser's path. SystemExit with the remedy where there is none."""
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if named is None:
        raise SystemExit("No Chromium found: apt-get install chromium, or set CHROMIUM.")
    return named


def rows(found: dict[str, dict[str, list[Visit]]]) -> list[list[object]]:
    """A row for each path and visit: medians."""
    return [
        [f"{path}, {name} visit", *_medians(seen), TARGETS_S[name]]
        for path, by_name in found.items()
        for name, seen in by_name.items()
    ]


def _medians(seen: Sequence[Visit]) -> list[object]:
    columns = zip(*(asdict(each).values() for each in seen), strict=True)
    return [statistics.median(values) if None not in values else None for values in columns]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="", help="a server that runs already")
    parser.add_argument("--paths", nargs="+", default=["/", "/app"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cpu", type=float, default=4, help="how many times slower the processor is")
    parser.add_argument("--json", type=Path, help="where every value is kept")
    options = parser.parse_args(arguments)
    where = machine()
    found = anyio.run(measure, options)
    print(f"{where['processor']}, {where['cores']} cores, processor {options.cpu:g} times slower, Slow 3G; medians")
    print(table(["", "requests", "kB", "painted s", "usable s", "answered s", "target s"], rows(found)))
    if options.json:
        write_report(options.json, "slow_line", where, {"rounds": options.rounds, "cpu": options.cpu}, found)


if __name__ == "__main__":
    main()
