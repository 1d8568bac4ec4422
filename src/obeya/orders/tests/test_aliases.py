"""The alias library: what fixes taught, what contradicts, and what people change in it."""

import pytest
from tests.worlds import desk, small

from obeya.catalog.models import Item
from obeya.journal import queries as journal
from obeya.journal.events import Origin
from obeya.lib import clock
from obeya.orders import actions, alias_queries, aliases, conflicts, knowledge, learning, models, queries

pytestmark = pytest.mark.django_db

DESK = Origin.fresh(source="web", actor="user:asha")


@pytest.fixture(autouse=True)
def _desk():
    with desk.standing():
        yield


def doubt_of(order):
    (doubt,) = desk.open_doubts(order)
    return doubt


def say(text, sku):
    """A message in words nobody knows, and a clerk who says which item it is."""
    order = desk.write(text)
    actions.answer_doubt(request_id=doubt_of(order).id, access=desk.access("asha"), sku=sku, origin=DESK)
    return queries.get_order(order.id)


def contradict():
    """Two fixes of one customer give the same words to different items."""
    say("5 ctn zinkplugs", "CAP-38-WHT")
    customer = models.OrderRow.objects.get().customer
    line = models.LineRow.objects.get()
    line.item = Item.objects.get(sku="CAP-28-BLU")
    line.fixed_by_id = desk.access("asha").user_id
    order = models.OrderRow.objects.get()
    assert order.customer == customer
    learning.learn_fix(order, line, before="CAP-38-WHT")


def alias(sku):
    """The first alias that was learned for an item."""
    return models.AliasRow.objects.select_related("item").filter(item__sku=sku).order_by("pk")[0]


def change(row, **values):
    told = {"sku": row.item.sku, "uom": row.uom, "with_evidence": False, "why": "It was wrong"} | values
    return aliases.change_alias(alias_id=row.pk, access=desk.access("asha"), origin=DESK, **told)


def read_as(text):
    return [line.sku for line in desk.write(text).lines]


def test_a_fix_is_used_for_the_next_message():
    say("5 ctn zinkplugs", "CAP-38-WHT")
    assert read_as("3 ctn zinkplugs") == ["CAP-38-WHT"]


def test_of_two_fixes_that_contradict_none_is_used_and_a_person_is_asked_with_both():
    contradict()
    assert {row.conflict_at is not None for row in models.AliasRow.objects.all()} == {True}
    order = desk.write("3 ctn zinkplugs")
    assert order.state == "waiting"
    offered = {option.code for option in doubt_of(order).request.options}
    assert {"item:CAP-38-WHT", "item:CAP-28-BLU"} <= offered


def test_a_conflict_is_told_with_who_caused_it():
    contradict()
    story = journal.list_story(models.OrderRow.objects.get().correlation)
    (told,) = [event for event in story if event.type == "orders.alias_conflict_found"]
    assert told.actor == "user:asha"
    assert told.data["skus"] == ["CAP-28-BLU", "CAP-38-WHT"]


def test_the_same_words_in_another_order_are_the_same_words():
    assert conflicts.key_of("Safed  Dhakkan") == conflicts.key_of("dhakkan safed 5 ctn.")
    assert conflicts.key_of("cap 28") != conflicts.key_of("cap 38")
    assert conflicts.key_of("haldi 5 kg") != conflicts.key_of("haldi 10 kg")
    contradict()
    blue = alias("CAP-28-BLU")
    models.AliasRow.objects.create(
        site=blue.site, customer=blue.customer, words="ZINKPLUGS", item=blue.item, source="booked",
        ok=9, last_at=clock.now(),
    )  # fmt: skip
    knowledge.forget()
    assert knowledge.reader_of(small.SITE).lessons.aliases == ()


def test_who_settles_a_conflict_says_which_item_is_meant_and_the_reader_knows_at_once():
    contradict()
    before = knowledge.reader_of(small.SITE)
    blue = alias("CAP-28-BLU")
    aliases.settle_conflict(
        alias_id=blue.pk, why="Mahesh means blue", access=desk.access("nikhil"), origin=DESK
    )
    assert knowledge.reader_of(small.SITE) is not before
    assert alias("CAP-38-WHT").retired_at is not None
    assert read_as("3 ctn zinkplugs") == ["CAP-28-BLU"]
    (told,) = journal.list_about(f"alias:{blue.pk}")
    assert (told.data["why"], told.data["instead_of"]) == ("Mahesh means blue", ["CAP-38-WHT"])


def test_a_conflict_ends_when_all_but_one_item_are_retired():
    contradict()
    white = alias("CAP-38-WHT")
    aliases.retire_alias(alias_id=white.pk, why="Never that one", access=desk.access("asha"), origin=DESK)
    assert alias("CAP-28-BLU").conflict_at is None
    assert read_as("3 ctn zinkplugs") == ["CAP-28-BLU"]


