"""The clock and the sameness of the simulated company."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import oracle
from sandbox.source import ENTITIES
from sandbox.world import FIRST_NOW, LAST_NOW, World

CHANGE_FIELDS = {
    "purchase_order": "LastChangeDateTime",
    "inspection_lot": "ChangedDateTime",
    "usage_decision": "ChangedDateTime",
    "quality_notification": "LastChangeDateTime",
    "request_for_quotation": "LastChangeDateTime",
    "supplier_quotation": "LastChangeDateTime",
    "account": "SystemModstamp",
    "survey_response": "SystemModstamp",
    "innovation_proposal": "SystemModstamp",
    "incident": "sys_updated_on",
}


def digest(world):
    """Everything the world will ever hold, every state of every document."""
    text = hashlib.sha256()
    for entity, documents in world.truth.documents.items():
        text.update(entity.encode())
        for document in documents:
            text.update(repr(document).encode())
    text.update(repr(world.truth.episodes).encode() + repr(world.truth.promises).encode())
    return text.hexdigest()


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, str(Path(sys.argv[1]).parent))
from sandbox.world import World
from test_world import digest
print(digest(World(seed=11, size=0.1)))
"""


def test_the_same_seed_gives_the_same_world_in_another_process(small_world):
    assert sum(map(len, small_world.truth.documents.values())) > 10_000
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    command = [sys.executable, "-c", CHILD, __file__]
    child = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    assert child.stdout.strip() == digest(small_world)


def test_another_seed_gives_another_world(small_world):
    other = World(seed=12, size=0.1)
    assert digest(other) != digest(small_world)
    assert len(other.rows("supplier")) == len(small_world.rows("supplier")) == 202


def test_the_clock_starts_at_the_last_day_of_june_and_moves_to_the_next_evening(small_world):
    assert small_world.now() == FIRST_NOW == datetime(2026, 6, 30, 18, tzinfo=UTC)
    small_world.advance(1)
    assert small_world.now() == datetime(2026, 7, 1, 18, tzinfo=UTC)
    early = World(seed=11, size=0.1, start=datetime(2026, 7, 1, 9, tzinfo=UTC))
    early.advance(1)
    assert early.now() == datetime(2026, 7, 2, 18, tzinfo=UTC)


def test_the_world_knows_at_least_120_days_and_then_says_so(small_world):
    assert (LAST_NOW - FIRST_NOW).days >= 120
    small_world.advance((LAST_NOW - FIRST_NOW).days)
    with pytest.raises(ValueError, match="knows 2023-07-01"):
        small_world.advance(1)
    assert small_world.now() == LAST_NOW
    with pytest.raises(ValueError, match="cannot go back"):
        small_world.advance(-1)


def test_an_unknown_entity_is_refused(small_world):
    with pytest.raises(ValueError, match="purchase_order"):
        small_world.rows("purchase_orders")
    with pytest.raises(ValueError, match="no entity"):
        oracle.rows_at(small_world, "vendors", FIRST_NOW)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=5))
@settings(max_examples=10, deadline=None, derandomize=True)
def test_an_advanced_world_equals_one_that_starts_there(steps):
    moved = World(seed=11, size=0.1)
    for days in steps:
        moved.rows("purchase_order")
        moved.advance(days)
    fresh = World(seed=11, size=0.1, start=moved.now())
    for entity in ENTITIES:
        assert len(fresh.rows(entity)) > 20
        assert moved.rows(entity) == fresh.rows(entity) == oracle.rows_at(fresh, entity, moved.now())


@given(st.integers(0, 180), st.integers(1, 90))
@settings(max_examples=12, deadline=None, derandomize=True)
def test_time_only_adds_documents_and_moves_change_times_forward(first, later):
    small_world = World(seed=11, size=0.1)
    before = FIRST_NOW + timedelta(days=first - 90)
    after = before + timedelta(days=later)
    for entity, field in CHANGE_FIELDS.items():
        documents = small_world.truth.documents[entity]
        assert documents
        for document in documents:
            old, new = document.at(before), document.at(after)
            if old is not None:
                if new is None:
                    assert document.states[-1] is None
                    continue
                assert old[field] <= new[field] <= after
                assert (old == new) == (old[field] == new[field]) or old is not new


def test_every_entity_is_ordered_by_unique_keys(small_world):
    for entity, documents in small_world.truth.documents.items():
        keys = [document.key for document in documents]
        assert len(keys) >= 20, entity
        assert keys == sorted(set(keys)), entity
        for document in documents:
            assert list(document.instants) == sorted(set(document.instants))
            assert len(document.instants) == len(document.states) >= 1


def test_documents_of_every_changing_kind_change_days_after_they_appeared(small_world):
    for entity in ("purchase_order", "material_document", "account", "innovation_proposal", "incident"):
        documents = small_world.truth.documents[entity]
        spans = [(document.instants[-1] - document.instants[0]).days for document in documents]
        assert sum(days >= 2 for days in spans) >= 10, entity


def test_most_days_change_old_orders_and_tickets(small_world):
    for entity in ("purchase_order", "incident"):
        days = 0
        for count in range(60):
            today = FIRST_NOW + timedelta(days=count)
            fresh = oracle.versions(small_world, entity, today, today + timedelta(days=1))
            days += any(oracle.history(small_world, entity, found.key).instants[0] <= today for found in fresh)
        assert days >= 20, entity
