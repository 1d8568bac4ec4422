"""A format of the tests, converted as any other: in a child process, which knows no Django."""

from obeya.orders import ports
from obeya.orders.reading import types


def is_paper(file):
    return file.content.startswith(b"\0PAPER")


def read_paper(file):
    """A format of the tests: a row a line, cells apart by a bar; "!" breaks it, "?" belongs to another."""
    text = file.content.decode().removeprefix("\0PAPER")
    if text.startswith("!"):
        raise ValueError(text)
    if text.startswith("?"):
        return ports.NotMine("it is written in pencil")
    return [types.Table(file.name, tuple(tuple(row.split("|")) for row in text.split("\n")))]


def read_pencil(file):
    text = file.content.decode()
    return [types.TextPage(file.name, text)] if "sharp" in text else ports.NotMine("the pencil is blunt")
