"""Answers to tap: buttons where they are few and short, else a list; always within Meta's limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obeya.demo import graph_contract, graph_stub
from obeya.integrations.whatsapp import outbound, outgoing
from obeya.lib import clock as clocks
from obeya.outbox import channels, choices

RAMESH = "910000012345"


@pytest.fixture
def stub(settings: Any) -> Iterator[graph_stub.GraphStub]:
    with graph_stub.GraphStub(clock=clocks.SystemClock()) as running:
        settings.WHATSAPP = {
            **settings.WHATSAPP,
            "access_token": running.token,
            "phone_number_id": running.business.phone_number_id,
            "base_url": running.base_url,
            "version": running.version,
        }
        running.note_inbound(RAMESH)
        yield running


def letter(labels: Sequence[tuple[str, str]], to: str = RAMESH) -> channels.Letter:
    offered = [choices.Choice(f"q.{n}", *label) for n, label in enumerate(labels)]
    data = choices.in_data(offered, open_with="Choose")
    return channels.Letter(key="order:1:question", to=to, title="Your order", body="Which?", data=data)


def test_few_short_answers_are_buttons(stub: graph_stub.GraphStub) -> None:
    told = letter([("2 box", "1 box = 500 pcs"), ("2 ctn", ""), ("Another quantity", "")])
    assert isinstance(outbound.channel().send(told), channels.Sent)
    (sent,) = stub.sent_to(RAMESH)
    interactive = sent.payload["interactive"]
    assert isinstance(interactive, dict)
    assert interactive["type"] == "button"
    assert [one["reply"] for one in interactive["action"]["buttons"]] == [
        {"id": "q.0", "title": "2 box"},
        {"id": "q.1", "title": "2 ctn"},
        {"id": "q.2", "title": "Another quantity"},
    ]


def test_long_answers_are_a_list_whose_rows_say_all_of_them(stub: graph_stub.GraphStub) -> None:
    told = letter([("28 mm screw cap, white, tamper evident", "CAP-28-WHT"), ("None of these", "")])
    assert isinstance(outbound.channel().send(told), channels.Sent)
    (sent,) = stub.sent_to(RAMESH)
    interactive = sent.payload["interactive"]
    assert isinstance(interactive, dict)
    assert interactive["action"]["sections"] == [
        {
            "rows": [
                {
                    "id": "q.0",
                    "title": "28 mm screw cap, white,…",
                    "description": "CAP-28-WHT · 28 mm screw cap, white, tamper evident",
                },
                {"id": "q.1", "title": "None of these"},
            ]
        }
    ]


def test_four_answers_are_a_list(stub: graph_stub.GraphStub) -> None:
    outbound.channel().send(letter([(name, "") for name in "abcd"]))
    (sent,) = stub.sent_to(RAMESH)
    interactive = sent.payload["interactive"]
    assert isinstance(interactive, dict)
    assert interactive["type"] == "list"


def test_a_question_never_becomes_a_template_without_its_answers(stub: graph_stub.GraphStub) -> None:
    outcome = outbound.channel().send(letter([("a", ""), ("b", "")], to="910000099999"))
    assert outcome == channels.Failed(outbound.NO_QUESTION)
    assert stub.sent_to("910000099999") == []


_LABELS = st.lists(
    st.tuples(st.text(min_size=1, max_size=90).filter(str.strip), st.text(max_size=90)),
    min_size=1,
    max_size=10,
)


@given(_LABELS)
def test_whatever_is_offered_passes_the_contract(labels: list[tuple[str, str]]) -> None:
    message = outbound.message_of(letter(labels))
    payload = outgoing.compose(message, to=RAMESH)
    graph_contract.check_message(payload, graph_contract.Rules())
