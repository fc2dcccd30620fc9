from datetime import timedelta

from sandbox import oracle
from sandbox.world import FIRST_NOW, World


def test_flattening_keeps_every_child_once_and_nothing_nested():
    world = World(seed=11, size=0.1)
    rows = world.rows("purchase_order")
    flat = oracle.flatten("purchase_order", rows)
    assert list(flat) == ["purchase_order", "purchase_order_item", "purchase_order_schedule_line"]
    assert len(flat["purchase_order"]) == len(rows) > 1_000
    assert len(flat["purchase_order_item"]) == sum(len(row["_PurchaseOrderItem"]) for row in rows)
    keys = {
        (row["PurchaseOrder"], row["PurchaseOrderItem"], row["ScheduleLine"])
        for row in flat["purchase_order_schedule_line"]
    }
    assert len(keys) == len(flat["purchase_order_schedule_line"]) > 2_000
    assert not any(isinstance(value, list) for part in flat.values() for row in part[:500] for value in row.values())


def test_the_versions_of_a_week_end_in_what_an_extract_newly_sees():
    world = World(seed=11, size=0.1)
    before = {row["sys_id"]: row for row in world.rows("incident")}
    world.advance(7)
    new = {row["sys_id"]: row for row in world.rows("incident") if before.get(row["sys_id"]) != row}
    versions = oracle.versions(world, "incident", FIRST_NOW, FIRST_NOW + timedelta(days=7))
    assert len(new) > 5
    assert {version.row["sys_id"]: version.row for version in versions} == new


def test_receipts_grow_with_booking_time():
    world = World(seed=11, size=0.1)
    early, late = (oracle.received_at(world, FIRST_NOW + timedelta(days=days)) for days in (0, 30))
    assert len(late) > len(early) > 1_000
    grown = [key for key in early if len(late[key]) > len(early[key])]
    assert grown
