"""What is shared with vendors is said by name; whatever is not meant is refused with a sentence."""

from pathlib import Path

import pytest

from config.sharing import load_sharing
from ecosystem.errors import UsageError


def test_the_committed_protocol_shares_no_rank_no_standard_price_and_no_voice_of_people():
    settings = load_sharing()
    shared = {f"{mart}.{column}" for mart, rows in settings.own_rows.items() for column in rows.columns}
    assert len(shared) > 200
    words = ("rank", "nps", "standard", "prior_", "shrunk", "data_flags", "stock_", "assign", "_by", "crm_")
    told = {column for column in shared if any(word in column.partition(".")[2] for word in words)}
    assert told == {"fct_promise_change.moved_by"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("other_vendors_at_least: 4\nown_rows: {}", "other_vendors_at_least"),
        ("own_rows: {dim_vendor: {columns: []}}", "own_rows.dim_vendor.columns"),
        ("own_rows: {dim_vendor: {columns: [vendor_key], rows: all}}", "own_rows.dim_vendor.rows"),
        ("own_rows: {dim_vendor: {columns: ['vendor_key; drop table x']}}", "own_rows.dim_vendor.columns.0"),
        ("own_rows: {x: {columns: [vendor_key], except: {kind: []}}}", "except"),
        ("for_everyone: {}", "own_rows"),
    ],
)
def test_a_protocol_that_cannot_be_meant_is_refused_by_its_key(tmp_path: Path, text: str, words: str):
    (tmp_path / "sharing.yml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=words) as refused:
        load_sharing(tmp_path)
    assert str(tmp_path / "sharing.yml") in str(refused.value)
