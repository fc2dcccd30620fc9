"""The evidence chart: the same picture for page and mail, readable, and honest about months without facts."""

import struct
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.chart import HEIGHT, PNG_ZOOM, WIDTH, Chart, ChartMonth, alternative_text, png, svg
from alerts.wording import interval, measure

SVG = "{http://www.w3.org/2000/svg}"
YEAR = tuple(
    ChartMonth(date(2026, month, 1), 20 + month, 0.05 if month < 5 else 0.4, 0.01, 0.6, 0.06) for month in range(1, 8)
)
SHIFT = Chart("Orders late", "share", "orders", YEAR, since_date=date(2026, 5, 4), alarm_date=date(2026, 6, 20))


def size_of(picture):
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", picture[16:24])


def texts(chart):
    return [element.text for element in ElementTree.fromstring(svg(chart)).iter(f"{SVG}text")]


def test_the_png_is_the_svg_at_twice_its_size_and_the_same_bytes_each_time():
    first, second = png(svg(SHIFT)), png(svg(SHIFT))
    assert first == second
    assert size_of(first) == (WIDTH * PNG_ZOOM, HEIGHT * PNG_ZOOM)
    assert len(first) < 60_000


def test_text_is_drawn_with_the_packages_own_font():
    blank = svg(SHIFT).replace("font-family=", "data-was=")
    without_text = ElementTree.fromstring(svg(SHIFT))
    for element in list(without_text.iter(f"{SVG}text")):
        element.text = ""
    assert png(blank) == png(svg(SHIFT)), "no font of the machine is asked for"
    assert png(ElementTree.tostring(without_text, encoding="unicode")) != png(svg(SHIFT)), "text is drawn at all"


def test_a_chart_names_what_was_expected_the_likely_start_the_alarm_and_how_many():
    assert {"Orders late", "expected", "likely since", "alarm", "21", "27", "n = orders; bars: 95 % interval"} <= set(
        texts(SHIFT)
    )


def test_no_text_is_smaller_than_what_a_phone_shows_readably():
    sizes = [float(one.get("font-size", 11)) for one in ElementTree.fromstring(svg(SHIFT)).iter() if one.text]
    assert min(sizes) * 320 / WIDTH >= 10.5


def test_a_month_without_facts_is_a_gap_with_n_0_and_never_a_value():
    chart = Chart("Orders late", "share", "orders", (YEAR[0], YEAR[1], YEAR[4], YEAR[5]))
    root = ElementTree.fromstring(svg(chart))
    assert texts(chart).count("0") == 2
    assert len(list(root.iter(f"{SVG}circle"))) == 4
    # Two runs of the measure and two of what was expected: no line is drawn across the gap.
    assert len(list(root.iter(f"{SVG}polyline"))) == 4
    assert "Mar 2026 no orders; Apr 2026 no orders" in alternative_text(chart)


def test_the_last_twelve_months_are_shown():
    months = tuple(ChartMonth(date(2024 + m // 12, m % 12 + 1, 1), 1, 0.5) for m in range(30))
    shown = Chart("x", "share", "orders", months).shown
    assert [shown[0].month_date, shown[-1].month_date, len(shown)] == [date(2025, 7, 1), date(2026, 6, 1), 12]


def test_the_alternative_text_tells_what_the_picture_shows():
    assert alternative_text(SHIFT) == (
        "Orders late, with the number of orders: Jan 2026 5 % of 21; Feb 2026 5 % of 22; Mar 2026 5 % of 23; "
        "Apr 2026 5 % of 24; May 2026 40 % of 25; Jun 2026 40 % of 26; Jul 2026 40 % of 27. Expected: 6 %. "
        "Likely since 4 May 2026. Alarm on 20 Jun 2026."
    )


@pytest.mark.parametrize("months", [(), YEAR[:1], (ChartMonth(date(2026, 1, 1), 0, None), YEAR[1])])
def test_a_chart_of_less_than_two_observed_months_is_not_drawn(months):
    assert not Chart("x", "share", "orders", months).is_drawable


def test_text_of_the_chart_cannot_become_markup():
    chart = Chart('<script>"&', "share", "<b>", YEAR)
    assert ElementTree.fromstring(svg(chart)).find(f"{SVG}title").text == '<script>"&'
    assert "<script" not in svg(chart)


values = st.floats(min_value=-1e6, max_value=1e9) | st.none()


@given(
    unit=st.sampled_from(["share", "ppm", "days", "points", "percent"]),
    rows=st.lists(st.tuples(values, values, values, values, st.integers(0, 10**9)), min_size=1, max_size=14),
    since=st.dates(date(2023, 1, 1), date(2027, 12, 31)) | st.none(),
    alarm=st.dates(date(2023, 1, 1), date(2027, 12, 31)) | st.none(),
)
def test_any_values_give_a_picture_whose_marks_lie_inside_it(unit, rows, since, alarm):
    months = tuple(
        ChartMonth(date(2025 + m // 12, m % 12 + 1, 1), n, observed, low, high, expected)
        for m, (observed, low, high, expected, n) in enumerate(rows)
    )
    picture = svg(Chart("Any", unit, "orders", months, since, alarm))
    for element in ElementTree.fromstring(picture).iter():
        for name, limit in (("x", WIDTH), ("x1", WIDTH), ("cx", WIDTH), ("y", HEIGHT), ("y1", HEIGHT), ("cy", HEIGHT)):
            assert -4 <= float(element.get(name, 0)) <= limit


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (0.284, "share", "28 %"),
        (0.0284, "share", "2.8 %"),
        (0.0, "share", "0 %"),
        (1.0, "share", "100 %"),
        (12.5, "percent", "12 %"),
        (-12.0, "points", "-12 points"),
        (1234.6, "ppm", "1,235 ppm"),
        (2.25, "days", "2.2 days"),
        (None, "share", "unknown"),
    ],
)
def test_a_measure_has_as_many_digits_as_its_sample_can_tell(value, unit, written):
    assert measure(value, unit) == written


def test_an_interval_names_its_unit_once_and_an_unknown_one_is_empty():
    assert interval(0.14, 0.48, "share") == "14 to 48 %"
    assert interval(None, 0.48, "share") == ""
