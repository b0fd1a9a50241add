"""The page at "/": the talk page's own markup with its texts in place, shown before any script has run and without
Gradio, whose page is at /app."""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from jinja2.sandbox import ImmutableSandboxedEnvironment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from inzwa.server.ui.files import Encoded, asset, hashed_files, page_style
from inzwa.server.ui.strings import LANGUAGES, page_strings, table
from inzwa.settings import Settings

APP: Final = "app"
"""Where Gradio's page is, relative to this one."""

_FOR_GRADIO: Final = frozenset({"tab", "view", "deep_link"})
"""Parameters that mean a part of Gradio's page; assets/service-worker.js has the same. A sign-in leads back to "/"."""

_TAG: Final = re.compile(r"<[a-z][^>]*>")
_TEXT: Final = re.compile(r'(<[a-z][^>]* data-i18n="([^"]+)"[^>]*>)[^<]*')
_ATTRIBUTES: Final = {"label": "aria-label", "placeholder": "placeholder"}
"""What `data-i18n-NAME` sets; assets/ui/translations.js has the same."""
_ATTRIBUTE: Final = re.compile(r' data-i18n-(\w+)="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the page's navigation."""

    href: str
    text: str
    """The key of its text."""
    here: bool = False


class LightPage:
    """The document, made once."""

    def __init__(self, settings: Settings) -> None:
        document = light_page(settings)
        self._content = Encoded.of(document)
        self._etag = f'W/"{sha256(document.encode()).hexdigest()[:20]}"'

    @property
    def route(self) -> Route:
        return Route("/", self._answer, methods=["GET"], include_in_schema=False)

    async def _answer(self, request: Request) -> Response:
        if _FOR_GRADIO & request.query_params.keys():
            return RedirectResponse(f"{APP}?{request.url.query}")
        headers = {"Cache-Control": "no-cache", "ETag": self._etag}
        if self._etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={**headers, "Vary": "Accept-Encoding"})
        return self._content.response(request, "text/html", headers)


def light_page(settings: Settings) -> str:
    """The document, in Shona until its script finds that its user has chosen English."""
    template = ImmutableSandboxedEnvironment(autoescape=True).from_string(asset("ui/light-page.html"))
    document = template.render(
        title=page_strings()["page.title"].sn,
        files=hashed_files(),
        style=page_style() + asset("ui/light-page.css"),
        places=places(settings),
        talk=_starting(asset("ui/page.html")),
        props=json.dumps(talk_props(settings), ensure_ascii=False).replace("<", r"\u003c"),
    )
    return with_texts(document, table(LANGUAGES[0]))


def talk_props(settings: Settings) -> Mapping[str, Any]:
    """What assets/ui/page.js is given at its start, here and by Gradio's page."""
    return {
        "strings": {language: table(language) for language in LANGUAGES},
        "limits": {
            "chars": settings.max_text_chars,
            "seconds": settings.max_audio_seconds,
            "silence": settings.silence_ms,
            "speed": settings.speed,
        },
        "feedback": settings.feedback,
    }


def places(settings: Settings) -> tuple[Place, ...]:
    """Talk, which is here, and the tabs of Gradio's page."""
    names = ("record", "read") if settings.feedback == "off" else ("evaluate", "record", "read")
    return (Place("./", "tab.talk", here=True), *(Place(f"{APP}?tab={name}", f"tab.{name}") for name in names))


def with_texts(markup: str, texts: Mapping[str, str]) -> str:
    """The markup with the texts that its data-i18n attributes name. KeyError for a key or an attribute that is none."""
    filled = _TEXT.sub(lambda found: found[1] + html.escape(texts[found[2]]), markup)
    return _TAG.sub(lambda tag: _ATTRIBUTE.sub(lambda found: found[0] + _attribute(found, texts), tag[0]), filled)


def _attribute(found: re.Match[str], texts: Mapping[str, str]) -> str:
    return f' {_ATTRIBUTES[found[1]]}="{html.escape(texts[found[2]])}"'


def _starting(markup: str) -> str:
    """The page's markup before its script is there: the talk button waits, and the status line says so."""
    waiting = markup.replace('data-part="talk"', 'data-part="talk" disabled', 1)
    return re.sub(r'( data-part="status"[^>]*>)', rf"\1{html.escape(page_strings()['page.starting'].sn)}", waiting)
