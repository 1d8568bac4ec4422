"""Workbooks and separated values become tables: odd ones too, and hostile ones end with a reason."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from openpyxl.styles import Font

from obeya.integrations.spreadsheets import converting as sheets
from obeya.orders import ports
from obeya.orders.reading import types
from obeya.orders.reading.tests import worlds

HEAD = ["Part", "Qty", "UOM"]


def workbook(*rows, prepare=lambda book: None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    prepare(book)
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def with_sheet(content: bytes, rows: bytes) -> bytes:
    """The same workbook with other rows in its first sheet, as they stand in the file."""
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    into = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            body = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                body = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (space, rows)
            new.writestr(part.filename, body)
    return into.getvalue()


def convert(content: bytes, name="order.xlsx"):
    found = sheets.convert_workbook(ports.File(content, name))
    assert not isinstance(found, ports.NotMine)
    return list(found)


def read(content: bytes, name="order.xlsx"):
    """What the reader of the fasteners' world makes of a file."""
    file = ports.File(content, name)
    found = sheets.convert_workbook(file) if sheets.is_workbook(file) else sheets.convert_values(file)
    assert sheets.is_workbook(file) or sheets.is_values(file)
    assert not isinstance(found, ports.NotMine)
    reading = worlds.FASTENERS.read(worlds.message("T1", "order attached", "email", attachments=found))
    return worlds.lines(reading), reading


def test_values_are_read_as_a_person_sees_them():
    def shape(book):
        book.active["A2"].number_format = "00000"
        book.active["B2"].number_format = '0 "ctn"'

    (table,) = convert(workbook(HEAD, [471, 12, date(2026, 3, 3)], ["x", 1.5, True], prepare=shape))
    assert table.rows[1:] == (("00471", "12 ctn", "2026-03-03"), ("x", "1.5", "True"))


def test_the_header_may_stand_anywhere_below_titles_and_blank_rows():
    title = [["Tri-County Supply"], [], ["PO #", "TC-17"], [], []]
    rows = [*title, HEAD, ["HN-0813-Z", 6, "BX"], [], ["FW-0616-Z", 5, "BX"], ["Total", 11]]

    def merge(book):
        book.active.merge_cells("A1:C1")

    lines, reading = read(workbook(*rows, prepare=merge))
    assert lines == [("HN-0813-Z", 6, "bx"), ("FW-0616-Z", 5, "bx")]
    assert (reading.po_number, reading.auto) == ("TC-17", True)


def test_words_merged_over_rows_stand_in_each_and_numbers_once():
    def merge(book):
        book.active.merge_cells("A2:A3")
        book.active.merge_cells("B2:B3")

    (table,) = convert(workbook(HEAD, ["Hex nut", 6, "BX"], [None, None, "EA"], prepare=merge))
    assert table.rows[2] == ("Hex nut", "", "EA")


def test_struck_rows_are_marked_hidden_rows_are_said_and_hidden_sheets_left_out():
    def shape(book):
        for cell in book.active[2]:
            cell.font = Font(strike=True)
        book.active.row_dimensions[3].hidden = True
        book.create_sheet("Prices").append(["HN-0813-Z", 9.1])
        book["Prices"].sheet_state = "hidden"

    table, told = convert(workbook(HEAD, ["HN-0813-Z", 6, "BX"], ["FW-0616-Z", 5, "BX"], prepare=shape))
    assert table.struck == {1}
    assert told == types.Unreadable("order.xlsx Sheet", "it has hidden rows that hold something")


def test_a_quantity_that_is_a_formula_without_its_value_is_asked_about():
    lines, reading = read(workbook(HEAD, ["HN-0813-Z", "=2*3", "BX"], ["FW-0616-Z", 5, "BX"]))
    assert lines == [("FW-0616-Z", 5, "bx")]
    assert not reading.auto
    assert any("formula without a value" in doubt.text for doubt in reading.doubts)


def test_sums_that_are_formulas_without_a_value_harm_nothing():
    rows = [HEAD, ["HN-0813-Z", 6, "BX"], ["FW-0616-Z", 5, "BX"], ["Total", "=SUM(B2:B3)"]]
    assert read(workbook(*rows))[1].auto


def test_subtotals_end_no_table():
    rows = [["HN-0813-Z", 6, "BX"], ["Sub total", 6], ["FW-0616-Z", 5, "BX"], ["Sub total", 5], ["Total", 11]]
    lines, reading = read(workbook(HEAD, *rows))
    assert (len(lines), reading.auto) == (2, True)


