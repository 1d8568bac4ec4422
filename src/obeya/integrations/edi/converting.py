"""Electronic orders as the order desk asks for them (`orders/ports.py`)."""

from __future__ import annotations

from obeya.integrations.edi import inbound
from obeya.lib import bounded
from obeya.orders import ports

LIMITS = bounded.Limits(cpu_s=20, wall_s=40.0, memory_bytes=1 << 30, answer_bytes=16 << 20)


def is_edi(file: ports.File) -> bool:
    """Whether the content is an X12 or EDIFACT interchange, XML, or a text with an interchange in it."""
    head = file.content[:8_192]
    return inbound.is_edi(head) or inbound.is_xml(head) or inbound.is_in_text(head)


def convert(file: ports.File) -> ports.Converted:
    """The orders of a file; NotMine where it is XML or text without any."""
    if inbound.is_edi(file.content):
        return inbound.convert(file.name, file.content)
    if inbound.is_xml(file.content):
        return ports.NotMine("the XML is no order (UBL) that can be read")
    found = inbound.in_text(file.content.decode("utf-8", errors="replace"), file.name)
    return found.orders if found is not None else ports.NotMine("it holds no electronic order")
