"""An OpenID provider on loopback, as the Hub is one: everybody who comes is signed in as whom the test says."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "inzwa-space"


@dataclass
class Provider:
    """The running provider."""

    url: str = ""
    account: str = "sub-of-tariro"
    """Who signs in next."""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    nonces: dict[str, str] = field(default_factory=dict)
    """Of each code that was given out."""

    def answer(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """What a GET or POST of one of its addresses gives."""
        match path:
            case "/.well-known/openid-configuration":
                places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
                found: dict[str, Any] = {f"{name}_endpoint": f"{self.url}/{at}" for name, at in places.items()}
                return found | {"issuer": self.url, "jwks_uri": f"{self.url}/jwks"}
            case "/jwks":
                return {"keys": [self.key.as_dict(private=False)]}
            case "/token":
                token = self._id_token(self.nonces.pop(query["code"]))
                return {"access_token": "a", "token_type": "bearer", "expires_in": 3600, "id_token": token}
        raise KeyError(path)

    def approve(self, query: dict[str, str]) -> str:
        """Where somebody who agrees is sent back to."""
        code = f"code-{len(self.nonces)}-{query['state']}"
        self.nonces[code] = query["nonce"]
        joined = "&" if "?" in query["redirect_uri"] else "?"
        return query["redirect_uri"] + joined + urlencode({"code": code, "state": query["state"]})

    def _id_token(self, nonce: str) -> str:
        told = {"iss": self.url, "aud": CLIENT, "nonce": nonce, "iat": int(time.time()), "exp": int(time.time()) + 600}
        told |= {"sub": self.account, "name": "Tariro Moyo", "preferred_username": "tariro"}
        told |= {"profile": f"{self.url}/tariro", "picture": f"{self.url}/tariro.png"}
        return jwt.encode({"alg": "RS256", "kid": "1"}, told, self.key)


@contextmanager
def provider() -> Iterator[Provider]:
    """It runs until the block ends."""
    state = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", state.approve(query))
                self.end_headers()
            else:
                self._send(state.answer(parts.path, query))

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._send(state.answer(self.path, {name: values[0] for name, values in form.items()}))

        def _send(self, body: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield state
        server.shutdown()
        thread.join()
