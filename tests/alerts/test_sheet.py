"""The attached CSV: complete, and harmless in a spreadsheet whatever a source system holds."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.sheet import csv_file, harmless
from ecosystem.plain_text import FORMULA_SIGNS


def read(attachment):
    text = attachment.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=HYPERLINK(A1)", "'=HYPERLINK(A1)"),
        ("+49 30 1234", "'+49 30 1234"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'=1+1"),
        ("\r=1+1", "'=1+1"),
        ("  =1+1", "'=1+1"),
        ("\u200b=1+1", "'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("\tplain", "'plain"),
        ("two\r\nlines", "two lines"),
        ("plain - text", "plain - text"),
        (-5, "-5"),
        (-0.5, "-0.5"),
        (1200.0, "1200"),
        (18400.25, "18400.25"),
        (None, ""),
        (date(2026, 7, 1), "2026-07-01"),
        (datetime(2026, 7, 1, 18, tzinfo=UTC), "2026-07-01T18:00:00Z"),
    ],
)
def test_text_that_begins_a_formula_is_made_harmless_and_numbers_stay_numbers(cell, written):
    assert harmless(cell) == written


@given(st.text())
def test_no_text_begins_a_formula_or_holds_a_line_break(text):
    cell = harmless(text)
    assert not cell.startswith(FORMULA_SIGNS)
    assert not set(cell) & set("\r\n\t\x00\u2028\u202e")


@given(st.lists(st.lists(st.text() | st.integers() | st.none(), min_size=2, max_size=2), max_size=5))
def test_what_is_written_is_read_back_as_so_many_rows_and_cells(rows):
    found = read(csv_file("x", ("a", "b"), rows))
    assert found == [["a", "b"], *([harmless(one), harmless(other)] for one, other in rows)]


def test_the_file_has_a_byte_order_mark_so_that_excel_reads_accents():
    content = csv_file("x", ("name",), [("Ünïcode 株式会社",)]).content
    assert content.startswith(b"\xef\xbb\xbf")
    assert "Ünïcode 株式会社".encode() in content


@pytest.mark.parametrize(
    ("name", "file_name"),
    [
        ("delivery 10001 2026-07-01", "delivery-10001-2026-07-01.csv"),
        ('x"\r\nBcc: a@b/../../etc', "x-bcc-a-b-etc.csv"),
        ("株式会社", "alert.csv"),
    ],
)
def test_a_file_name_is_made_of_letters_digits_and_dashes(name, file_name):
    assert csv_file(name, ("a",), []).name == file_name
