"""A small IMAP server on 127.0.0.1, for the commands that are used: RFC 3501, with RFC 2177 and RFC 6851.

It holds to the standard where a client could go wrong: states, UIDs, literals, the \\Seen flag that
BODY[] sets and BODY.PEEK[] does not. It misbehaves on demand.
"""

from __future__ import annotations

import base64
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from obeya.integrations.email.tests import threaded

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|(\([^)]*\))|(\S+)')


@dataclass
class Mail:
    uid: int
    content: bytes
    flags: set[str] = field(default_factory=set)
    reported_size: int | None = None


@dataclass
class ImapServer:
    """One account with folders. `troubles` are verbs at which the next connection is cut."""

    user: str = "orders@example.com"
    password: str = "secret"
    token: str = "t-1"
    port: int = 0
    capabilities: str = "IMAP4rev1 IDLE MOVE"
    numbering: int = 7
    folders: dict[str, list[Mail]] = field(default_factory=lambda: {"INBOX": []})
    next_uid: int = 1
    log_ins: int = 0
    troubles: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def put(self, content: bytes, *, seen: bool = False, size: int | None = None) -> Mail:
        """Deliver a mail to the inbox; idle clients are told."""
        with self.changed:
            mail = Mail(self.next_uid, content, {"\\Seen"} if seen else set(), size)
            self.next_uid += 1
            self.folders["INBOX"].append(mail)
            self.changed.notify_all()
        return mail

    def renumber(self) -> None:
        """Give every mail a new UID under a new UIDVALIDITY, as after a restore from backup."""
        self.numbering += 1
        for mail in self.folders["INBOX"]:
            mail.uid, self.next_uid = self.next_uid, self.next_uid + 1


