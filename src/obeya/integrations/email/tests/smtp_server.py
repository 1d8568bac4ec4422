"""A small SMTP server on 127.0.0.1 that keeps what it takes and misbehaves on demand."""

from __future__ import annotations

import email
import email.policy
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from obeya.integrations.email.tests import threaded

HANG_UP = "hang up"


@dataclass
class SmtpServer:
    """`answers` replaces the answer to a verb ("RCPT", "DATA", "." for the end of the mail).

    An answer of 334 to AUTH is a question; it is answered by nothing, and then the log-in is refused.
    """

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    log_ins: list[str] = field(default_factory=list)

    def note(self, verb: str, line: str) -> None:
        """Keep what a client said that the tests look at."""
        if verb == "RCPT":
            self.recipients.append(line)
        if verb == "AUTH":
            self.log_ins.append(line)


def _asks_back(verb: str, state: SmtpServer) -> bool:
    return verb == "AUTH" and state.answers.get("AUTH", "").startswith("334")


def _refusal(nothing: bool) -> str:
    return "535 5.7.8 not accepted" if nothing else "501 say nothing"


@contextmanager
def serving() -> Iterator[SmtpServer]:
    """A running server."""
    state = SmtpServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if not self._say("CONNECT", "220 test"):
                return
            while line := self.rfile.readline().decode().strip():
                verb = line.split(" ")[0].split(":")[0].upper()
                usual = {"DATA": "354 go on", "QUIT": "221 bye", "AUTH": "235 in"}.get(verb, "250 ok")
                if not self._say(verb, usual):
                    return
                state.note(verb, line)
                if _asks_back(verb, state):
                    nothing = self.rfile.readline() == b"\r\n"
                    self._say("REFUSAL", _refusal(nothing))
                if verb == "DATA" and "DATA" not in state.answers and not self._take():
                    return

        def _take(self) -> bool:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            if not state.answers.get(".", "").startswith(("4", "5")):
                parsed = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                state.mails.append(parsed)
            return self._say(".", "250 taken")

        def _say(self, verb: str, usual: str) -> bool:
            answer = state.answers.get(verb, usual)
            if answer == HANG_UP:
                return False
            self.wfile.write(f"{answer}\r\n".encode())
            return verb != "QUIT"

    with threaded.serve(Handler) as state.port:
        yield state
