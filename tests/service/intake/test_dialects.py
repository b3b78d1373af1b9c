"""Every file that a spreadsheet, a form tool or a program writes gives the same candidates."""

import contextlib
import csv
import datetime
import io
import json
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from service.candidates import tidy
from service.faults import InputError
from service.intake import read_table
from tests.service.intake.reading import csv as utf8
from tests.service.intake.reading import faults, read
from tests.service.intake.sheets import ods

TABLE = [["id", "naam", "vragen"], ["c1", "Anaïs Desmet", "coachen|feedback"], ["c2", "Zoë Müller", ""]]


def test_table_in_every_separator_encoding_and_line_end(tmp_path: Path) -> None:
    """What Dutch and French Excel really write, in all combinations."""
    for delimiter in ",;\t":
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"):
            for end in ("\r\n", "\n", "\r"):
                path = tmp_path / "candidates.csv"
                path.write_bytes(_written(TABLE, delimiter, end).encode(encoding))
                candidates = read(path).candidates
                case = (delimiter, encoding, end)
                assert [(one.id, one.row, one.name) for one in candidates] == [
                    ("c1", 2, "Anaïs Desmet"),
                    ("c2", 3, "Zoë Müller"),
                ], case
                assert candidates[0].values("asks") == ("coachen", "feedback"), case
                assert candidates[1].values("asks") == (), case