def test_a_retired_alias_is_not_used_until_it_is_restored():
    say("5 ctn zinkplugs", "CAP-38-WHT")
    white = alias("CAP-38-WHT")
    aliases.retire_alias(alias_id=white.pk, why="A typing mistake", access=desk.access("asha"), origin=DESK)
    assert read_as("3 ctn zinkplugs") != ["CAP-38-WHT"]
    aliases.restore_alias(alias_id=white.pk, why="It was right", access=desk.access("asha"), origin=DESK)
    assert read_as("4 ctn zinkplugs") == ["CAP-38-WHT"]


def test_orders_teach_a_retired_alias_no_new_life_but_a_fix_does():
    say("5 ctn zinkplugs", "CAP-38-WHT")
    white = alias("CAP-38-WHT")
    aliases.retire_alias(alias_id=white.pk, why="A typing mistake", access=desk.access("asha"), origin=DESK)
    order = models.OrderRow.objects.get()
    learning.keep_order(order)
    assert alias("CAP-38-WHT").retired_at is not None
    assert knowledge.reader_of(small.SITE).lessons.aliases == ()
    say("6 ctn zinkplugs", "CAP-38-WHT")
    assert alias("CAP-38-WHT").retired_at is None


def test_a_wrong_item_is_replaced_and_starts_with_one_confirmation():
    say("5 ctn zinkplugs", "CAP-38-WHT")
    models.AliasRow.objects.update(ok=7)
    changed = change(alias("CAP-38-WHT"), sku="CAP-28-RED")
    red = models.AliasRow.objects.get(pk=changed)
    assert (red.item.sku, red.ok, red.source) == ("CAP-28-RED", 1, "edit")
    assert read_as("3 ctn zinkplugs") == ["CAP-28-RED"]
    white = alias("CAP-38-WHT")
    assert white.retired_at is not None
    for row in (white, red):
        (told,) = journal.list_about(f"alias:{row.pk}")
        assert told.data["why"] == "It was wrong"


def test_the_same_thing_under_another_code_takes_its_evidence_along():
    say("5 ctn zinkplugs", "CAP-38-WHT")
    models.AliasRow.objects.update(ok=7, bad=2)
    red = models.AliasRow.objects.get(pk=change(alias("CAP-38-WHT"), sku="CAP-28-RED", with_evidence=True))
    assert (red.ok, red.bad) == (7, 2)


def test_two_units_of_one_item_become_one_alias_and_the_reader_looks_again():
    say("5 ctn zinkplugs", "CAP-38-WHT")
    row = alias("CAP-38-WHT")
    models.AliasRow.objects.create(
        site=row.site, customer=row.customer, words=row.words, item=row.item, uom="box", ok=2, bad=1,
        source="fix", last_at=clock.now(), revision=3,
    )  # fmt: skip
    before = knowledge.reader_of(small.SITE)
    change(row, uom="box")
    only = models.AliasRow.objects.get()
    assert (only.uom, only.ok, only.bad) == ("box", 3, 1)
    assert knowledge.reader_of(small.SITE) is not before


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sku": "NOPE"}, "There is no item NOPE"),
        ({"uom": "bag"}, "is sold in"),
        ({}, "Nothing is different"),
        ({"sku": "CAP-28-RED", "why": " "}, "Say why"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_in_words(values, words):
    say("5 ctn zinkplugs", "CAP-38-WHT")
    with pytest.raises(aliases.CannotChangeAlias, match=words):
        change(alias("CAP-38-WHT"), **values)
    assert alias("CAP-38-WHT").retired_at is None


def test_only_the_order_desk_and_commercial_change_the_library():
    say("5 ctn zinkplugs", "CAP-38-WHT")
    for username in ("anand", "priya", "lata", "kavita"):
        with pytest.raises(aliases.CannotChangeAlias, match="Only the order desk"):
            aliases.retire_alias(
                alias_id=alias("CAP-38-WHT").pk, why="Not mine", access=desk.access(username), origin=DESK
            )


def test_the_evidence_names_the_orders_in_which_the_words_were_seen():
    say("5 ctn zinkplugs", "CAP-38-WHT")
    desk.write("3 ctn zinkplugs")
    found = alias_queries.get_alias(alias("CAP-38-WHT").pk)
    seen = alias_queries.list_seen(found)
    assert {(one.sku, one.fixed, one.same) for one in seen} == {
        ("CAP-38-WHT", False, True), ("CAP-38-WHT", True, True),
    }  # fmt: skip
    assert (found.used, found.source, found.ok) == (True, "fix", 1)


def test_the_library_is_searched_by_words_item_and_customer():
    say("5 ctn zinkplugs", "CAP-38-WHT")
    for text in ("zink", "38 mm", "cap-38", "krushnai", "zinkplugs krushnai"):
        assert len(alias_queries.list_aliases(site=small.SITE, text=text)) == 1, text
    assert alias_queries.list_aliases(site=small.SITE, text="shubhada") == []
    assert alias_queries.list_aliases(site=small.SITE, show="conflict") == []
    assert alias_queries.counts(small.SITE) == alias_queries.Counts(1, 0, 0, 0)
