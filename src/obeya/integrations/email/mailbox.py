"""Keeps one mailbox read: waits for the server's word (IDLE), looks anyway now and then, mends the line."""

from __future__ import annotations

import contextlib
import imaplib
import re
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import imap_tools
import structlog
from django.db import InterfaceError, OperationalError, connection
from imap_tools import errors as imap_errors

from obeya.inbox import actions as inbox
from obeya.inbox import queries as signals
from obeya.integrations.email import inbound, tokens
from obeya.lib import clock
from obeya.people import queries as people

TIMEOUT_S = 30.0
BATCH = 20
"""Mails fetched and stored before the next are asked for."""
BATCH_BYTES = 48 << 20
AGAIN_AFTER_S = (5.0, 15.0, 60.0)
"""Waits after a line that broke, ever longer."""
LOG_IN_AGAIN_AFTER_S = 300.0
"""A refused log-in is an administrator's to put right; asking more often locks accounts."""
LOOK_BACK = timedelta(days=7)
"""Where the server numbered its mails anew, so many days are read again; what is known stays one signal."""
ENCRYPTIONS = ("tls", "starttls", "none")
_SIZE = re.compile(rb"UID (\d+)\b.*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*?UID (\d+)\b", re.DOTALL)
_UID = re.compile(rb"\bUID (\d+)\b")
_log = structlog.get_logger("obeya.mailbox")