def test_utf16_with_a_mark_of_either_order() -> None:
    """Excel's "Unicode text" is UTF-16 with a byte order mark."""
    text = _written(TABLE, "\t", "\r\n")
    for data in (b"\xff\xfe" + text.encode("utf-16-le"), b"\xfe\xff" + text.encode("utf-16-be")):
        assert [one.name for one in read(("c.txt", data)).candidates] == ["Anaïs Desmet", "Zoë Müller"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_first_line_that_names_the_separator(delimiter: str) -> None:
    """A spreadsheet hides the line `sep=;`, so the header stays row 1 and the first candidate row 2."""
    candidates = read(utf8(f"sep={delimiter}\r\nid{delimiter}x,y;z\r\nc1{delimiter}1\r\n"), used=["x,y;z"]).candidates
    assert [(one.id, one.row) for one in candidates] == [("c1", 2)]


def test_first_line_that_names_a_separator_nobody_uses() -> None:
    assert [(fault.code, fault.row, fault.found) for fault in faults(utf8("sep=#\nid#naam\n"))] == [
        ("bad_separator", 1, "#")
    ]


def test_separator_of_a_file_whose_other_columns_hold_it_too() -> None:
    """The known headers settle it, even where a comma is more frequent."""
    candidates = read(utf8("id;notes\nc1;a, b, c, d, e\nc2;f, g, h, i, j\n")).candidates
    assert candidates[1].value("notes") == "f, g, h, i, j"


def test_semicolon_inside_a_cell_separates_values_unless_it_separates_columns() -> None:
    assert read(utf8("id,asks\nc1,a;b|c\n")).candidates[0].values("asks") == ("a", "b", "c")
    assert read(utf8('id;asks\nc1;"a;b|c"\n')).candidates[0].values("asks") == ("a;b", "c")
    assert read(utf8("id\tasks\nc1\ta;b|c\n")).candidates[0].values("asks") == ("a", "b", "c")


def test_row_numbers_are_those_a_spreadsheet_shows() -> None:
    """A line break in quotes starts no row; a blank line is a row without a candidate."""
    text = 'id,notes\r\nc1,"first\r\nsecond"\r\n\r\n,\r\nc2,x\r\n'
    assert [(one.id, one.row) for one in read(utf8(text)).candidates] == [("c1", 2), ("c2", 5)]
    assert read(utf8(text)).candidates[0].value("notes") == "first second"


def test_quotes_that_never_close_are_a_fault_not_a_very_long_cell() -> None:
    found = faults(utf8('id,notes\nc1,fine\nc2,"oops\nc3,lost\n'))
    assert [(fault.code, fault.row) for fault in found] == [("broken_quotes", 3)]


def test_spreadsheets(tmp_path: Path) -> None:
    """Whole numbers have no point, days are ISO, formulas count by their stored value, gaps keep their row numbers."""
    path = tmp_path / "candidates.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("empty")
        sheet = book.add_worksheet("data")
        book.add_worksheet("lookup").write(0, 0, "more")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(1, 1, ["id", "years", "postcode", "since", "vragen", "consent"])
        sheet.write_row(3, 1, [12.0, 3.5, 9000])
        sheet.write_datetime(3, 4, datetime.datetime(2024, 5, 17), day)
        sheet.write_formula(3, 5, '="a;"&"b"', None, "a;b")
        sheet.write_boolean(3, 6, True)
    listed = read(path, used=["since"])
    (one,) = listed.candidates
    assert (one.id, one.row) == ("12", 4)
    assert one.cells == {
        "id": ("12",),
        "years": ("3.5",),
        "postcode": ("9000",),
        "since": ("2024-05-17",),
        "asks": ("a", "b"),
        "consent": ("true",),
    }
    assert [note.params for note in listed.notes] == [{"sheet": "data", "others": ("lookup",)}]


def test_formula_that_failed_is_a_fault_and_not_an_empty_cell(tmp_path: Path) -> None:
    """In a workbook, and in the text that was exported from one."""
    path = tmp_path / "candidates.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("A & B")
        sheet.write_row(1, 1, ["id", "sector", "years"])
        sheet.write_row(2, 1, ["c1", "zorg", 4])
        sheet.write_row(3, 1, ["c2"])
        sheet.write_formula(3, 2, '=VLOOKUP("x",A1:B2,2,0)', None, "#N/A")
        sheet.write_formula(3, 3, "=1/0", None, "#DIV/0!")
    assert [(fault.code, fault.row, fault.column, fault.found) for fault in faults(path)] == [
        ("error_cell", 4, "sector", "#N/A"),
        ("error_cell", 4, "years", "#DIV/0!"),
        ("not_a_number", 4, "years", "#DIV/0!"),
    ]
    assert [fault.code for fault in faults(utf8("id;sector\nc1;#WAARDE!\n"))] == ["error_cell"]


def test_open_document(tmp_path: Path) -> None:
    path = tmp_path / "candidates.ods"
    path.write_bytes(ods(TABLE))
    assert [(one.id, one.row, one.name) for one in read(path).candidates] == [
        ("c1", 2, "Anaïs Desmet"),
        ("c2", 3, "Zoë Müller"),
    ]


def test_json_list_and_object_with_a_list() -> None:
    """Strings, numbers, lists and nothing; the first object is row 2, as if the keys were a header."""
    people = [{"id": "c1", "asks": ["a", "b;c"], "years": 3.5}, {"id": 2, "naam": "Zoë", "years": None}]
    for content in (people, {"candidates": people}):
        one, two = read(("c.json", json.dumps(content).encode())).candidates
        assert (one.id, one.row, one.values("asks"), one.value("years")) == ("c1", 2, ("a", "b", "c"), "3.5")
        assert (two.id, two.row, two.name, two.values("years")) == ("2", 3, "Zoë", ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[{", "json_syntax"),
        ("3", "json_shape"),
        ("[3]", "json_shape"),
        ('[{"id": NaN}]', "json_shape"),
        ('[{"id": {"deep": 1}}]', "json_value"),
        ('[{"id": "c1", "id": "c2"}]', "json_repeated_key"),
        ('[{"id": "c1", "naam": ["An", "Bo"]}]', "one_value"),
        ('{"candidates": [], "extra": 1}', "unknown_key"),
        ("[]", "no_candidates"),
        ("[" * 100_000, "json_shape"),
    ],
)
def test_json_that_is_no_list_of_candidates(text: str, code: str) -> None:
    assert [fault.code for fault in faults(("c.json", text.encode()))] == [code]


_CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=1, max_size=6),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_table_written_and_read_back_is_the_same(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    """Whatever stands in the cells: separators, quotes, pipes, spaces of every kind."""
    header = ["id", "naam", "notes"]
    table = read_table(("c.csv", _written([header, *rows], delimiter, "\r\n").encode(encoding)))
    expected = {
        number: [tidy(cell) for cell in row]
        for number, row in enumerate(rows, start=2)
        if any(cell.strip() for cell in row)
    }
    assert list(table.header) == header
    assert {row.number: [tidy(str(cell)) for cell in row.cells] for row in table.rows} == expected


def _written(rows: list[list[str]], delimiter: str, end: str) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(rows)
    return stream.getvalue()


@settings(max_examples=80, deadline=None)
@given(data=st.binary(max_size=300), name=st.sampled_from(["c.csv", "c.json", "c.txt", "c"]))
def test_any_bytes_are_a_table_or_a_fault(data: bytes, name: str) -> None:
    """Nothing that a file holds is an accident."""
    if not data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        with contextlib.suppress(InputError):
            read_table((name, data))
