"""Every failure of Tryton or of the line is one of three."""

from __future__ import annotations

import tomllib

import httpx
import pytest

from obeya.integrations.tryton import client, wire
from obeya.integrations.tryton.tests import recorded


def failing(error: Exception) -> client.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error

    return recorded.connected(httpx.MockTransport(answer))


def always(name: str) -> client.Client:
    return recorded.connected(httpx.MockTransport(lambda request: recorded.response(name)))


def test_a_refusal_keeps_the_erps_own_words() -> None:
    with pytest.raises(client.Refused, match="credit limit") as refused:
        always("sale_over_credit").act("sale.sale", 11, "confirm")
    assert refused.value.code == "refused"
    with pytest.raises(client.Refused, match='can not call "do"'):
        always("button_twice").act("stock.shipment.internal", 1, "do")


def test_missing_rights_and_missing_records_are_refusals_with_a_code() -> None:
    with pytest.raises(client.Refused) as refused:
        always("not_allowed").page("account.move", [], ["date"])
    assert refused.value.code == "not_allowed"
    with pytest.raises(client.Refused) as refused:
        always("no_such_record").act("sale.sale", 99999, "quote")
    assert refused.value.code == "not_found"


def test_a_400_without_a_message_is_a_failure_inside_and_so_unclear() -> None:
    with pytest.raises(client.Unclear):
        always("broken_inside").create("sale.sale", {"reference": "x"})


def test_a_wrong_key_turns_a_request_away_at_the_door() -> None:
    with pytest.raises(client.NotSent, match="key"):
        always("wrong_key").create("sale.sale", {"reference": "x"})


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("no"), httpx.ConnectTimeout("no"), httpx.PoolTimeout("no")]
)
def test_what_never_left_was_not_sent(error: Exception) -> None:
    with pytest.raises(client.NotSent):
        failing(error).create("sale.sale", {})


@pytest.mark.parametrize(
    "error",
    [httpx.ReadTimeout("no"), httpx.WriteTimeout("no"), httpx.ReadError("no"), httpx.WriteError("no"),
     httpx.RemoteProtocolError("no")],
)  # fmt: skip
def test_a_write_without_an_answer_is_unclear_and_a_read_did_nothing(error: Exception) -> None:
    with pytest.raises(client.Unclear):
        failing(error).act("sale.sale", 1, "confirm")
    with pytest.raises(client.NotSent):
        failing(error).page("sale.sale", [], ["number"])


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_5xx_is_unclear(status: int) -> None:
    erp = recorded.connected(httpx.MockTransport(lambda request: httpx.Response(status)))
    with pytest.raises(client.Unclear):
        erp.write("sale.sale", 1, {})


def test_a_busy_erp_has_not_taken_the_request() -> None:
    erp = recorded.connected(httpx.MockTransport(lambda request: httpx.Response(429)))
    with pytest.raises(client.NotSent):
        erp.write("sale.sale", 1, {})


@pytest.mark.parametrize("text", ["not json", '"a text"', "[1, 2]"])
def test_an_answer_that_is_no_record_is_unclear(text: str) -> None:
    erp = recorded.connected(httpx.MockTransport(lambda request: httpx.Response(200, text=text)))
    with pytest.raises(client.Unclear):
        erp.create("sale.sale", {})


def test_every_request_names_the_company_and_the_key_and_reads_go_page_by_page() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        first = 0 if len(seen) == 1 else client.PAGE
        count = client.PAGE if len(seen) == 1 else 3
        return httpx.Response(200, json=[{"id": first + number + 1} for number in range(count)])

    rows = recorded.connected(httpx.MockTransport(answer)).every("stock.lot", [], ["number"])
    assert len(rows) == client.PAGE + 3
    assert len({row["id"] for row in rows}) == len(rows)
    assert [request.headers["Authorization"] for request in seen] == ["bearer secret"] * 2
    assert {request.headers["X-Tryton-Context"] for request in seen} == {wire.token({"company": 1})}


def test_the_environment_names_the_connection() -> None:
    assert client.connection({}) is None
    full = {
        "OBEYA_TRYTON_URL": "https://erp.example",
        "OBEYA_TRYTON_DATABASE": "erp",
        "OBEYA_TRYTON_KEY": "secret",
        "OBEYA_TRYTON_LINE_LOCATIONS": "LS-1, LS-2,",
    }
    found = client.connection(full)
    assert found is not None
    assert (found.line_locations, found.company, found.hold_location) == (("LS-1", "LS-2"), 1, "HOLD")
    with pytest.raises(ValueError, match="OBEYA_TRYTON_KEY"):
        client.connection({**full, "OBEYA_TRYTON_KEY": ""})
    with pytest.raises(ValueError, match="number"):
        client.connection({**full, "OBEYA_TRYTON_COMPANY": "one"})


def test_the_manifest_names_samples_that_exist_and_every_one_that_does() -> None:
    text = (recorded.SAMPLES.parent / "manifest.toml").read_text(encoding="utf-8")
    kinds = tomllib.loads(text)["kinds"].values()
    assert {name for names in kinds for name in names} == {path.stem for path in recorded.SAMPLES.iterdir()}
