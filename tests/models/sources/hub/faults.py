"""What a Hub, or the connection to it, may do wrong: each fault answers one request in its own way."""

from tests.models.sources.hub.hub_server import Answer, Fault


def status(code: int, **headers: str) -> Fault:
    """Only this status."""
    return lambda answer, _: answer.send(code, **headers)


def breaks_off(answer: Answer, content: bytes) -> None:
    """The connection drops when 30 % of the file were sent over it."""
    answer.begin(206 if answer.start else 200, len(content) - answer.start)
    answer.wfile.write(content[answer.start :][: len(content) * 3 // 10])


def stalls(answer: Answer, content: bytes) -> None:
    """30 % of the file, and then silence."""
    breaks_off(answer, content)
    answer.wfile.flush()
    answer.hub.closing.wait()


def trickles(answer: Answer, content: bytes) -> None:
    """A byte now and then: never silent, never done."""
    answer.begin(206 if answer.start else 200, len(content) - answer.start)
    try:
        for byte in content[answer.start :]:
            answer.wfile.write(bytes([byte]))
            if answer.hub.closing.wait(0.02):
                return
    except ConnectionError:
        return


def lies(answer: Answer, content: bytes) -> None:
    """Other bytes of the right length."""
    answer.send(200, bytes(byte ^ 1 for byte in content))


def cuts(answer: Answer, content: bytes) -> None:
    """A file that is shorter than the Hub says, sent without a fault of the connection."""
    answer.send_range(content[: len(content) // 2])


def forgets(answer: Answer, content: bytes) -> None:
    """The connection drops at 30 %, and the host always begins at the beginning."""
    answer.begin(200, len(content))
    answer.wfile.write(content[: len(content) * 3 // 10])


def ignores_ranges(answer: Answer, content: bytes) -> None:
    """The whole file, whatever part was wanted."""
    answer.send(200, content)


def waits_for_the_gate(answer: Answer, content: bytes) -> None:
    """Nothing is sent before somebody asked for /gate."""
    answer.hub.gate.wait(60)
    answer.send(200, content)
