"""Company folders are loaded and read, their attachments as the desk reads them."""

import json
from pathlib import Path

import pytest

from obeya.cli import corpus
from obeya.orders.reading import types


def _folder(path: Path) -> Path:
    files = {
        "company.json": json.dumps({"name": "Acme", "country": "US", "timezone": "UTC", "week": []}),
        "items.csv": "sku,description,category,brand,base_uom,status,substitute_sku,hsn_or_tax_code,"
        "weight_kg\n"
        "BOLT-10,Hex Bolt M10,Bolts,,ea,active,,,0.1\nNUT-10,Hex Nut M10,Nuts,,ea,active,,,0.1\n",
        "uoms.csv": "sku,uom,base_qty\nBOLT-10,bx,100\nNUT-10,bx,200\n",
        "uom_words.csv": "word,uom\nboxes,bx\nbox,bx\n",
        "customers.csv": "code,name,city,phone,email,contact_name,language,price_list,credit_limit,"
        "outstanding,tax_id,ship_to\nC1,Tri County,Dayton,,,Bob,en,A,0,0,,Main|Branch\n",
        "history.jsonl": json.dumps(
            {
                "order_no": "1",
                "customer": "C1",
                "ordered_at": "2026-01-05T10:00:00+00:00",
                "channel": "email",
                "message": "hex bolt M10 5 boxes",
                "lines": [{"sku": "BOLT-10", "qty": 5, "uom": "bx", "unit_price": 1}],
            }
        ),
        "messages.jsonl": json.dumps(
            {
                "id": "M1",
                "channel": "email",
                "customer": "C1",
                "from": "b",
                "sent_at": "2026-02-05T10:00:00+00:00",
                "subject": None,
                "text": "hex bolt M10 3 boxes\nhex nut M10 2 boxes",
                "attachments": [],
                "thread": [],
            }
        ),
    }
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("feedback", [False, True])
def test_a_folder_without_gold_is_read_to_predictions(tmp_path: Path, feedback: bool) -> None:
    out = tmp_path / "out.jsonl"
    assert corpus.read_corpus(_folder(tmp_path), out, feedback) == 1
    row = json.loads(out.read_text(encoding="utf-8"))
    wanted = [{"sku": "BOLT-10", "qty": 3, "uom": "bx"}, {"sku": "NUT-10", "qty": 2, "uom": "bx"}]
    assert (row["id"], row["intent"], row["lines"]) == ("M1", "order", wanted)
    assert row["seconds"] >= 0


def test_a_folder_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(corpus.CannotReadCorpus):
        corpus.read_corpus(tmp_path, tmp_path / "out.jsonl", feedback=False)


def test_attachments_are_converted_as_the_desk_converts_them(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / "attachments").mkdir()
    (folder / "attachments" / "po.txt").write_bytes(
        "Part;Qty;Unit\nBOLT-10;4;bx\nNUT-10;1;bx\n".encode("utf-16")
    )
    row = json.loads((folder / "messages.jsonl").read_text(encoding="utf-8"))
    row |= {"text": "", "attachments": ["po.txt", "gone.pdf"]}
    (folder / "messages.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (found,) = corpus.load_messages(folder)
    table, missing = found.message.attachments
    assert isinstance(table, types.Table)
    assert table.rows[1] == ("BOLT-10", "4", "bx")
    assert missing == types.Unreadable("gone.pdf", "the file is missing")
