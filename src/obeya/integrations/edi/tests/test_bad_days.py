"""Broken, hostile and enormous files: a named reason, in bounded time, never another error."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obeya.integrations.edi import building, inbound, segments
from obeya.orders.reading import types

SAMPLES = Path(__file__).parents[1] / "samples"
FILES = [path.read_bytes() for path in sorted(SAMPLES.iterdir())]
NAMESPACE = b'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"'


def why(data: bytes) -> str:
    (found,) = inbound.convert("file", data)
    assert isinstance(found, types.Unreadable)
    return found.why


def problems(data: bytes) -> tuple[str, ...]:
    (found,) = inbound.convert("file", data)
    assert isinstance(found, types.ElectronicOrder)
    return found.problems


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=3_000))
def test_any_bytes_give_an_order_or_a_reason(data):
    assert all(isinstance(a, types.ElectronicOrder | types.Unreadable) for a in inbound.convert("f", data))


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(FILES),
    st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 20), st.binary(max_size=8)), max_size=6),
)
def test_any_damage_to_a_message_gives_an_order_or_a_reason(data, damage):
    for at, length, put in damage:
        data = data[:at] + put + data[at + length :]
    assert inbound.convert("f", data)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([b"ISA*", b"UNA:+.? '", b"UNB+"]), st.text(max_size=400))
def test_any_text_behind_an_envelope_gives_an_order_or_a_reason(head, text):
    assert inbound.convert("f", head + text.encode(errors="replace"))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_message_text_is_searched_without_harm(text):
    inbound.in_text(f"hello\nISA*{text}")
    inbound.in_text(f"UNA:+.? 'UNB+{text}")
    assert inbound.in_text("12 boxes of M8 bolts please") is None


@given(st.text(max_size=20))
def test_a_number_is_a_number_or_nothing(text):
    found = building.number(text)
    assert found is None or found.is_finite()


@pytest.mark.parametrize("cut", [120, 300, 500, 640])
def test_a_truncated_interchange_is_never_taken_for_a_whole_one(cut):
    data = (SAMPLES / "x12_850_plain.edi").read_bytes()[:cut]
    (found,) = inbound.convert("f", data)
    assert isinstance(found, types.Unreadable) or problems(data)


def test_a_wrong_segment_count_is_said():
    data = (SAMPLES / "x12_850_plain.edi").read_bytes().replace(b"SE*19*", b"SE*22*")
    assert "It should have 22 segments and has 19." in problems(data)


def test_a_line_lost_on_the_way_is_said():
    data = (SAMPLES / "edifact_orders_eancom.edi").read_bytes().replace(b"CNT+2:2", b"CNT+2:4")
    assert "It should have 4 lines and has 2." in problems(data)


def test_control_numbers_that_differ_are_said():
    data = (SAMPLES / "x12_850_plain.edi").read_bytes().replace(b"IEA*1*000000101", b"IEA*1*000000102")
    assert problems(data) == ("The interchange's control numbers (ISA, IEA) differ.",)


def test_a_test_interchange_is_said_to_be_one():
    data = (SAMPLES / "x12_850_plain.edi").read_bytes().replace(b"*0*P*>", b"*0*T*>")
    assert problems(data) == ("It is marked as a test.",)


def test_an_invoice_is_no_order():
    data = (SAMPLES / "x12_850_plain.edi").read_bytes().replace(b"ST*850*", b"ST*810*")
    assert why(data) == "It holds 810, no purchase order (850) or change (860)."


def test_two_orders_in_one_file_are_two_orders():
    found = inbound.convert("f", (SAMPLES / "x12_850_two_orders.edi").read_bytes())
    assert [a.number for a in found if isinstance(a, types.ElectronicOrder)] == ["TC-48318", "TC-48319"]


def test_twenty_megabytes_are_refused_at_once():
    head = (SAMPLES / "x12_850_plain.edi").read_bytes()
    started = time.perf_counter()
    assert "larger than" in why(head + b"PO1*1*1*EA~" * 2_000_000)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("end", [b"~", b"'"])
def test_as_many_segments_as_fit_are_bounded(end):
    head = b"ISA*" + b"*".join([b"00"] * 15) + b"*>~" if end == b"~" else b"UNB+UNOA:2'"
    started = time.perf_counter()
    assert "more than" in why(head + (b"PO1*1*1*EA" + end) * 200_000)
    assert time.perf_counter() - started < 5


def test_an_order_of_ten_thousand_lines_is_cut_and_says_so():
    body = "".join(f"PO1*{n}*1*BX***VP*HN-0813-Z~" for n in range(10_000))
    head = (SAMPLES / "x12_850_plain.edi").read_text().replace("\n", "").split("PO1*")[0]
    (found,) = inbound.convert("f", (head + body).encode())
    assert isinstance(found, types.ElectronicOrder)
    assert len(found.lines) == building.MOST_LINES
    assert any("10,000 lines" in problem for problem in found.problems)


def test_entities_that_swell_are_refused():
    levels = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 9))
    bomb = b'<?xml version="1.0"?><!DOCTYPE Order [<!ENTITY a0 "ha">' + levels + b"]><Order "
    assert (
        why(bomb + NAMESPACE + b">&a8;</Order>") == "The XML declares entities; that is refused for safety."
    )


def test_entities_from_outside_are_refused():
    asked = b'<?xml version="1.0"?><!DOCTYPE Order [<!ENTITY x SYSTEM "file:///etc/passwd">]><Order '
    assert "refused" in why(asked + NAMESPACE + b">&x;</Order>")
    assert "refused" in why(
        b'<!DOCTYPE Order SYSTEM "http://example.com/order.dtd"><Order ' + NAMESPACE + b"/>"
    )


def test_xml_nested_without_end_is_bounded():
    deep = b"<Order " + NAMESPACE + b">" + b"<a>" * 200_000
    assert why(deep) == "The XML is broken or cut off."
    whole = b"<Order " + NAMESPACE + b">" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</Order>"
    assert why(whole) == "The XML has too many elements."


def test_xml_of_another_kind_says_what_it_is():
    assert why(b"<html><body>Order 12 boxes</body></html>") == "The XML is no UBL order; it is a html."
    assert not inbound.is_edi(b"<html><body>Order 12 boxes</body></html>")


@pytest.mark.parametrize(
    "text", ["ISA", "ISA*00", "ISAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "UNA", "UNA:+.? '", "UNB+"]
)
def test_an_envelope_alone_is_no_order(text):
    assert why(text.encode())


def test_a_released_release_sign_ends_nothing():
    found, _ = segments.edifact("UNB+UNOA:2'FTX+AAI+++twice??'BGM+220+1'")
    assert [s.tag for s in found] == ["UNB", "FTX", "BGM"]
    assert found[1].get(4) == "twice?"
