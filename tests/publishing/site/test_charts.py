"""Charts tell what is known and leave gaps where nothing is; text reaches them as text."""

import re
from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree

import pytest
import resvg_py

from publishing.site.charts.axis import round_ticks
from publishing.site.charts.bars import Bar, Bars, Group, Histogram, bars, histogram
from publishing.site.charts.colours import LIGHT, fixed
from publishing.site.charts.lead_time import LeadTimeCurve, Quantile, Step, lead_time_curve
from publishing.site.charts.scatter import Dot, Scatter, Zone, scatter
from publishing.site.charts.shapes import shape
from publishing.site.charts.sparkline import Sparkline, sparkline
from publishing.site.charts.trend import Point, Trend, trend
from publishing.site.frame import style
from publishing.site.states import MET, MISSED

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('1')</script> & \"Sons\""


def points(*values: float | None, n: int = 20) -> tuple[Point, ...]:
    return tuple(
        Point(
            date(2026, month, 1),
            value,
            n if value is not None else 0,
            None if value is None else value - 0.05,
            None if value is None else value + 0.05,
        )
        for month, value in enumerate(values, start=1)
    )


def a_trend(*values: float | None, title: str = "On time", **others: object) -> str:
    return trend(Trend(title, "share", "lines", points(*values), **others))  # type: ignore[arg-type]


def a_curve(title: str = "Lead time") -> str:
    quantiles = (Quantile(0.5, 20, 10, 30), Quantile(0.9, None, None, None))
    return lead_time_curve(LeadTimeCurve(title, (Step(10, 0.25), Step(20, 0.5)), quantiles, (5, 40), 180, 6))


EXAMPLES: dict[str, Callable[[str], str]] = {
    "trend": lambda title: a_trend(0.9, None, 0.8, title=title, target=0.95),
    "sparkline": lambda title: sparkline(Sparkline(title, "share", (0.9, None, 0.8), 0.95)),
    "histogram": lambda title: histogram(
        Histogram(title, "lines", (Bar(title, 3), Bar("b", 0)), (Group(title, 0, 1),))
    ),
    "bars": lambda title: bars(Bars(title, "money(EUR)", (Bar(title, 3), Bar("b", -2), Bar("c", None)))),
    "lead time": a_curve,
    "scatter": lambda title: scatter(
        Scatter(
            title,
            title,
            "money(EUR)",
            "Health",
            "points",
            (Dot(title, 5, 40, MISSED, "a?b=1&c", True),),
            Zone(title, 1, 50),
        )
    ),
}


def parsed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)


def lines_of(picture: str) -> list[str]:
    """The lines that are drawn through values."""
    return [path.get("d", "") for path in parsed(picture).iter(f"{SVG}path") if path.get("stroke") == "var(--accent)"]


