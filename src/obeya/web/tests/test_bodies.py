"""A body is refused while it arrives, not once it fills the disk."""

import asyncio

from obeya.web import bodies

LIMIT = 10


class Conversation:
    """One request to a bounded application: what it read, what was answered."""

    def __init__(self, chunks, *, path="/", declared=None, kind="http"):
        self.chunks = list(chunks)
        self.read, self.sent, self.seen = 0, [], None
        headers = [] if declared is None else [(b"content-length", declared)]
        self.scope = {"type": kind, "path": path, "headers": headers}
        asyncio.run(
            bodies.Bounded(self._application, limits={"/wide": 100}, default=LIMIT)(
                self.scope, self._receive, self._send
            )
        )

    async def _application(self, scope, receive, send):
        body = b""
        while scope["type"] == "http":
            message = await receive()
            if message["type"] == "http.disconnect":
                self.seen = "gone"
                return
            body += message["body"]
            if not message["more_body"]:
                break
        self.seen = body
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def _receive(self):
        self.read += 1
        body = self.chunks.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(self.chunks)}

    async def _send(self, message):
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"]


def test_a_body_up_to_the_limit_arrives_whole():
    told = Conversation([b"12345", b"67890"])
    assert (told.status, told.seen) == (200, b"1234567890")


def test_a_body_that_says_it_is_too_large_is_not_read():
    told = Conversation([b"x"], declared=b"11")
    assert (told.status, told.read, told.seen) == (413, 0, None)


def test_a_body_that_does_not_say_so_is_read_until_it_is_too_large():
    told = Conversation([b"123456"] * 1_000)
    assert (told.status, told.read, told.seen) == (413, 2, "gone")
    assert told.sent[1]["body"].startswith(b"This is too large")


def test_each_path_has_its_own_limit():
    assert Conversation([b"x" * 100], path="/wide").status == 200
    assert Conversation([b"x" * 101], path="/wide").status == 413


def test_what_is_no_request_passes_untouched():
    assert Conversation([], kind="lifespan").sent[0]["status"] == 200
