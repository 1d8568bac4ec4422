"""`obeya orders learn`: what the plant's old chats and mail teach the order reader."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from obeya.catalog import queries as catalog
from obeya.cli import chat_export, mail_export, plant_folder, plant_load
from obeya.config import answers
from obeya.journal.events import Origin
from obeya.lib import contacts
from obeya.orders import drafting, exports, knowledge, pairing
from obeya.people import queries as people

BURST = timedelta(minutes=5)
"""Messages of one customer in a row, so soon after the first of them, are one."""
MONTH_FIRST = frozenset({"US", "PH"})
"""Countries where a date that may be read both ways begins with its month."""


def run(args: argparse.Namespace) -> None:
    """Learn from history, chats and mail, or say what would be learned. Raises Mistake."""
    if not (args.history or args.chats or args.mailbox):
        raise answers.Mistake("Name at least one of --history, --chats and --mailbox.")
    for path in (args.history, args.chats, args.mailbox):
        if path is not None and not path.exists():
            raise answers.Mistake(f"{path} is not there.")
    try:
        with transaction.atomic():
            _learn(args)
            transaction.set_rollback(args.dry_run)
    except (
        chat_export.CannotReadChat,
        mail_export.CannotReadMailbox,
        plant_load.CannotLoadPlant,
        people.NoSuchSite,
    ) as error:
        raise answers.Mistake(str(error)) from error
    finally:
        knowledge.forget()
    if args.dry_run:
        print("Nothing was changed (--dry-run).")


def _learn(args: argparse.Namespace) -> None:
    origin = Origin.fresh(source="cli", actor="system")
    site = people.get_site(args.site)
    if args.history:
        _load_history(args.history, site.code, origin)
    if not (args.chats or args.mailbox):
        return
    export = _Export(site)
    told = exports.learn(site=site.code, messages=export.messages(args.chats, args.mailbox), origin=origin)
    _tell(told, export)


def _load_history(path: Path, site: str, origin: Origin) -> None:
    if path.suffix.lower() != ".jsonl" or not path.is_file():
        raise answers.Mistake("--history is a .jsonl file as docs/howto/load-a-plant.md describes it.")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(path, Path(folder) / plant_folder.HISTORY)
        for one in plant_load.load(site=site, folder=Path(folder), origin=origin):
            print(f"Past orders: {one.rows} in {path.name}, {one.changed} of them new")


def _tell(told: exports.Learned, export: _Export) -> None:
    new = told.paired - told.known_before
    print(f"Messages of customers: {told.messages}")
    print(f"  paired with the order that followed: {told.paired} ({told.known_before} known, {new} new)")
    print(f"  unsure, left out: {told.unsure} (several orders fit, or several messages fit one order)")
    print(f"  ignored: {told.followed_by_none} (no order with these quantities within three days)")
    print(f"Messages of nobody who is known as a customer: {sum(export.strangers.values())}, ignored")
    for name, count in sorted(export.strangers.items(), key=lambda one: -one[1])[:10]:
        print(f"  {name}: {count}")
    if export.unreadable:
        print(f"Mail that is automatic, undated or cannot be read: {export.unreadable}, ignored")


@dataclass(slots=True)
class _Export:
    """The messages of customers in an export; who else wrote (at most 1,000 names) is counted."""

    site: people.Site
    strangers: dict[str, int] = field(default_factory=dict)
    unreadable: int = 0
    _codes: dict[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def messages(self, chats: Path | None, mailbox: Path | None) -> Iterator[pairing.Message]:
        """Chats first, then mail."""
        self._names = _names_of(self.site.code)
        for path in _chat_files(chats):
            yield from joined(self._chat(path))
        for mail in mail_export.read(mailbox) if mailbox else ():
            if mail is None:
                self.unreadable += 1
            elif code := self._customer(mail.sender):
                yield pairing.Message(code, "email", mail.sent_at, drafting.storable(mail.text))

    def _chat(self, path: Path) -> Iterator[pairing.Message]:
        month_first = self.site.country in MONTH_FIRST
        for said in chat_export.read(path, self.site.tz, month_first=month_first):
            if code := self._customer(said.sender):
                yield pairing.Message(code, "whatsapp", said.sent_at, drafting.storable(said.text))

    def _customer(self, sender: str) -> str:
        """The one customer of this number, address or name; "" for anybody else, who is counted."""
        if sender not in self._codes and len(self._codes) < 10_000:
            self._codes[sender] = self._found(sender)
        code = self._codes.get(sender, "")
        if not code:
            name = "".join(letter for letter in sender[:60] if letter.isprintable())
            name = name if name in self.strangers or len(self.strangers) < 1_000 else "others"
            self.strangers[name] = self.strangers.get(name, 0) + 1
        return code

    def _found(self, sender: str) -> str:
        sender = drafting.storable(sender)
        kind = "email" if "@" in sender else "phone"
        if kind == "email":
            found = catalog.find_customers_by_contact(self.site.code, "email", sender)
        else:
            found = catalog.find_customers_by_contact(self.site.code, "phone", _number(sender))
        return found[0].code if len(found) == 1 else self._names.get(_plain(sender), "")


def _number(sender: str) -> str:
    """The sender, where it is a phone number and no name with digits in it."""
    try:
        contacts.phone(sender)
    except contacts.NotAContact:
        return ""
    return "" if any(letter.isalpha() for letter in sender) else sender


def _plain(name: str) -> str:
    return " ".join(name.lower().split())


def _names_of(site: str) -> dict[str, str]:
    """Customers by each of their names; a name of two customers is nobody's."""
    found: dict[str, str] = {}
    for one in catalog.list_customers(site):
        for name in {_plain(name) for name in (one.name, one.contact_name, *one.other_names) if name.strip()}:
            found[name] = one.code if found.get(name, one.code) == one.code else ""
    return found


def _chat_files(path: Path | None) -> Iterable[Path]:
    if path is None or path.is_file():
        return () if path is None else (path,)
    names = sorted(name for name in path.iterdir() if name.suffix.lower() == ".txt")
    if not names:
        raise chat_export.CannotReadChat(
            f"{path.name} holds no .txt file; unpack the exported archives first."
        )
    return names


def joined(messages: Iterable[pairing.Message]) -> Iterator[pairing.Message]:
    """Messages of one customer in a row as one, with the moment of the first."""
    held: pairing.Message | None = None
    for one in messages:
        if held is not None and _goes_on(held, one):
            held = replace(held, text=f"{held.text}\n{one.text}"[: chat_export.LONGEST])
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held


def _goes_on(held: pairing.Message, one: pairing.Message) -> bool:
    return one.customer == held.customer and timedelta(0) <= one.sent_at - held.sent_at <= BURST
