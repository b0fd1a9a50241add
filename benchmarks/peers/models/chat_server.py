"""llama-cpp-python's own server of OpenAI's protocol, with a limit and a temperature for requests that name none.

Runs in the model servers' environment and imports nothing of Inzwa. Speech-to-speech has no setting for either, and the
server itself has none for requests that come without.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from llama_cpp.server.app import create_app
from llama_cpp.server.settings import ModelSettings, ServerSettings
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTEXT_TOKENS = 4096
"""Room for 20 rounds of a conversation that is never shortened."""


@dataclass(frozen=True, slots=True)
class RequestDefaults:
    """An ASGI application with values for what the JSON of a POST leaves out."""

    app: ASGIApp
    values: dict[str, float]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        filled = json.dumps({**self.values, **json.loads(body)}).encode()
        unread = [{"type": "http.request", "body": filled, "more_body": False}]

        async def receive_filled() -> Message:
            return unread.pop() if unread else await receive()

        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        headers.append((b"content-length", str(len(filled)).encode()))
        await self.app({**scope, "headers": headers}, receive_filled, send)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--model", type=Path, required=True, help="a GGUF file")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--max-tokens", type=int, default=32)
    parser.add_argument("--temperature", type=float, default=0.4)
    asked = parser.parse_args()
    model = ModelSettings(
        model=str(asked.model), n_ctx=CONTEXT_TOKENS, n_threads=asked.threads, n_threads_batch=asked.threads
    )
    app = create_app(server_settings=ServerSettings(), model_settings=[model])
    filled = RequestDefaults(app, {"max_tokens": asked.max_tokens, "temperature": asked.temperature})
    uvicorn.run(filled, host="127.0.0.1", port=asked.port, log_level="warning")


if __name__ == "__main__":
    main()
