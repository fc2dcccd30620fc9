"""A vendor's digest changes with each row its page is made from, and with nothing of others."""

from collections.abc import Mapping

from config.sharing import load_sharing
from publishing.site.vendor_page.marts import READS
from publishing.site.vendor_page.relations import readable
from publishing.site.vendor_page.setting import setting_of
from publishing.site.vendor_page.touched import vendor_digests
from tests.publishing.site.vendor_page.vendor_world import HOSTILE, KEYS, QUARTER, STEEL, World

ONE = STEEL[2]


def digests(world: World, code_hash: str = "code", is_own: bool = False) -> Mapping[str, str]:
    with readable(world.close(), load_sharing()) as source:
        setting = setting_of(source.manifest, currency="EUR", code_hash=code_hash, is_own=is_own)
        found = vendor_digests(source.connection, source.vendors if is_own else source.buyers, setting)
    assert list(found) == sorted(KEYS)
    assert len(set(found.values())) == len(KEYS)
    return found


def touched(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {key for key in before if before[key] != after[key]}


def test_the_same_rows_touch_nobody_in_whatever_order_they_lie(world: World):
    before = digests(world)
    for read in READS:
        world.run(f"create table other as from {read.mart} order by random()")
        world.run(f"drop table {read.mart}")
        world.run(f"alter table other rename to {read.mart}")
    assert touched(before, digests(world)) == set()


def test_a_changed_row_of_any_mart_touches_just_its_vendor(world: World):
    changed_marts = 0
    for read in READS:
        columns = [row[0] for row in world.run(f"describe {read.mart}") if row[1] == "VARCHAR"]
        column = next(name for name in reversed(columns) if name not in ("vendor_key", "category"))
        rows = world.run(f"select count(*) from {read.mart} where vendor_key = ?", [ONE])[0][0]
        before = digests(world)
        if rows:
            world.run(f"update {read.mart} set {column} = coalesce({column}, '') || '!' where vendor_key = ?", [ONE])
        else:
            world.add(read.mart, vendor_key=ONE)
        assert touched(before, digests(world)) == {ONE}, read.mart
        changed_marts += 1
    assert changed_marts == len(READS) > 10


def test_an_added_and_a_removed_row_touch_just_their_vendor(world: World):
    before = digests(world)
    world.add("fct_service_ticket", vendor_key=ONE, ticket_key="new")
    added = digests(world)
    assert touched(before, added) == {ONE}
    world.run("delete from fct_service_ticket where ticket_key = 'new'")
    assert digests(world) == before


def test_equal_rows_do_not_cancel_out(world: World):
    seen = [digests(world)[ONE]]
    for _ in range(3):
        world.add("fct_service_ticket", vendor_key=ONE, ticket_key="again")
        seen.append(digests(world)[ONE])
    assert len(set(seen)) == 4


def test_a_value_that_moves_to_another_column_or_row_is_a_change(world: World):
    world.add("fct_saving", vendor_key=ONE, saving_key="a", title="text")
    world.add("fct_saving", vendor_key=ONE, saving_key="b", kind="other")
    before = digests(world)
    world.run("update fct_saving set title = null, kind = 'text' where saving_key = 'a'")
    assert touched(before, digests(world)) == {ONE}
    world.run("update fct_saving set title = 'text', kind = null where saving_key = 'a'")
    assert digests(world) == before
    world.run("update fct_saving set title = null where saving_key = 'a'")
    world.run("update fct_saving set title = 'text' where saving_key = 'b'")
    assert touched(before, digests(world)) == {ONE}


def test_a_row_that_changes_hands_touches_both(world: World):
    before = digests(world)
    world.run("update fct_service_ticket set vendor_key = ? where vendor_key = ?", [HOSTILE, ONE])
    assert touched(before, digests(world)) == {HOSTILE, ONE}


def test_quartiles_of_peers_that_change_touch_their_category_alone(world: World):
    before = digests(world)
    world.run(
        "update vendor_quarter_health set score = 99 where quarter = ? and vendor_key in (?, ?, ?)",
        [QUARTER, *STEEL[:3]],
    )
    assert touched(before, digests(world)) == set(STEEL)


def test_code_and_calendar_and_staleness_touch_everybody(world: World):
    before = digests(world)
    assert touched(before, digests(world, code_hash="other")) == set(KEYS)
    world.manifest["as_of"] = "2026-07-03T23:00:00Z"
    world.write_manifest()
    assert digests(world) == before
    world.manifest["as_of"] = "2026-08-01T18:00:00Z"
    world.write_manifest()
    assert touched(before, digests(world)) == set(KEYS)
    world.manifest["as_of"] = "2026-07-03T18:00:00Z"
    world.manifest["marts"]["vendor_month"]["is_stale"] = True
    world.write_manifest()
    assert touched(before, digests(world)) == set(KEYS)


def test_a_day_that_passes_touches_those_whose_open_lines_wait(world: World):
    world.run("delete from fct_schedule_line where vendor_key = ? and state = 'overdue'", [HOSTILE])
    before = digests(world)
    world.manifest["as_of"] = "2026-07-04T18:00:00Z"
    world.write_manifest()
    assert touched(before, digests(world)) == set(STEEL)


def test_a_changed_definition_touches_every_own_site_for_it_stands_in_each(world: World):
    own, buyers = digests(world, is_own=True), digests(world)
    world.run("update kpi_definition set formula = 'other' where definition_id = 'slip_days'")
    assert touched(own, digests(world, is_own=True)) == set(KEYS)
    assert digests(world) == buyers


def test_what_is_not_shared_does_not_touch_the_vendors_own_site(world: World):
    own, buyers = digests(world, is_own=True), digests(world)
    world.run("update vendor_warning set evidence = 'other' where vendor_key = ?", [ONE])
    assert touched(buyers, digests(world)) == {ONE}
    assert digests(world, is_own=True) == own
    world.run("update vendor_warning set severity = 'watch' where vendor_key = ?", [ONE])
    assert touched(own, digests(world, is_own=True)) == {ONE}