def circles(picture: str) -> list[ElementTree.Element]:
    return list(parsed(picture).iter(f"{SVG}circle"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_text_reaches_a_picture_as_text_and_the_picture_has_a_name(name: str):
    picture = EXAMPLES[name](HOSTILE)
    root = parsed(picture)
    # What is inside an image is hidden from screen readers, and links must not be.
    assert root.get("role") == ("group" if list(root.iter(f"{SVG}a")) else "img")
    assert root.findtext(f"{SVG}title") == HOSTILE
    assert root.findtext(f"{SVG}desc")
    assert "<script" not in picture


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_same_data_gives_the_same_bytes(name: str):
    assert EXAMPLES[name]("Title") == EXAMPLES[name]("Title")


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_picture_with_its_colours_written_out_is_drawn_by_a_reader_without_custom_properties(name: str):
    picture = fixed(EXAMPLES[name]("Title"))
    assert "var(" not in picture
    whole = bytes(resvg_py.svg_to_bytes(svg_string=picture, background="#ffffff"))
    empty = bytes(resvg_py.svg_to_bytes(svg_string=re.sub(r"<(path|circle|rect|text)\b.*?(/>|</\1>)", "", picture)))
    assert len(whole) > len(empty) > 0


def test_the_colours_written_out_are_those_of_the_light_page():
    light = style().split("@media", 1)[0]
    assert len(LIGHT) >= 9
    for name, colour in LIGHT.items():
        assert f"--{name}: {colour};" in light


def test_a_colour_that_is_not_given_is_an_error():
    with pytest.raises(KeyError):
        fixed(a_trend(0.9, 0.8), {"ink": "#000"})


def test_a_month_without_data_breaks_the_line_and_is_never_zero():
    picture = a_trend(0.9, 0.85, None, 0.8, 0.7)
    assert [line.count("L") for line in lines_of(picture)] == [1, 1]
    assert len(circles(picture)) == 4
    assert "Mar 2026" not in (parsed(picture).findtext(f"{SVG}desc") or "")


def test_a_month_between_gaps_is_a_point_with_its_interval():
    picture = a_trend(None, 0.9, None)
    assert lines_of(picture) == []
    assert len(circles(picture)) == 1
    assert any(path.get("stroke") == "var(--band)" for path in parsed(picture).iter(f"{SVG}path"))


@pytest.mark.parametrize(
    "picture",
    [
        a_trend(None, None, target=0.9),
        sparkline(Sparkline("s", "share", (None, None), 0.9)),
        sparkline(Sparkline("s", "share", ())),
        histogram(Histogram("h", "lines", (Bar("a", 0), Bar("b", None)))),
        scatter(Scatter("s", "x", "", "y", "", ())),
    ],
)
def test_without_any_data_a_picture_says_so(picture: str):
    assert "no data" in [text.text for text in parsed(picture).iter(f"{SVG}text")]
    assert circles(picture) == []


def test_few_cases_and_a_running_month_are_drawn_hollow():
    few = trend(Trend("t", "share", "lines", points(0.9, 0.8, n=4)))
    assert [one.get("fill") for one in circles(few)] == ["var(--card)", "var(--card)"]
    running = Point(date(2026, 3, 1), 0.7, 50, is_running=True)
    picture = trend(Trend("t", "share", "lines", (*points(0.9, 0.8, n=50), running)))
    assert [one.get("fill") for one in circles(picture)] == ["var(--accent)", "var(--accent)", "var(--card)"]
    assert "Mar 2026 still running" in picture


def test_an_interval_that_is_far_wider_than_the_values_does_not_flatten_them():
    wide = tuple(Point(date(2026, month, 1), 100.0 * month, 9, 0.0, 1e6) for month in range(1, 6))
    ys = [float(one.get("cy") or 0) for one in circles(trend(Trend("t", "ppm", "units", wide)))]
    assert max(ys) - min(ys) > 50


def test_a_target_beyond_all_values_is_inside_the_picture():
    picture = a_trend(0.2, 0.25, target=0.95)
    target = next(path for path in parsed(picture).iter(f"{SVG}path") if path.get("stroke-dasharray") == "5 4")
    highest = min(float(one.get("cy") or 0) for one in circles(picture))
    assert 30 < float(re.findall(r"[\d.]+", target.get("d") or "")[1]) < highest


def test_columns_are_as_high_as_their_counts_and_an_empty_class_has_none():
    picture = histogram(Histogram("h", "lines", (Bar("a", 10), Bar("b", 5), Bar("c", 0))))
    heights = [float(rect.get("height") or 0) for rect in parsed(picture).iter(f"{SVG}rect")]
    assert len(heights) == 2
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)


def test_an_unknown_amount_has_no_bar_and_is_said_to_be_unknown():
    picture = bars(Bars("b", "money(EUR)", (Bar("a", 100), Bar("b", None))))
    assert len(list(parsed(picture).iter(f"{SVG}rect"))) == 1
    assert "no data" in [text.text for text in parsed(picture).iter(f"{SVG}text")]


def test_the_lead_time_curve_tells_what_is_not_known_yet():
    description = parsed(a_curve()).findtext(f"{SVG}desc") or ""
    assert "2 open, the oldest for 40 days" in description
    assert "50 % had arrived by day 20" in description
    assert "the day by which 90 % arrive is not known yet" in description
    assert len([t for t in parsed(a_curve()).iter(f"{SVG}text") if "90 %" in (t.text or "")]) == 0


def test_a_logarithmic_scale_leaves_out_what_has_no_place_and_says_so():
    dots = (Dot("a", 0, 10, MET), Dot("b", 100, 10, MISSED), Dot("c", 1000, 80, MET))
    picture = scatter(Scatter("s", "spend", "", "health", "", dots, Zone("fix first", 50, 50), "log"))
    assert len(list(parsed(picture).iter(f"{SVG}g"))) == 2
    assert "1 in the zone fix first; 1 without a place" in (parsed(picture).findtext(f"{SVG}desc") or "")


def test_each_state_has_a_shape_of_its_own():
    shapes = {parsed(shape(kind, 0, 0)).get("d") for kind in ("ok", "watch", "alert", "unknown")}
    assert len(shapes) == 4


@pytest.mark.parametrize("values", [(0.0,), (5.0, 5.0), (-3.0, 8.0), (1e-9, 2e9), (), (0.97, 0.99)])
def test_ticks_are_round_and_hold_all_values(values: tuple[float, ...]):
    ticks = round_ticks(values)
    assert 2 <= len(ticks) <= 8
    assert all(ticks[0] - 1e-6 <= value <= ticks[-1] + 1e-6 for value in values)
    assert list(ticks) == sorted(set(ticks))
