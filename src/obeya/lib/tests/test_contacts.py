"""Numbers and addresses meet whatever way they were written."""

import pytest

from obeya.lib import contacts


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("+91 98250-12345", "919825012345"),
        ("0091 98250 12345", "919825012345"),
        ("098250 12345", "09825012345"),
        ("98250 12345", "09825012345"),
        ("919825012345", "0919825012345"),
        ("+٩٦٨ ٢٤٠٠ ٠١٠١", "96824000101"),
    ],
)
def test_only_a_plus_or_two_zeros_make_a_number_international(text, written):
    assert contacts.phone(text) == written


@pytest.mark.parametrize("stored", ["+91 98250 12345", "919825012345", "098250 12345", "98250 12345"])
@pytest.mark.parametrize("asked", ["919825012345", "+91 98250 12345", "0091 98250 12345"])
def test_a_number_from_a_message_meets_every_way_of_storing_it(stored, asked):
    assert contacts.phone(stored) in contacts.phone_forms(asked)


@pytest.mark.parametrize("asked", ["+92 98250 12346", "+4412 98250 12345", "+91 8250 12345"])
def test_another_number_does_not_meet_it(asked):
    assert contacts.phone("98250 12345") not in contacts.phone_forms(asked)


@pytest.mark.parametrize("text", ["", "ask Mahesh", "12345", "+" + "9" * 16, "²²²²²²²²", "\x00"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(contacts.NotAContact):
        contacts.phone(text)


def test_an_address_is_written_small():
    assert contacts.email(" Orders@Krushnai.EXAMPLE ") == "orders@krushnai.example"


@pytest.mark.parametrize("text", ["", "a b@c.d", "a@b", "a@@b.c", "x@" + "y" * 251 + ".z", "a\x00@b.c"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(contacts.NotAContact):
        contacts.email(text)
