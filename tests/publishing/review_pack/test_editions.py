"""What each edition holds: the buyer's all, the vendor's nothing of others and nothing internal."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from ecosystem.paths import Home
from publishing.review_pack.judgement import judge
from publishing.review_pack.pack import PARTS, make_pack
from publishing.review_pack.page import page
from publishing.review_pack.quarter import Quarter
from publishing.review_pack.reading import open_publication, read_definitions, read_vendors, shared_with_vendors
from publishing.review_pack.review import Edition, Review
from publishing.review_pack.store import edition_folder
from tests.publishing.review_pack.review_world import BUSY, INTERNAL, NAMES, OTHER, QUARTER, SILENT, a_world

Reader = Callable[[str, Edition], str]


def others_values() -> Iterator[str]:
    """Names, keys and numbers of the other vendor that the busy one does not have too."""
    rows = a_world()
    values = {
        key: {
            str(value)
            for found in rows.values()
            for row in found
            if row.get("vendor_key") == key
            for value in row.values()
            if value is not None and not isinstance(value, bool)
        }
        for key in (BUSY, OTHER)
    }
    for value in sorted(values[OTHER] - values[BUSY]):
        if len(value) >= 4:
            yield value
    yield from ("Zanzibar", NAMES[OTHER], OTHER, "770002")


@pytest.mark.parametrize("edition", list(Edition))
def test_a_pack_holds_no_name_key_or_number_of_another_vendor(
    html_of: Reader, text_of: Reader, edition: Edition
) -> None:
    wanted = list(others_values())
    assert len(wanted) > 40
    page_of_other = html_of(OTHER, Edition.BUYER)
    assert sum(value in page_of_other for value in wanted) > 15, "the other vendor's values must be findable"
    for shown in (html_of(BUSY, edition), text_of(BUSY, edition)):
        assert [value for value in wanted if value in shown] == []


def test_the_vendors_folder_holds_nothing_of_others(packed: Home) -> None:
    folder = edition_folder(packed, Quarter(QUARTER), BUSY, Edition.VENDOR)
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", "review_pack.html", "review_pack.pdf"]
    manifest = (folder / "manifest.json").read_text(encoding="utf-8")
    assert json.loads(manifest)["vendor_key"] == BUSY
    assert "Zanzibar" not in manifest
    assert OTHER not in manifest


def test_the_vendors_edition_holds_nothing_internal(html_of: Reader, text_of: Reader) -> None:
    internal = (
        INTERNAL,
        "8,765,432",
        "7,654,321",
        "43.2",
        "33.2",
        "71.2",
        "7.8 %",
        "Price paid",
        "stakeholder",
        "incident",
    )
    inside = html_of(BUSY, Edition.BUYER)
    assert [value for value in internal if value not in inside] == [], "the buyer's edition must show them"
    for shown in (html_of(BUSY, Edition.VENDOR), text_of(BUSY, Edition.VENDOR)):
        assert [value for value in internal if value in shown] == []


def test_both_editions_say_the_same_of_what_both_show(html_of: Reader) -> None:
    shared = ("not met", "became better", "35.0 % of it", "EUR 10,000.80", "Nordwind forecast", "cannot tell", "86.0 %")
    for edition in Edition:
        shown = html_of(BUSY, edition)
        assert [words for words in shared if words not in shown] == []


def test_an_edition_says_what_is_not_part_of_it(html_of: Reader) -> None:
    assert "Not part of this edition: Price." in html_of(BUSY, Edition.VENDOR)
    assert "Not part of this edition" not in html_of(BUSY, Edition.BUYER)


@pytest.fixture(scope="module")
def vendors_review(packed: Home) -> Review:
    publication = open_publication(packed.current)
    shared, quarter = shared_with_vendors(publication), Quarter(QUARTER)
    every = read_vendors(publication, quarter, [BUSY])[BUSY]
    own = read_vendors(publication, quarter, [BUSY], shared)[BUSY]
    judgement = judge(quarter, publication.as_of, every)
    definitions = read_definitions(publication, shared)
    return Review(Edition.VENDOR, quarter, publication.as_of, own, judgement, definitions, publication.feeds)


def test_a_column_that_is_no_longer_shared_falls_away_and_breaks_nothing(vendors_review: Review) -> None:
    rows, tried = vendors_review.rows, 0
    for mart, columns in rows.columns.items():
        for column in columns:
            kept = {name: found - {column} if name == mart else found for name, found in rows.columns.items()}
            less = {
                name: tuple({key: value for key, value in row.items() if key in kept[name]} for row in rows.of(name))
                for name in kept
            }
            page(make_pack(replace(vendors_review, rows=replace(rows, columns=kept, rows=less)), "b"), Edition.VENDOR)
            tried += 1
    assert tried > 150


def test_a_mart_that_is_no_longer_shared_falls_away_and_breaks_nothing(vendors_review: Review) -> None:
    rows = vendors_review.rows
    assert len(rows.columns) > 10
    for mart in rows.columns:
        columns = {name: found for name, found in rows.columns.items() if name != mart}
        less = {name: rows.of(name) for name in columns}
        shown = page(
            make_pack(replace(vendors_review, rows=replace(rows, columns=columns, rows=less)), "b"), Edition.VENDOR
        )
        assert "<h1>" in shown
    nothing = page(make_pack(replace(vendors_review, rows=replace(rows, columns={}, rows={})), "b"), Edition.VENDOR)
    left_out = [part.title for part in PARTS if part.needs and Edition.VENDOR in part.editions]
    assert len(left_out) == 10
    assert all(title in nothing for title in left_out)
    assert "Nordwind" not in nothing


def test_a_vendor_without_data_gets_a_pack_that_says_so(html_of: Reader, text_of: Reader) -> None:
    for edition in Edition:
        for shown in (html_of(SILENT, edition), text_of(SILENT, edition)):
            assert "There is no data on this vendor in Q2 2026" in shown
            assert "no data" in shown
            assert "100.0 %" not in shown
            assert "0 of 0" not in shown