@dataclass(frozen=True, slots=True)
class Settings:
    """Which mailbox is read, and how."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done_folder: str = ""
    site: str = ""
    encryption: str = "tls"
    poll_s: float = 60.0
    tokens: tokens.Source | None = None
    """Logs in by these instead of a password."""

    @property
    def name(self) -> str:
        """The mailbox as people know it."""
        return self.user if "@" in self.user else f"{self.user}@{self.host}"


def settings_of(environment: Mapping[str, str]) -> Settings | None:
    """What the environment says; None where no mailbox is set. Raises ValueError with words for IT."""
    told = {key.removeprefix("OBEYA_IMAP_"): value.strip() for key, value in environment.items()
            if key.startswith("OBEYA_IMAP_")}  # fmt: skip
    if not told.get("HOST"):
        return None
    encryption = told.get("ENCRYPTION", "tls")
    if encryption not in ENCRYPTIONS:
        raise ValueError(f"OBEYA_IMAP_ENCRYPTION is one of {', '.join(ENCRYPTIONS)}.")
    usual = "993" if encryption == "tls" else "143"
    port, poll = told.get("PORT", usual), told.get("POLL_S", "60")
    if not (port.isdecimal() and 0 < int(port) < 65_536):
        raise ValueError("OBEYA_IMAP_PORT is not a port.")
    if not (poll.isdecimal() and 5 <= int(poll) <= 1_500):
        raise ValueError("OBEYA_IMAP_POLL_S is a number of seconds from 5 to 1500.")
    if not told.get("USER"):
        raise ValueError("OBEYA_IMAP_USER is missing: the name that logs in to the mailbox.")
    by_token = _tokens(environment, told, encryption)
    return Settings(
        host=told["HOST"],
        port=int(port),
        user=told["USER"],
        password="" if by_token else _password(told),
        folder=told.get("FOLDER") or "INBOX",
        done_folder=told.get("DONE_FOLDER", ""),
        site=told.get("SITE", ""),
        encryption=encryption,
        poll_s=float(poll),
        tokens=by_token,
    )


def _tokens(environment: Mapping[str, str], told: Mapping[str, str], encryption: str) -> tokens.Source | None:
    """Where tokens come from; None where the mailbox has a password of its own."""
    if told.get("PASSWORD_FILE") or told.get("PASSWORD"):
        return None
    found = tokens.settings_of(environment)
    if found is not None and encryption == "none":
        raise ValueError("OBEYA_IMAP_ENCRYPTION cannot be none where tokens log in: anybody could read them.")
    return tokens.Source(found) if found else None


def _password(told: Mapping[str, str]) -> str:
    if path := told.get("PASSWORD_FILE"):
        try:
            return Path(path).expanduser().read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ValueError(f"OBEYA_IMAP_PASSWORD_FILE cannot be read ({error.strerror}).") from error
    if password := told.get("PASSWORD"):
        return password
    raise ValueError("OBEYA_IMAP_PASSWORD_FILE is missing: a file with the mailbox's password.")


class CannotReadMailbox(Exception):
    """The mailbox cannot be read; the text is for people. `wait_s`: ask again after so long."""

    def __init__(self, text: str, *, wait_s: float = 0.0) -> None:
        super().__init__(text)
        self.wait_s = wait_s


class Watcher:
    """Reads one mailbox until `stop`; nothing that the server or the line does ends it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End soon; may be called from a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Read, wait, mend, until `stop`."""
        failures = 0
        while not self._stopping.is_set():
            try:
                self._watch()
                failures = 0
            except CannotReadMailbox as error:
                self._note(str(error))
                wait_s = error.wait_s or AGAIN_AFTER_S[min(failures, len(AGAIN_AFTER_S) - 1)]
                failures += 1
                self._stopping.wait(wait_s)
            except (OperationalError, InterfaceError) as error:
                _log.warning("the database is away", error=str(error).strip()[:200])
                connection.close()
                self._stopping.wait(AGAIN_AFTER_S[0])
        connection.close()

    def look_once(self) -> int:
        """Read what is new and let go of the server; returns how many signals are new."""
        with _speaking(), self._open() as box:
            return self._read(box)

    def _watch(self) -> None:
        with _speaking(), self._open() as box:
            can_idle = "IDLE" in box.client.capabilities
            while not self._stopping.is_set():
                self._read(box)
                if can_idle:
                    self._idle(box)
                else:
                    self._stopping.wait(self._settings.poll_s)
                    box.client.noop()

    def _idle(self, box: imap_tools.BaseMailBox) -> None:
        """Wait for the server's word; looking at `stop` every second."""
        box.idle.start()  # type: ignore[no-untyped-call]  # the library leaves it untyped
        waited = 0.0
        while waited < self._settings.poll_s and not self._stopping.is_set() and not box.idle.poll(1.0):
            waited += 1.0
        box.idle.stop()  # type: ignore[no-untyped-call]  # likewise

    @contextlib.contextmanager
    def _open(self):  # type: ignore[no-untyped-def]  # the library's classes for each encryption
        told = self._settings
        if told.encryption == "none":
            box: imap_tools.BaseMailBox = imap_tools.MailBoxUnencrypted(told.host, told.port, TIMEOUT_S)
        elif told.encryption == "starttls":
            box = imap_tools.MailBoxStartTls(told.host, told.port, TIMEOUT_S, ssl.create_default_context())
        else:
            context = ssl.create_default_context()
            box = imap_tools.MailBox(told.host, told.port, TIMEOUT_S, ssl_context=context)
        try:
            self._log_in(box)
            yield box
        finally:
            with contextlib.suppress(imap_errors.ImapToolsError, imaplib.IMAP4.error, OSError):
                box.logout()
            with contextlib.suppress(OSError):
                box.client.shutdown()

    def _log_in(self, box: imap_tools.BaseMailBox) -> None:
        told = self._settings
        log_in = box.login if (told.user + told.password).isascii() else box.login_utf8
        try:
            if told.tokens is not None:
                _authenticate(box, told.user, told.tokens)
            else:
                log_in(told.user, told.password, initial_folder=None)
        except (imap_errors.MailboxLoginError, imaplib.IMAP4.error) as error:
            if isinstance(error, imaplib.IMAP4.abort):
                raise
            if told.tokens is not None:
                told.tokens.forget()
            text = "The mail server refuses the log-in: an administrator must see to user and password."
            raise CannotReadMailbox(text, wait_s=LOG_IN_AGAIN_AFTER_S) from error
        try:
            box.folder.set(told.folder)
        except imap_errors.MailboxFolderSelectError as error:
            text = f"There is no folder {told.folder} in the mailbox."
            raise CannotReadMailbox(text, wait_s=60.0) from error

    def _site(self) -> str:
        known = [site.code for site in people.list_sites()]
        named = self._settings.site
        if named in known:
            return named
        if named or len(known) != 1:
            text = "No site is set for the mailbox: set OBEYA_IMAP_SITE to the code of the site."
            raise CannotReadMailbox(text, wait_s=60.0)
        return known[0]

    def _note(self, problem: str) -> None:
        _log.warning("the mailbox cannot be read", mailbox=self._settings.name, problem=problem)
        known = signals.find_source(inbound.SOURCE, self._settings.name)
        site = known.site if known else next((one.code for one in people.list_sites()), "")
        if site:
            inbox.note_source(source=inbound.SOURCE, name=self._settings.name, site=site, problem=problem)

    def _read(self, box: imap_tools.BaseMailBox) -> int:
        """Store everything that is new, in batches; each is marked only once it is stored."""
        site, folder = self._site(), self._settings.folder
        numbering = box.folder.status(folder, ["UIDVALIDITY", "UIDNEXT"])
        known = signals.find_source(inbound.SOURCE, self._settings.name)
        place = dict(known.place) if known else {}
        new, total = self._new(box, place, numbering["UIDVALIDITY"]), 0
        place = {"folder": folder, "numbering": numbering["UIDVALIDITY"], "uid": place.get("uid", 0)}
        for batch in _batches(_sizes(box, new)):
            taken = inbound.accept(mails=_fetch(box, batch), site=site)
            self._mark(box, [uid for uid, _ in batch])
            place["uid"] = max(uid for uid, _ in batch)
            total += taken
            inbox.note_source(
                source=inbound.SOURCE, name=self._settings.name, site=site, place=place, taken=taken
            )
        place["uid"] = max(int(str(place["uid"])), numbering["UIDNEXT"] - 1)
        inbox.note_source(source=inbound.SOURCE, name=self._settings.name, site=site, place=place)
        return total

    def _new(self, box: imap_tools.BaseMailBox, place: Mapping[str, object], numbering: int) -> list[int]:
        """The numbers of mails not read yet: behind the last one; at the very first what nobody has seen."""
        if place.get("numbering") == numbering and place.get("folder") == self._settings.folder:
            last = int(str(place.get("uid", 0)))
            found = box.uids(f"UID {last + 1}:*", charset=None)
            return sorted(uid for uid in map(int, found) if uid > last)  # "n:*" always names the last one
        if place:
            since = (clock.now() - LOOK_BACK).strftime("%d-%b-%Y")
            return sorted(map(int, box.uids(f"SINCE {since}", charset=None)))
        return sorted(map(int, box.uids("UNSEEN", charset=None)))

    def _mark(self, box: imap_tools.BaseMailBox, uids: Sequence[int]) -> None:
        named = [str(uid) for uid in uids]
        box.flag(named, imap_tools.MailMessageFlags.SEEN, True)
        if self._settings.done_folder:
            try:
                box.move(named, self._settings.done_folder)
            except (imap_errors.MailboxCopyError, imap_errors.MailboxMoveError) as error:
                text = f"Mails cannot be moved to the folder {self._settings.done_folder}: is it there?"
                raise CannotReadMailbox(text, wait_s=60.0) from error


