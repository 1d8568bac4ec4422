"""The inbox: stored before anything else, once, and never edited."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from obeya.inbox import actions, files, interpreters, models, queries
from obeya.people.models import Site


@pytest.fixture
def site():
    return Site.objects.create(
        code="PUNE", name="Pune", country="IN", timezone="Asia/Kolkata", currency="INR", week=["mon"]
    )


def receive(key: str = "wamid.1", **more):
    return actions.receive(site="PUNE", source="test", natural_key=key, body=b"20 ctn caps", **more)


@pytest.mark.django_db(transaction=True)
def test_forty_arrivals_from_eight_threads_are_one_signal(site):
    results = []

    def deliver():
        for _ in range(5):
            results.append(receive())
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 40
    assert sum(result.fresh for result in results) == 1
    assert len({result.signal_id for result in results}) == 1
    assert models.SignalRow.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["SET body = '\\x00'", "SET natural_key = 'other'"])
def test_what_arrived_cannot_be_edited(site, change):
    receive()
    refused = pytest.raises(DatabaseError, match="as it arrived")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE inbox_signal {change}")


@pytest.mark.django_db
def test_an_understood_signal_is_not_understood_twice(site):
    calls = []

    def understand(signal):
        calls.append(signal)
        return interpreters.Understood("order:1")

    interpreters.register("test", understand)
    signal_id = receive().signal_id
    actions.understand(signal_id=signal_id)
    actions.understand(signal_id=signal_id)
    assert len(calls) == 1
    assert queries.get_signal(signal_id).became == "order:1"


@pytest.mark.django_db
def test_a_failing_interpreter_leaves_the_signal_as_it_was(site):
    def fail(signal):
        models.MediaRow.objects.create(digest="0", size=1, content_type="x", stored_at=signal.received_at)
        raise RuntimeError

    interpreters.register("test", fail)
    signal_id = receive().signal_id
    with pytest.raises(RuntimeError):
        actions.understand(signal_id=signal_id)
    assert queries.get_signal(signal_id).state == "received"
    assert not models.MediaRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_something_slow_is_done_with_no_transaction_open_and_the_signal_understood_then(site):
    done: list[bool] = []

    def understand(signal):
        if not done:
            raise interpreters.SomethingFirst(lambda: done.append(connection.in_atomic_block))
        return interpreters.Understood("order:1")

    interpreters.register("test", understand)
    signal_id = receive().signal_id
    actions.understand(signal_id=signal_id)
    assert done == [False]
    found = queries.get_signal(signal_id)
    assert (found.state, found.attempts) == ("understood", 1)


@pytest.mark.django_db
def test_a_refused_signal_is_kept_with_its_reason_and_can_be_retried(site):
    interpreters.register("test", lambda signal: interpreters.Refused("not an order"))
    signal_id = receive().signal_id
    actions.understand(signal_id=signal_id)
    assert queries.get_signal(signal_id).reason == "not an order"
    interpreters.register("test", lambda signal: interpreters.Understood())
    actions.retry(signal_id=signal_id, actor="user:asha")
    actions.understand(signal_id=signal_id)
    kept = queries.get_signal(signal_id)
    assert (kept.state, kept.body, kept.attempts) == ("understood", b"20 ctn caps", 2)


@pytest.mark.django_db
def test_a_source_nobody_understands_waits_for_a_person(site):
    got = actions.receive(site="PUNE", source="pigeon", natural_key="1", body=b"coo")
    actions.understand(signal_id=got.signal_id)
    assert queries.get_signal(got.signal_id).state == "waiting"


@pytest.mark.django_db
def test_a_file_is_stored_once_under_its_digest(site, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    digest = actions.store_media(content=b"%PDF-1.7", content_type="application/pdf")
    assert actions.store_media(content=b"%PDF-1.7", content_type="application/pdf") == digest
    receive(attachments=[actions.Attachment(digest, "po.pdf")])
    assert queries.read_media(digest) == b"%PDF-1.7"
    signal = queries.find_signal("test", "wamid.1")
    assert signal is not None
    assert signal.files[0].name == "po.pdf"


@pytest.mark.parametrize("digest", ["../../etc/passwd", "ABC", "", "0" * 63])
def test_a_digest_that_is_none_never_becomes_a_path(digest):
    with pytest.raises(files.BadDigest):
        files.path_of(digest)


@pytest.mark.django_db
def test_a_body_beyond_the_limit_is_refused_at_the_door(site):
    with pytest.raises(actions.CannotReceiveSignal):
        actions.receive(site="PUNE", source="test", natural_key="1", body=bytes(actions.MAX_BODY + 1))
    assert not models.SignalRow.objects.exists()
