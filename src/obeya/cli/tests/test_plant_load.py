"""A plant's own folder: checked first, loaded whole or not at all, and harmless again."""

import json
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from tests.worlds import small

from obeya.catalog import queries as catalog
from obeya.cli import main, plant_folder
from obeya.journal import queries as journal
from obeya.orders import knowledge
from obeya.people import queries as people
from obeya.people.queries import Function

pytestmark = pytest.mark.django_db

DAY = date(2026, 2, 9)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat")
ORDER = {
    "order_no": "H-1",
    "customer": "KRS01",
    "ordered_at": "2026-01-05T11:20",
    "channel": "email",
    "message": "white caps 28, 20 cartons",
    "lines": [{"sku": "CAP-28-WHT", "qty": 20, "uom": "ctn", "unit_price": "2520"}],
}
GOOD = {
    "floors.csv": "sku,uom,floor_price,price_list\nCAP-28-WHT,ctn,2300.50,PL-DLR\nCAP-28-BLU,pcs,0.5,\n",
    "uom_words.csv": "word,uom\nKhokha,ctn\n",
    "customer_names.csv": "customer,name\nKRS01,KT Pune\n",
    "contacts.csv": "customer,kind,value\nKRS01,phone,+91 00000 20999\nKRS01,email,Shop@Krushnai.example\n",
    "equipment.csv": (
        "code,name,level,parent\nBM-1,Blow moulder,work_unit,BLOW\n"
        "BLOW,Blow line,work_center,MFG\nMFG,Manufacturing,area,\n"
    ),
    "shifts.csv": "name,starts,ends,days\nGeneral,09:00,17:30,mon|tue|wed\nLate,22:00,06:00,\n",
    "history.jsonl": json.dumps(ORDER) + "\n",
}
GOOD["floors.csv"] = GOOD["floors.csv"].replace("PL-DLR", small.PRICE_LIST)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, GOOD)
    return tmp_path


def write(folder, files):
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def load(folder, *more, site=small.SITE):
    try:
        return main.main(("sites", "load", site, str(folder), *more))
    except SystemExit as leaving:
        return leaving.code


def seen():
    """Everything that a folder may change, as other rooms see it."""
    asked = [catalog.Wanted("CAP-28-WHT", "ctn", Decimal(1)), catalog.Wanted("CAP-28-BLU", "pcs", Decimal(1))]
    return (
        [answer.floor for answer in catalog.prices_for(small.SITE, customer="KRS01", lines=asked, on=DAY)],
        catalog.uom_words(small.SITE),
        catalog.get_customer(small.SITE, "KRS01"),
        catalog.list_equipment(small.SITE),
        people.list_shifts(small.SITE),
        knowledge.lessons_of(small.SITE).past_orders,
        len(journal.list_about("customer:KRS01")),
    )


def test_every_file_reaches_its_room(site, folder, capsys):
    assert load(folder) == 0
    said = capsys.readouterr().out
    for name in plant_folder.FILES:
        assert name in said
    floors, words, customer, nodes, shifts, past, _ = seen()
    assert floors == [Decimal("2300.50"), Decimal("0.5")]
    assert words["khokha"] == "ctn"
    assert "KT Pune" in customer.other_names
    assert "910000020999" in customer.phones
    assert "shop@krushnai.example" in customer.emails
    tree = {node.code: (node.level, node.parent) for node in nodes}
    assert tree["BM-1"] == ("work_unit", "BLOW")
    assert tree["BLOW"] == ("work_center", "MFG")
    hours = {shift.name: shift.days for shift in shifts}
    assert hours["General"] == ("mon", "tue", "wed")
    assert hours["Late"] == WEEK
    (order,) = past
    assert order.ordered_at == datetime(2026, 1, 5, 11, 20, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert order.lines[0].qty == 20


def test_loading_again_changes_nothing(site, folder, capsys):
    load(folder)
    before = seen()
    capsys.readouterr()
    assert load(folder) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line]
    assert len(told) == len(plant_folder.FILES)
    assert all(line.endswith(" 0 changed") for line in told)
    assert seen() == before


