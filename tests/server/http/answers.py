"""What the tests of /v1 share."""

import httpx

MHORO = {"messages": [{"role": "user", "content": "Mhoro"}]}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()["error"]
    assert body["message"].endswith(".")
    return answer.status_code, body["code"]
