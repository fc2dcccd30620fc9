"""Bounds may only make a search quicker, never change what it finds."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.faces.expression import Comparison, Every, Expression, Some, certain_above, lower_bound, matcher
from sandbox.faces.sap_entities.orders import PURCHASE_ORDER
from sandbox.faces.sap_entities.purchasing import SUPPLIER
from sandbox.faces.tables import Sorted, Tables

values = st.integers(0, 5)
comparisons = st.builds(Comparison, st.sampled_from(["a", "b"]), st.sampled_from(["eq", "gt", "ge"]), values)
expressions = st.recursive(
    comparisons,
    lambda inner: (
        st.builds(Every, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Some, st.lists(inner, min_size=1, max_size=3).map(tuple))
    ),
    max_leaves=6,
)
documents = st.lists(st.fixed_dictionaries({"a": values, "b": st.none() | values}), max_size=20)


@settings(derandomize=True)
@given(documents, expressions, st.integers(0, 6), st.integers(0, 6))
def test_a_search_finds_what_a_test_of_every_document_finds(
    rows: list[dict[str, int]], expression: Expression, offset: int, size: int
) -> None:
    ordered = sorted(rows, key=lambda row: row["a"])
    found = Sorted(ordered, ("a",), [row["a"] for row in ordered]).matching(expression)
    expected = list(filter(matcher(expression), ordered))
    assert found.total == len(expected)
    assert found.page(0, found.total) == expected
    assert found.page(offset, size) == expected[offset : offset + size]


def test_a_keyset_filter_tests_only_the_ties() -> None:
    rows = [{"a": number // 3, "b": number} for number in range(3000)]
    keyset = Some((Comparison("a", "gt", 500), Every((Comparison("a", "eq", 500), Comparison("b", "gt", 1501)))))
    assert (lower_bound(keyset, "a"), certain_above(keyset, "a")) == (500, 500)
    found = Sorted(rows, ("a", "b"), [row["a"] for row in rows]).matching(keyset)
    assert list(found.tested) == [{"a": 500, "b": 1502}]
    assert found.page(0, 2) == [{"a": 500, "b": 1502}, {"a": 501, "b": 1503}]


def test_tables_are_sorted_once_until_the_clock_moves(source: Any) -> None:
    tables = Tables(source)
    before = tables.of(SUPPLIER).sorted_by(("Supplier",))
    assert tables.of(SUPPLIER).sorted_by(("Supplier",)) is before
    source.advance(1)
    assert len(tables.of(SUPPLIER).sorted_by(("Supplier",)).rows) == len(before.rows) + 1


@pytest.mark.parametrize("order", [(), ("Supplier",), ("CreationDate", "PurchaseOrder")])
def test_documents_with_nulls_in_the_order_come_first(source: Any, order: tuple[str, ...]) -> None:
    source.documents["purchase_order"][7]["CreationDate"] = None
    table = Tables(source).of(PURCHASE_ORDER)
    found = table.sorted_by(order).matching(Comparison("PurchaseOrder", "ge", "4500000001"))
    assert found.total == 20
    if order[:1] == ("CreationDate",):
        assert found.page(0, 1)[0]["PurchaseOrder"] == "4500000008"
