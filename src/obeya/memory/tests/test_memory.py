"""Memory: what was decided is found again, by those who may see it."""

from datetime import UTC, datetime

import pytest

from obeya.memory import actions, queries, rules
from obeya.people.models import Site
from obeya.people.rules import Access, Function

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sites():
    for code in ("PUNE", "SURAT"):
        Site.objects.create(
            code=code, name=code, country="IN", timezone="Asia/Kolkata", currency="INR", week=["mon"]
        )


def remember(ref="case:1", site="PUNE", body="short shots after color change on EXT-2", functions=()):
    actions.remember(
        ref=ref,
        kind="case",
        site=site,
        title=f"QH-1 {ref}",
        body=body,
        happened_at=datetime(2026, 2, 1, tzinfo=UTC),
        url="/exceptions/1",
        functions=functions,
    )


def found(text, *functions, site="PUNE"):
    access = Access(1, {site: frozenset(functions or [Function.QUALITY])})
    return [hit.ref for hit in queries.search(text, access=access)]


def test_words_may_be_half_typed_and_in_any_order():
    remember()
    assert found("ext-2 color sho") == ["case:1"]
    assert found("ext-2 colour") == []


def test_devanagari_and_arabic_are_words_too():
    remember(body="लाइन २ बंद मोटर जल गई")
    remember("case:2", body="المحرك احترق")
    assert found("मोटर") == ["case:1"]
    assert found("احترق") == ["case:2"]


def test_nobody_finds_what_belongs_to_another_site_or_function():
    remember("case:1", site="SURAT")
    remember("case:2", functions=["commercial"])
    assert found("color") == []
    assert found("color", Function.COMMERCIAL) == ["case:2"]
    assert found("color", Function.PLANT_MANAGER) == ["case:2"]


def test_a_document_is_replaced_not_doubled():
    remember()
    remember(body="burnt motor")
    assert found("color") == []
    assert found("burnt") == ["case:1"]


@pytest.mark.parametrize("typed", ["", "   ", "&|!()':*", "'; DROP TABLE memory_document; --", "\0", "<" * 9])
def test_anything_can_be_typed(typed):
    remember()
    assert isinstance(found(typed), list)


def test_a_found_word_is_marked():
    remember()
    access = Access(1, {"PUNE": frozenset([Function.QUALITY])})
    (hit,) = queries.search("color", access=access)
    assert f"{queries.START}color{queries.STOP}" in hit.excerpt


def test_codes_stay_whole():
    assert [word.text for word in rules.words_of("EXT-2, 1/2 (PO:77).")] == ["ext-2", "1/2", "po:77"]