def _authenticate(box: imap_tools.BaseMailBox, user: str, source: tokens.Source) -> None:
    """Log in by XOAUTH2. A refusal comes as a question first, which must be answered by nothing."""
    try:
        said = [tokens.xoauth2(user, source.token()).encode()]
    except tokens.CannotGetToken as error:
        wait_s = LOG_IN_AGAIN_AFTER_S if error.lasting else 60.0
        raise CannotReadMailbox(str(error), wait_s=wait_s) from error
    box.client.authenticate("XOAUTH2", lambda _asked: said.pop() if said else b"")


@contextlib.contextmanager
def _speaking():  # type: ignore[no-untyped-def]  # a plain generator, used with `with` only
    """Whatever the line or the server does wrong, in words."""
    try:
        yield
    except ssl.SSLError as error:
        text = f"The mail server's certificate or encryption is not as it should be ({error.reason})."
        raise CannotReadMailbox(text, wait_s=60.0) from error
    except OSError as error:
        raise CannotReadMailbox(
            f"The mail server cannot be reached ({error.strerror or 'no answer'})."
        ) from error
    except (imap_errors.ImapToolsError, imaplib.IMAP4.error) as error:
        raise CannotReadMailbox(f"The mail server broke off or refused ({_words(error)}).") from error


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:160] or type(error).__name__


def _sizes(box: imap_tools.BaseMailBox, uids: Sequence[int]) -> list[tuple[int, int]]:
    """Each mail's number with its size in bytes."""
    sizes: list[tuple[int, int]] = []
    for start in range(0, len(uids), 500):
        named = ",".join(map(str, uids[start : start + 500]))
        _status, answer = box.client.uid("FETCH", named, "(UID RFC822.SIZE)")
        for line in answer:
            text = line if isinstance(line, bytes) else line[0] if isinstance(line, tuple) else b""
            if found := _SIZE.search(text):
                uid, size, size_too, uid_too = found.groups()
                sizes.append((int(uid or uid_too), int(size or size_too)))
    return sorted(sizes)


def _batches(sizes: Sequence[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    batches: list[list[tuple[int, int]]] = []
    weight = 0
    for uid, size in sizes:
        if not batches or len(batches[-1]) >= BATCH or weight + size > BATCH_BYTES:
            batches.append([])
            weight = 0
        batches[-1].append((uid, size))
        weight += size
    return batches


def _fetch(box: imap_tools.BaseMailBox, batch: Sequence[tuple[int, int]]) -> list[inbound.Raw]:
    """The mails of a batch as they are, without marking them; of one too large its headers."""
    whole = [uid for uid, size in batch if size <= inbound.MOST_BYTES]
    large = [uid for uid, size in batch if size > inbound.MOST_BYTES]
    mails = [inbound.Raw(content) for content in _contents(box, whole, "BODY.PEEK[]")]
    return mails + [inbound.Raw(head, whole=False) for head in _contents(box, large, "BODY.PEEK[HEADER]")]


def _contents(box: imap_tools.BaseMailBox, uids: Sequence[int], part: str) -> list[bytes]:
    if not uids:
        return []
    _status, answer = box.client.uid("FETCH", ",".join(map(str, uids)), f"(UID {part})")
    return [bytes(one[1]) for one in answer if isinstance(one, tuple) and len(one) > 1]
