"""What the sender wrote now: quoted mail, signatures and disclaimers masked, offsets kept."""

import re

from obeya.orders.reading import letters

_HEADER = re.compile(
    r"^\s*(?:-{2,}\s*(?:original message|forwarded message|original|forwarded|reply)\b.*|_{8,}\s*"
    r"|begin forwarded message.*"
    r"|on .{4,80}wrote:?|.{0,60}\bwrote:\s*|le .{4,60}a écrit\s*:?"
    r"|(?:from|sent|to|cc|date|subject|von|de|من|الى|إلى|المرسل|تاريخ|التاريخ|الموضوع|प्रेषक|से"
    r"|भेजा|દ્વારા|تاريخ الارسال)\s*:.*"
    r"|.{0,60}(?:ने लिखा|ને લખ્યું|એ લખ્યું|كتب|نے لکھا)\s*:?\s*)$",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"^\s*(?:-{2,}\s*(?:original|forwarded)|_{8,}|begin forwarded|on .{4,80}wrote|.{0,60}\bwrote:"
    r"|from\s*:|von\s*:|من\s*:|.{0,60}(?:ने लिखा|ને લખ્યું|એ લખ્યું|كتب\s*:|نے لکھا))",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"(?:^|\n)\s*(?:-{2,}\s*forwarded|begin forwarded|fwd?:)", re.IGNORECASE)
_SIGN = re.compile(
    r"^\s*(?:(?:thanks?|thank you|thx|tks)(?:\s*(?:&|and|n)\s*(?:best\s*)?regards?)?|(?:best|kind"
    r"|warm|with|many)?\s*(?:best\s*)?regards?|rgds|brgds|br|sincerely|yours (?:truly|faithfully"
    r"|sincerely)"
    r"|cheers|respectfully|مع (?:التحيه|التحية|الشكر|تحيات)|وتفضلوا.*|تحياتي|شاكرين.*|धन्यवाद|सादर"
    r"|આભાર|شکریہ|sent from my .*)\s*[,.!]*\s*(?:[^\W\d]+(?:\s+[^\W\d]+){0,2})?\s*[,.]*\s*$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"confidential|intended (?:only )?for|disclaimer|scanned for viruses|virus-free|unsubscribe"
    r"|privileged|addressee|please consider the environment|sent from my|do not reply|سري",
    re.IGNORECASE,
)
_DASHES = re.compile(r"^\s*--\s*$")
_SUBJECT = re.compile(r"^\s*(?:re|fw|fwd|aw|رد|إعادة توجيه)\s*:", re.IGNORECASE)


_DIGITS = re.compile(r"\d{31,}")


def _shortened(text: str) -> str:
    """The text with endless runs of digits cut (places stay): no quantity, and slow to look through."""
    return _DIGITS.sub(lambda run: run.group()[:30].ljust(len(run.group())), text)


def own_text(text: str, channel: str, names: frozenset[str] = frozenset()) -> tuple[str, bool]:
    """The text with everything masked by spaces that is not the sender's present wish.

    Returns the masked text (same length) and whether an order may stand in a forwarded part.
    """
    lines = _shortened(text).splitlines(keepends=True)
    keep = [True] * len(lines)
    for number, line in enumerate(lines):
        if line.lstrip().startswith(">") and not line.lstrip().startswith(">>>"):
            keep[number] = False
    forwarded = _mask_quotes(lines, keep)
    if channel == "email":
        _mask_signatures(lines, keep)
        _mask_name_block(lines, keep, names)
    for number, line in enumerate(lines):
        if _DISCLAIMER.search(line) and len(line) > 25:
            keep[number] = False
    masked = "".join(line if kept else _blank(line) for line, kept in zip(lines, keep, strict=True))
    return masked, forwarded


def _blank(line: str) -> str:
    return "".join(c if c in "\r\n" else " " for c in line)


def _digits(lines: list[str]) -> int:
    return sum(any(c.isdigit() for c in letters.fold(line).text) for line in lines)


def _mask_quotes(lines: list[str], keep: list[bool]) -> bool:
    starts = [n for n, line in enumerate(lines) if _STRONG.match(letters.fold(line).text) and keep[n]]
    if not starts:
        return False
    first = starts[0]
    top = [line for line, kept in zip(lines[:first], keep, strict=False) if kept and line.strip()]
    is_forward = _FORWARD.search("".join(lines[: first + 1]).lower()) is not None
    if is_forward and _digits(top) < 2:
        for number in range(first, len(lines)):
            if _HEADER.match(letters.fold(lines[number]).text):
                keep[number] = False
        return True
    for number in range(first, len(lines)):
        keep[number] = False
    return False


def _mask_name_block(lines: list[str], keep: list[bool], names: frozenset[str]) -> None:
    """Everything from a late line that is only the sender's own name is a signature."""
    seen = 0
    for number, line in enumerate(lines):
        if not keep[number] or not line.strip():
            continue
        spoken = re.findall(r"[^\W\d_]+", letters.fold(line).text)
        if (
            seen >= 2
            and 1 <= len(spoken) <= 5
            and all(w in names for w in spoken)
            and not any(c.isdigit() for c in line)
        ):
            for below in range(number, len(lines)):
                keep[below] = False
            return
        seen += 1


def _mask_signatures(lines: list[str], keep: list[bool]) -> None:
    seen_content = False
    for number, line in enumerate(lines):
        if not keep[number] or not line.strip():
            continue
        ends = _DASHES.match(line) is not None and seen_content
        if seen_content and (ends or _SIGN.match(letters.fold(line).text)):
            for below in range(number, len(lines)):
                keep[below] = False
            return
        seen_content = seen_content or any(c.isalnum() for c in line)