def test_a_table_without_headings_is_read_but_asked_about_where_it_names_no_codes():
    codes = workbook(["HN-0813-Z", 6, "bx"], ["FW-0616-Z", 5, "bx"])
    words = workbook(["hex nut 1/2-13 zinc", 6], ["flat washer 3/8 USS zinc", 5])
    assert (len(read(codes)[0]), read(codes)[1].auto) == (2, True)
    assert (len(read(words)[0]), read(words)[1].auto) == (2, False)


def test_two_columns_that_name_different_quantities_are_asked_about():
    rows = [["Item", "Box", "Pcs"], ["hex nut 1/2-13 zinc", 6, 40], ["flat washer 3/8 USS zinc", 5, 500]]
    _, reading = read(workbook(*rows))
    assert [doubt.text for doubt in reading.doubts] == ["Two columns name different quantities."]


@pytest.mark.parametrize(
    "head",
    [
        ["क्र", "विवरण", "मात्रा", "इकाई"],
        ["ક્રમ", "વિગત", "જથ્થો", "એકમ"],
        ["م", "الصنف", "الكمية", "الوحدة"],
        ["نمبر", "تفصیل", "تعداد", "یونٹ"],
        ["Line", "Your Item No", "Qty Ordered", "U/M"],
        ["#", "ITEM DESCRIPTION", "ORDER QTY", "Ordering unit"],
    ],
)
def test_headings_of_many_languages_are_known(head):
    lines, reading = read(workbook(head, [1, "HN-0813-Z", 6, "box"], [2, "FW-0616-Z", 5, "box"]))
    assert lines == [("HN-0813-Z", 6, "bx"), ("FW-0616-Z", 5, "bx")]
    assert reading.auto


ROWS = "Part{0}Description{0}Qty{0}UOM\r\nHN-0813-Z{0}Écrou{0}6{0}BX\r\nFW-0616-Z{0}washer{0}5{0}BX\r\n"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_separated_values_are_read_whatever_parts_them(separator, encoding):
    lines, _ = read(ROWS.format(separator).encode(encoding), "export.txt")
    assert lines == [("HN-0813-Z", 6, "bx"), ("FW-0616-Z", 5, "bx")]


def test_quoted_cells_keep_their_separators_and_line_ends():
    text = 'sep=;\nPart;Description;Qty;UOM\nHN-0813-Z;"nut; zinc\nplated";6;BX\n="FW-0616-Z";washer;5;BX\n'
    lines, _ = read(text.encode(), "export.csv")
    assert lines == [("HN-0813-Z", 6, "bx"), ("FW-0616-Z", 5, "bx")]


def test_rows_beyond_the_limit_are_said():
    table, told = convert(
        workbook(HEAD, ["x", 5, "BX"], prepare=lambda b: b.active.cell(1_048_570, 1, "end"))
    )
    assert len(table.rows) == 2
    assert told == types.Unreadable("order.xlsx Sheet", "only the first 5,000 rows are read")


def test_a_hundred_thousand_empty_rows_are_passed_over():
    first = (
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>Part</t></is></c>'
        b'<c r="B1" t="inlineStr"><is><t>Qty</t></is></c></row>'
    )
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(2, 100_000))
    (table,) = convert(with_sheet(workbook(["x"]), first + rows))
    assert table.rows == (("Part", "Qty"),)


def test_a_huge_cell_is_cut():
    (table,) = convert(workbook(HEAD, ["x" * 32_000, 5, "BX"]))
    assert len(table.rows[1][0]) == 1_000


def test_a_workbook_that_unpacks_to_too_much_is_not_opened():
    row = b'<row><c t="inlineStr"><is><t>' + b"a" * 1_000_000 + b"</t></is></c></row>"
    (told,) = convert(with_sheet(workbook(["x"]), row * 320))
    assert told == types.Unreadable("order.xlsx", "it unpacks to more than 300 MB")


def test_broken_and_locked_workbooks_say_so():
    assert convert(workbook(HEAD)[:-300]) == [types.Unreadable("order.xlsx", "the file is damaged")]
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    assert convert(locked) == [types.Unreadable("order.xlsx", "the spreadsheet is protected by a password")]


@pytest.mark.parametrize(("part", "why"), [("a.txt", "archives"), ("word/document.xml", "Word document")])
def test_other_zip_files_are_left_to_others(part, why):
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as box:
        box.writestr(part, "x")
    found = sheets.convert_workbook(ports.File(into.getvalue(), "order.zip"))
    assert isinstance(found, ports.NotMine)
    assert why in found.why