class _Session:
    """One connection, in the states of RFC 3501, chapter 3."""

    def __init__(self, server: ImapServer, lines: Any, out: Any) -> None:
        self.server, self.lines, self.out = server, lines, out
        self.state, self.folder = "not authenticated", ""

    def say(self, text: str | bytes) -> None:
        self.out.write((text.encode() if isinstance(text, str) else text) + b"\r\n")
        self.out.flush()

    def serve(self) -> None:
        self.say("* OK test server ready")
        while line := self.lines.readline().decode("utf-8", "replace").rstrip("\r\n"):
            tag, _, rest = line.partition(" ")
            verb = rest.partition(" ")[0].upper()
            if verb == "UID":
                verb = "UID " + rest.split(" ")[1].upper()
            self.server.commands.append(rest)
            if verb in self.server.troubles:
                self.server.troubles.remove(verb)
                return
            words = ["".join(part) for part in _TOKEN.findall(rest)]
            if verb == "LOGOUT":
                self.say("* BYE logging out")
                self.say(f"{tag} OK LOGOUT completed")
                return
            handler = self.handlers.get(verb)
            if handler is None:
                self.say(f"{tag} BAD unknown command")
                continue
            self.say(f"{tag} {handler(self, words)}")

    def mails(self) -> list[Mail]:
        return self.server.folders[self.folder]

    def chosen(self, numbers: str) -> list[tuple[int, Mail]]:
        wanted: set[int] = set()
        uids = [mail.uid for mail in self.mails()]
        last = max(uids, default=0)
        for part in numbers.split(","):
            low, _, high = part.partition(":")
            ends = [last if end == "*" else int(end) for end in (low, high or low)]
            wanted |= set(range(min(ends), max(ends) + 1))
        return [(n, mail) for n, mail in enumerate(self.mails(), 1) if mail.uid in wanted]

    def capability(self, _words: list[str]) -> str:
        self.say(f"* CAPABILITY {self.server.capabilities}")
        return "OK CAPABILITY completed"

    def noop(self, _words: list[str]) -> str:
        return "OK NOOP completed"

    def login(self, words: list[str]) -> str:
        self.server.log_ins += 1
        if words[1:3] != [self.server.user, self.server.password]:
            return "NO [AUTHENTICATIONFAILED] Invalid credentials"
        self.state = "authenticated"
        return "OK LOGIN completed"

    def authenticate(self, words: list[str]) -> str:
        """XOAUTH2 as providers speak it: a refusal is a question first, which is answered by nothing."""
        self.server.log_ins += 1
        self.say("+ ")
        said = base64.b64decode(self.lines.readline().strip()).decode()
        if words[1] == "XOAUTH2" and said == f"user={self.server.user}\1auth=Bearer {self.server.token}\1\1":
            self.state = "authenticated"
            return "OK AUTHENTICATE completed"
        self.say("+ " + base64.b64encode(b'{"status":"400"}').decode())
        answered = self.lines.readline().strip()
        return "NO AUTHENTICATE failed" if answered == b"" else "BAD answer the question by nothing"

    def select(self, words: list[str]) -> str:
        if self.state == "not authenticated":
            return "BAD not authenticated"
        if words[1] not in self.server.folders:
            return "NO no such mailbox"
        self.state, self.folder = "selected", words[1]
        self.say("* FLAGS (\\Seen \\Deleted)")
        self.say(f"* {len(self.mails())} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.server.numbering}] UIDs valid")
        return "OK [READ-WRITE] SELECT completed"

    def status(self, words: list[str]) -> str:
        if self.state == "not authenticated":
            return "BAD not authenticated"
        numbers = f"UIDVALIDITY {self.server.numbering} UIDNEXT {self.server.next_uid}"
        self.say(f'* STATUS "{words[1]}" ({numbers})')
        return "OK STATUS completed"

    def search(self, words: list[str]) -> str:
        if self.state != "selected":
            return "BAD nothing is selected"
        criteria = [word.upper() for word in words[2:]]
        found = self.mails()
        if criteria[:1] == ["UID"]:
            found = [mail for _, mail in self.chosen(criteria[1])]
        elif criteria == ["UNSEEN"]:
            found = [mail for mail in found if "\\Seen" not in mail.flags]
        elif criteria[:1] != ["SINCE"] and criteria != ["ALL"]:
            return "BAD unknown search"
        self.say(" ".join(["* SEARCH", *(str(mail.uid) for mail in found)]))
        return "OK SEARCH completed"

    def fetch(self, words: list[str]) -> str:
        if self.state != "selected":
            return "BAD nothing is selected"
        items = words[3].upper()
        for number, mail in self.chosen(words[2]):
            if "RFC822.SIZE" in items:
                size = mail.reported_size or len(mail.content)
                self.say(f"* {number} FETCH (UID {mail.uid} RFC822.SIZE {size})")
                continue
            content = mail.content
            if "HEADER" in items:
                content = content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            if "PEEK" not in items:
                mail.flags.add("\\Seen")
            name = "BODY[HEADER]" if "HEADER" in items else "BODY[]"
            self.out.write(f"* {number} FETCH (UID {mail.uid} {name} {{{len(content)}}}\r\n".encode())
            self.out.write(content)
            self.say(")")
        return "OK FETCH completed"

    def store(self, words: list[str]) -> str:
        if self.state != "selected":
            return "BAD nothing is selected"
        flags = set(words[4].strip("()").split())
        for number, mail in self.chosen(words[2]):
            mail.flags |= flags
            self.say(f"* {number} FETCH (UID {mail.uid} FLAGS ({' '.join(sorted(mail.flags))}))")
        return "OK STORE completed"

    def copy(self, words: list[str]) -> str:
        if words[3] not in self.server.folders:
            return "NO [TRYCREATE] no such mailbox"
        self.server.folders[words[3]] += [mail for _, mail in self.chosen(words[2])]
        return "OK COPY completed"

    def move(self, words: list[str]) -> str:
        answer = self.copy(words)
        if not answer.startswith("OK"):
            return answer
        gone = {mail.uid for _, mail in self.chosen(words[2])}
        for number, mail in reversed(list(enumerate(self.mails(), 1))):
            if mail.uid in gone:
                self.mails().remove(mail)
                self.say(f"* {number} EXPUNGE")
        return "OK MOVE completed"

    def expunge(self, _words: list[str]) -> str:
        for number, mail in reversed(list(enumerate(self.mails(), 1))):
            if "\\Deleted" in mail.flags:
                self.mails().remove(mail)
                self.say(f"* {number} EXPUNGE")
        return "OK EXPUNGE completed"

    def idle(self, _words: list[str]) -> str:
        if "IDLE" not in self.server.capabilities:
            return "BAD unknown command"
        self.say("+ idling")
        known = len(self.mails())
        ended = threading.Event()

        def _tell() -> None:
            with self.server.changed:
                while not ended.is_set():
                    if len(self.mails()) > known:
                        self.say(f"* {len(self.mails())} EXISTS")
                        return
                    self.server.changed.wait(0.05)

        teller = threading.Thread(target=_tell, daemon=True)
        teller.start()
        done = self.lines.readline().strip().upper() == b"DONE"
        ended.set()
        teller.join()
        return "OK IDLE terminated" if done else "BAD only DONE ends it"

    handlers = {  # noqa: RUF012 - a table of methods, never written
        "CAPABILITY": capability,
        "NOOP": noop,
        "LOGIN": login,
        "AUTHENTICATE": authenticate,
        "SELECT": select,
        "STATUS": status,
        "UID SEARCH": search,
        "UID FETCH": fetch,
        "UID STORE": store,
        "UID COPY": copy,
        "UID MOVE": move,
        "EXPUNGE": expunge,
        "IDLE": idle,
    }


@contextmanager
def serving() -> Iterator[ImapServer]:
    """A running server."""
    state = ImapServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            _Session(state, self.rfile, self.wfile).serve()

    with threaded.serve(Handler) as state.port:
        yield state
