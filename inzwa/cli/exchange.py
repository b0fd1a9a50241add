"""The command exchange: another model for a stage of a running server."""

import json
import sys
from argparse import Namespace

import httpx

from inzwa.cli.client import base_url, local_url
from inzwa.errors import Unreachable
from inzwa.settings import Settings


def exchange(arguments: Namespace, settings: Settings) -> int:
    """Ask for it and print the server's answer, which may take as long as a download."""
    url = base_url(arguments.url or local_url(settings))
    token = settings.admin_token.get_secret_value()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    wanted = {"stage": arguments.stage, "model": arguments.model}
    try:
        answer = httpx.post(
            f"{url}/v1/admin/warmup", json=wanted, headers=headers, timeout=httpx.Timeout(10, read=None)
        )
        body = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unreachable(f"{url} does not answer: {error}") from None
    if answer.is_success:
        print(json.dumps(body["stages"][arguments.stage], ensure_ascii=False, indent=1))
        return 0
    refusal = body.get("error") or {
        "code": answer.status_code,
        "message": f"{body}; is INZWA_ADMIN_TOKEN the server's?",
    }
    print(f"{refusal['code']}: {refusal['message']}", file=sys.stderr)
    return 1