def test_a_dry_run_says_what_would_change_and_changes_nothing(site, folder, capsys):
    before = seen()
    assert load(folder, "--dry-run") == 0
    said = capsys.readouterr().out
    assert "3 rows, 3 would change" in said
    assert "Nothing was changed" in said
    assert seen() == before


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("floors.csv", "sku,uom,floor_price\nNONE,ctn,1\n", "floors.csv line 2: There is no item 'NONE'"),
        ("floors.csv", "sku,uom,floor_price\nCAP-28-WHT,kg,1\n", "is not sold in 'kg'. Its units are: "),
        ("floors.csv", "sku,uom,floor_price\nCAP-28-WHT,ctn,nan\n", "is not a number"),
        ("floors.csv", "sku,uom,floor_price\nCAP-28-WHT,ctn,-1\n", "is not a number from zero"),
        ("floors.csv", "sku,uom,floor_price\nCAP-28-WHT,ctn,0.123456789\n", "digits after the point"),
        ("floors.csv", "sku,uom,floor_price,price_list\nCAP-28-WHT,ctn,1,PL-X\n", "the price list 'PL-X'"),
        ("floors.csv", "sku,uom,floor\n", "line 1: The column 'floor_price' is missing"),
        ("floors.csv", "sku,uom,floor_price,pricelist\n", "The column 'pricelist' is not known"),
        ("floors.csv", "sku,uom,floor_price\nCAP-28-WHT,ctn,1\nCAP-28-WHT,ctn,2\n", "line 3: Line 2 says"),
        ("floors.csv", "", "line 1: The column"),
        ("floors.csv", "sku,uom,floor_price\nCAP-28-WHT,ctn\n", "It has 2 cells; the first line has 3"),
        ("uom_words.csv", "word,uom\npeti,crate\n", "No item is sold in 'crate'"),
        ("uom_words.csv", "word,uom\n\n,ctn\n", "uom_words.csv line 3: word is empty"),
        ("uom_words.csv", "word,uom\np\x00,ctn\n", "no text"),
        ("customer_names.csv", "customer,name\nNO1,Nobody\n", "There is no customer 'NO1'"),
        ("contacts.csv", "customer,kind,value\nKRS01,fax,1\n", "neither phone nor email"),
        ("contacts.csv", "customer,kind,value\nKRS01,email,shop\n", "is not a mail address"),
        ("contacts.csv", "customer,kind,value\nKRS01,phone,020 12345678\n", "country code"),
        ("equipment.csv", "code,level\nX,room\n", "is none of: enterprise"),
        ("equipment.csv", "code,level,parent\nX,work_unit,NONE\n", "neither in this file nor known"),
        ("equipment.csv", "code,level,parent\nX,area,Y\nY,area,X\n", "stands below itself"),
        (
            "equipment.csv",
            "code,level,parent\nX,area,IM-1\n",
            "A node of level area cannot stand below one of level work_unit",
        ),
        ("shifts.csv", "name,starts,ends\nDay,6 am,14:00\n", "not a time of day such as 06:00"),
        ("shifts.csv", "name,starts,ends,days\nDay,06:00,14:00,mon|fun\n", "'fun' is no weekday"),
        ("shifts.csv", "name,starts,ends\nA,07:00,15:00\n", "exists with other hours (06:00 to 14:00"),
        ("history.jsonl", "[1]\n", "history.jsonl line 1: It is not one JSON object"),
        ("history.jsonl", json.dumps({**ORDER, "lines": []}), "lines is not a list"),
        ("history.jsonl", json.dumps({**ORDER, "ordered_at": "soon"}), "not a moment such as"),
        ("history.jsonl", json.dumps({**ORDER, "customer": "\ud800"}), "no text"),
        ("history.jsonl", (json.dumps(ORDER) + "\n") * 2, "line 2: Line 1 has the order_no 'H-1' already"),
    ],
)
def test_a_mistake_is_told_with_file_and_line_and_nothing_is_loaded(site, folder, name, text, told, capsys):
    before = seen()
    write(folder, {name: text})
    assert load(folder) == 2
    said = capsys.readouterr().err
    assert told in said
    assert "Nothing is loaded" in said
    assert seen() == before


def test_all_mistakes_are_told_at_once(site, folder, capsys):
    write(folder, {"uom_words.csv": "word,uom\n,ctn\n", "contacts.csv": "customer,kind,value\nX,phone,1\n"})
    (folder / "shifts.csv").write_bytes(b"name,starts,ends\n\xff,06:00,14:00\n")
    assert load(folder) == 2
    said = capsys.readouterr().err
    for name in ("uom_words.csv line 2", "contacts.csv line 2", "shifts.csv: It is not UTF-8"):
        assert name in said


def test_one_file_is_enough_and_what_is_not_read_is_named(site, tmp_path, capsys):
    write(tmp_path, {"floors.csv": "\ufeff" + GOOD["floors.csv"].replace("\n", "\r\n"), "floor.csv": ""})
    assert load(tmp_path) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == ["floors.csv           2 rows, 2 changed"]
    assert "Not read: floor.csv" in said.err


def test_a_folder_without_any_file_an_unknown_site_and_no_folder_are_mistakes(site, tmp_path, capsys):
    assert load(tmp_path) == 2
    assert "holds none of: uom_words.csv" in capsys.readouterr().err
    assert load(tmp_path, site="NOWHERE") == 2
    assert load(tmp_path / "none") == 2
    assert "is not a folder" in capsys.readouterr().err


def test_an_empty_floor_takes_the_floor_away(site, folder):
    load(folder)
    write(folder, {"floors.csv": "sku,uom,floor_price\nCAP-28-BLU,pcs,\n"})
    assert load(folder) == 0
    assert seen()[0][1] is None


def test_a_loaded_shift_is_given_to_a_person(site, folder, capsys):
    load(folder)
    assert main.main(("users", "grant", "lata", site, "operator", "--shift", "General")) == 0
    monday, thursday = (datetime(2026, 2, day, 10, tzinfo=ZoneInfo("Asia/Kolkata")) for day in (9, 12))
    on_duty = [
        {one.username for one in people.on_duty(site, Function.OPERATOR, at)} for at in (monday, thursday)
    ]
    assert "lata" in on_duty[0]
    assert "lata" not in on_duty[1]
    assert main.main(("users", "grant", "lata", site, "operator", "--shift", "Nights")) == 2
    assert "There are: A" in capsys.readouterr().err
