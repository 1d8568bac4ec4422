"""An engine of the published contract, also one that lies, loops and hangs up; and what the desk gets."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import httpx
import pytest
from tests.worlds import small

from obeya.catalog import models as catalog
from obeya.catalog import readers
from obeya.inbox import actions as inbox
from obeya.inbox import interpreters
from obeya.inbox import queries as signals
from obeya.integrations.voice import client
from obeya.lib import clock
from obeya.orders import actions, knowledge, listening, models
from obeya.orders import queries as orders

VOICE = b"OggS" + b"\1" * 50
RECORDING = listening.Recording(VOICE, "audio/ogg", "Voice message", ("zinkplug", "28 mm screw cap"))
Answer = Callable[[httpx.Request], httpx.Response]


def engine(answer: Answer) -> client.Client:
    settings = client.Settings("https://engine.example/v1/", "whisper-1", "k-1")
    return client.Client(settings, transport=httpx.MockTransport(answer))


def saying(text: object, status: int = 200) -> Answer:
    return lambda request: httpx.Response(status, json={"text": text})


def test_the_recording_goes_out_as_the_contract_says_with_the_customers_words():
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"text": " two  cartons \n white caps "})

    assert engine(answer).listen(RECORDING) == "two cartons white caps"
    (request,) = asked
    body = request.content
    assert str(request.url) == "https://engine.example/v1/audio/transcriptions"
    assert request.headers["Authorization"] == "Bearer k-1"
    assert b'name="file"; filename="recording.ogg"' in body
    assert VOICE in body
    assert b"zinkplug, 28 mm screw cap" in body
    assert b"whisper-1" in body


def _hang_up(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("gone", request=request)


def _take_long(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow", request=request)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (saying("x", 401), "refuses Obeya's key"),
        (saying("x", 500), "error 500"),
        (saying(None), "no usable answer"),
        (lambda request: httpx.Response(200, text="two cartons"), "no usable answer"),
        (lambda request: httpx.Response(200, json=["two"]), "no usable answer"),
        (lambda request: httpx.Response(200, content=b"x" * (client.MOST_ANSWER + 1)), "without end"),
        (_hang_up, "cannot be reached"),
        (_take_long, "took too long"),
    ],
)
def test_whatever_an_engine_does_the_desk_reads_why(answer, words):
    with pytest.raises(listening.CannotListen, match=words):
        engine(answer).listen(RECORDING)


def test_the_settings_come_from_the_environment(tmp_path):
    (tmp_path / "key").write_text("k-2\n")
    told = client.settings_of(
        {"OBEYA_VOICE_URL": "http://whisper.lan:8000/v1", "OBEYA_VOICE_KEY_FILE": str(tmp_path / "key")}
    )
    assert told == client.Settings("http://whisper.lan:8000/v1", "whisper-1", "k-2", 30.0)
    assert "k-2" not in repr(told)
    assert client.settings_of({}) is None
    for wrong in (
        {"OBEYA_VOICE_URL": "whisper"},
        {"OBEYA_VOICE_URL": "http://a", "OBEYA_VOICE_TIMEOUT_S": "0"},
    ):
        with pytest.raises(ValueError, match="OBEYA_VOICE"):
            client.settings_of(wrong)


@pytest.fixture
def plant(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    clock.use(clock.ManualClock(small.START))
    world = small.create()
    readers.register("tryton", [small.SITE], lambda: pytest.fail("nothing is read here"))
    knowledge.forget()
    listening.register(None)
    yield world
    listening.register(None)
    readers.register("tryton", [], lambda: pytest.fail("nothing is read here"))
    clock.use(clock.SystemClock())


def speak(text: str = "", content: bytes = VOICE) -> orders.Order:
    digest = inbox.store_media(content=content, content_type="audio/ogg")
    got = inbox.receive(
        site=small.SITE,
        source="test",
        natural_key=text or "1",
        body=b"{}",
        attachments=[inbox.Attachment(digest, "Voice message")],
    )
    became = actions.take_message(
        signal=signals.get_signal(got.signal_id),
        channel="whatsapp",
        sender=small.PHONE,
        sender_name="",
        text=text,
        sent_at=clock.now(),
    )
    assert isinstance(became, interpreters.Understood)
    return orders.get_order(became.became.removeprefix("order:"))


def why(order: orders.Order) -> str:
    return " ".join(doubt.reason for doubt in order.doubts if not doubt.settled)


def test_without_an_engine_the_recording_is_kept_and_the_desk_is_told(plant):
    order = speak()
    assert order.state == "waiting"
    assert listening.NO_ENGINE in why(order)
    (file,) = signals.get_signal(order.signal).files
    assert signals.read_media(file.digest) == VOICE


def test_what_was_spoken_is_read_and_never_booked_by_itself(plant):
    listening.register(lambda: engine(saying("Please send 2 ctn CAP-28-WHT")))
    order = speak()
    assert [(line.sku, line.quantity) for line in order.lines] == [("CAP-28-WHT", Decimal(2))]
    assert (order.state, order.auto and order.state != "waiting") == ("waiting", False)
    assert listening.SPOKEN in why(order)
    assert order.text == "Please send 2 ctn CAP-28-WHT"


def test_words_beside_a_recording_do_not_book_it_either(plant):
    order = speak("Please send 2 ctn CAP-28-WHT")
    assert order.state == "waiting"


def test_an_engine_that_fails_leaves_the_recording_to_a_person(plant):
    listening.register(lambda: engine(_hang_up))
    assert "The speech engine cannot be reached." in why(speak())


def test_an_engine_that_loops_is_cut_off(plant):
    listening.register(lambda: engine(saying("caps " * 20_000)))
    assert len(speak().text) <= listening.MOST_TEXT


def test_an_engine_that_hears_nothing_says_so(plant):
    listening.register(lambda: engine(saying("  ")))
    assert listening.SILENT in why(speak())


def test_the_customers_own_words_go_along(plant):
    item = catalog.Item.objects.get(sku="CAP-38-WHT")
    customer = catalog.Customer.objects.get(code="KRS01")
    models.AliasRow.objects.create(
        site_id=small.SITE,
        customer=customer,
        words="zinkplug",
        item=item,
        ok=3,
        source="fix",
        last_at=clock.now(),
    )
    bodies: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        return httpx.Response(200, content=json.dumps({"text": "hello"}).encode())

    listening.register(lambda: engine(answer))
    speak()
    assert b"zinkplug" in bodies[0]
