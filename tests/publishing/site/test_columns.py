"""Amounts side by side: what is unknown has no column, what is negative hangs below zero."""

from xml.etree import ElementTree

from publishing.site.charts.columns import BOTTOM, TOP, Amounts, Columns, columns

SVG = "{http://www.w3.org/2000/svg}"


def boxes(picture: str) -> list[tuple[float, float]]:
    """Top and height of each column, without the squares of the legend."""
    found = [
        (float(one.get("y", "")), float(one.get("height", "")))
        for one in ElementTree.fromstring(picture).iter(f"{SVG}rect")
    ]
    return [(top, height) for top, height in found if top >= TOP]


def test_an_unknown_amount_has_no_column_and_zero_has_one_without_height() -> None:
    chart = Columns(
        "Savings", "money(USD)", ("Q1 26", "Q2 26"), (Amounts("found", (None, 100.0)), Amounts("paid", (0.0, 50.0)))
    )
    drawn = boxes(columns(chart))
    assert len(drawn) == 3
    assert sorted(height for _, height in drawn)[0] == 0
    assert max(height for _, height in drawn) == BOTTOM - TOP
    assert "Q1 26: found no data, paid USD 0.00" in columns(chart)


def test_a_negative_amount_hangs_below_zero() -> None:
    (one, other) = boxes(columns(Columns("Savings", "", ("a", "b"), (Amounts("found", (100.0, -100.0)),))))
    assert one[0] + one[1] == other[0]


def test_names_are_escaped_and_a_running_period_is_said_to_be() -> None:
    picture = columns(Columns("<b>", "", ("Q3 26",), (Amounts("<script>", (1.0,)),), is_last_running=True))
    ElementTree.fromstring(picture)
    assert "<script>" not in picture
    assert "Q3 26 still running" in picture


def test_without_amounts_it_says_no_data() -> None:
    assert "no data" in columns(Columns("Savings", "", (), (Amounts("found", ()),)))
