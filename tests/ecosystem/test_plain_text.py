"""Text of source systems is made into one visible line, the same whether it has letters beyond ASCII or not."""

import pytest

from ecosystem.plain_text import CELL_CHARACTERS, clean, harmless_cell

PLAIN = ["", "a", " a  b ", "Bolt, 5 mm", "".join(map(chr, range(32, 127))), "a" * 300]


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_is_cleaned_as_any_other(text: str):
    other = clean(f"é{text}", 1000)
    assert clean(f"e{text}", 1000) == f"e{other[1:]}"


@pytest.mark.parametrize("character", ["\n", "\t", "\x7f", "\x00", "\u2028", "\u202e", "\u200b", "\ufeff"])
def test_no_control_or_formatting_character_is_left(character: str):
    assert character not in clean(f"a{character}b")
    assert clean(f"a{character}b").replace(" ", "") == "ab"


@pytest.mark.parametrize("text", ["a" * 300, "é" * 300])
def test_a_long_text_is_cut_with_a_mark(text: str):
    assert clean(text, 20) == f"{text[:19]}…"


@pytest.mark.parametrize("text", ["=1+1", " =1+1", "+1", "-1", "@a", "＝1", "\t=1"])
def test_a_cell_is_not_run_as_a_formula(text: str):
    assert harmless_cell(text).startswith("'")
    assert harmless_cell(f"a{text}").startswith("a")
    assert len(harmless_cell(text * 1000)) <= CELL_CHARACTERS + 1
