"""Whatever stands in a delivery, reading it ends in parts or in a plain refusal."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from obeya.integrations.whatsapp import parts, payloads
from obeya.integrations.whatsapp.tests import samples
from obeya.lib import canonical

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def _read(body: bytes) -> tuple[parts.Part, ...] | None:
    try:
        return payloads.read_webhook(body)
    except payloads.CannotReadPayload:
        return None


def _check(found: tuple[parts.Part, ...]) -> None:
    for part in found:
        assert 0 < len(part.natural_key) <= 300
        part.natural_key.encode()
        assert hash(part) == hash(copy.deepcopy(part))
        if isinstance(part, parts.Unsupported):
            assert part.reason
            canonical.text(part.raw)
        elif isinstance(part, parts.Message):
            part.readable_text.encode()
            assert part.sent_at.utcoffset() is not None
            assert part.sender.address


@given(body=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    _read(body)


@given(value=JSON)
def test_any_json_is_read_or_refused(value: Any) -> None:
    _read(json.dumps(value).encode())


@given(value=JSON)
def test_any_value_of_a_change_gives_parts(value: Any) -> None:
    envelope = samples.envelope("text")
    envelope["entry"][0]["changes"][0]["value"] = value
    found = _read(json.dumps(envelope).encode())
    assert found
    _check(found)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [path, *(place for key, child in children for place in _places(child, (*path, key)))]


def _bend(value: Any, place: tuple[Any, ...], wrong: Any) -> Any:
    if not place:
        return wrong
    bent = copy.copy(value)
    bent[place[0]] = _bend(value[place[0]], place[1:], wrong)
    return bent


@settings(max_examples=400)
@given(data=st.data(), name=st.sampled_from(samples.NAMES), wrong=JSON)
def test_a_sample_with_one_thing_wrong_gives_parts_or_is_refused(
    data: st.DataObject, name: str, wrong: Any
) -> None:
    envelope = samples.envelope(name)
    place = data.draw(st.sampled_from(_places(envelope)))
    found = _read(json.dumps(_bend(envelope, place, wrong)).encode())
    if found is not None:
        _check(found)
    else:  # only what is above a change may sink the delivery
        assert len(place) <= 4


@settings(max_examples=300)
@given(data=st.data(), wrong=JSON, others=st.lists(st.sampled_from(samples.NAMES), min_size=1, max_size=3))
def test_every_piece_of_a_delivery_reads_as_it_did_in_the_whole(
    data: st.DataObject, wrong: Any, others: list[str]
) -> None:
    envelope = samples.envelope("batch")
    for name in others:
        envelope["entry"] += samples.envelope(name)["entry"]
    place = data.draw(st.sampled_from(_places(envelope)))
    body = json.dumps(_bend(envelope, place, wrong)).encode()
    found = _read(body)
    if found is not None:
        pieces = payloads.take_apart(body)
        assert tuple(piece.part for piece in pieces) == found
        assert [payloads.read_webhook(piece.body) for piece in pieces] == [(part,) for part in found]


@settings(max_examples=200)
@given(name=st.sampled_from(samples.NAMES), cut=st.floats(0, 1))
def test_a_delivery_cut_short_is_refused(name: str, cut: float) -> None:
    body = samples.body(name).rstrip()
    assert _read(body[: int(cut * (len(body) - 1))]) is None
