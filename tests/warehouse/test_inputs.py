"""What a build is made of, and when its id changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from config.sources import load_sources
from connectors.landing import Batch, list_batches
from ecosystem.paths import Home
from warehouse.inputs import Feed, Inputs, feeds, first_valid, gather, known_by, unchanged_staging

Day = Callable[[int], datetime]
Land = Callable[..., Batch]


@pytest.fixture
def gathered(home: Home, project: Path, day: Day) -> Callable[[int], Inputs]:
    return lambda number: gather(day(number), project, list_batches(home.landing), load_sources())


def feed(inputs: Inputs, entity: str = "thing") -> Feed:
    return next(feed for feed in inputs.feeds if feed.entity == entity)


def test_a_batch_extracted_at_the_as_of_time_is_known_and_a_later_one_is_not(gathered, land: Land) -> None:
    known, later = land("a", on=1), land("b", on=2)
    assert [batch.batch_id for batch in gathered(1).batches] == [known.batch_id]
    assert [batch.batch_id for batch in gathered(2).batches] == [known.batch_id, later.batch_id]


def test_the_same_inputs_give_the_same_id_and_any_other_input_another(gathered, land: Land, project: Path) -> None:
    land("a", on=1)
    ids = [gathered(1).build_id]
    assert gathered(1).build_id == ids[0]
    assert ids[0].startswith("20260630T180000Z-")
    ids.append(gathered(2).build_id)
    land("b", on=1)
    ids.append(gathered(1).build_id)
    (project / "seeds" / "label.csv").write_text("thing,label\na,apricot\n", encoding="utf-8")
    ids.append(gathered(1).build_id)
    (project / "models" / "marts" / "thing_total.sql").rename(project / "models" / "marts" / "thing_sum.sql")
    ids.append(gathered(1).build_id)
    inputs = gathered(1)
    ids.append(replace(inputs, feeds=tuple(replace(feed, stale_after_hours=1) for feed in inputs.feeds)).build_id)
    assert len(set(ids)) == len(ids)


def test_what_dbt_writes_into_its_project_is_no_input(gathered, land: Land, project: Path) -> None:
    land("a", on=1)
    before = gathered(1).build_id
    for name in ("target/manifest.json", "logs/dbt.log", "dbt_packages/x/dbt_project.yml", ".user.yml"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("x", encoding="utf-8")
    assert gathered(1).build_id == before


def test_a_feed_is_stale_when_its_last_complete_extraction_is_older_than_its_setting(
    gathered, land: Land, day: Day
) -> None:
    land("a", on=1)
    land("b", on=3, is_last=False)
    assert (feed(gathered(2)).last_complete_at, feed(gathered(2)).is_stale) == (day(1), False)
    assert (feed(gathered(3)).last_complete_at, feed(gathered(3)).is_stale) == (day(1), True)
    batches = gathered(1).batches
    at_the_limit = day(1) + timedelta(hours=36)
    assert [feed.is_stale for feed in feeds(batches, load_sources(), at_the_limit)] == [True, False]


def test_a_feed_that_never_landed_is_there_and_stale(gathered, land: Land) -> None:
    land("a", on=1)
    never = feed(gathered(1), "never_landed")
    assert (never.last_complete_at, never.is_stale, never.last_full_rows) == (None, True, None)


def test_full_reads_are_counted_by_run_and_only_when_complete(gathered, land: Land) -> None:
    land("abc", on=1, mode="full", is_last=False, run_id="first")
    land("de", on=1, mode="full", run_id="first")
    land("abcdefgh", on=2, mode="incremental")
    land("abcd", on=3, mode="full", is_last=False, run_id="died")
    assert (feed(gathered(3)).last_full_rows, feed(gathered(3)).previous_full_rows) == (5, None)
    land("", on=4, mode="full", run_id="empty")
    assert (feed(gathered(4)).last_full_rows, feed(gathered(4)).previous_full_rows) == (0, 5)


def test_own_records_are_feeds_that_never_are_stale(gathered, land: Land) -> None:
    land("a", on=1)
    own = [feed for feed in gathered(30).feeds if feed.kind == "own"]
    assert [feed.entity for feed in own] == ["alert_event", "published_batch", "published_value"]
    assert {(feed.system, feed.is_stale, feed.stale_after_hours) for feed in own} == {("ecosystem", False, None)}


def test_what_a_publication_was_made_without_was_not_known_then(land: Land, day: Day) -> None:
    early, late, newest = land("a", on=1), land("b", on=2), land("c", on=9)
    first_published = {early.batch_id: day(1), late.batch_id: day(6), "another batch of that day": day(3)}
    known = {
        number: [batch.batch_id for batch in known_by(day(number), (early, late, newest), first_published)]
        for number in (1, 2, 3, 4, 6, 9)
    }
    assert known[1] == [early.batch_id]
    # its clock says day 2, but the publication of day 3 was made without it
    assert known[2] == known[3] == known[4] == [early.batch_id]
    assert known[6] == [early.batch_id, late.batch_id]
    assert known[9] == [early.batch_id, late.batch_id, newest.batch_id]
    assert known_by(day(2), (early, late), {early.batch_id: day(1), late.batch_id: day(2)}) == (early, late)


def test_a_batch_that_no_publication_has_shown_is_known_after_those_made_without_it(land: Land, day: Day) -> None:
    landed_late = land("a", on=2)
    first_published = {"another": day(4)}
    assert known_by(day(4), (landed_late,), first_published) == ()
    assert known_by(day(5), (landed_late,), first_published) == (landed_late,)


def test_a_staging_model_runs_when_its_entity_has_new_rows(project: Path, land: Land) -> None:
    staging = project / "models" / "staging"
    for entity in ("thing", "other"):
        (staging / f"stg_shop__{entity}.sql").write_text("select 1", encoding="utf-8")
    assert unchanged_staging(project, []) == ("stg_shop__other", "stg_shop__thing")
    assert unchanged_staging(project, [land("a", on=1)]) == ("stg_shop__other",)
    assert unchanged_staging(project, [land("", on=2)]) == ("stg_shop__other", "stg_shop__thing")


def test_a_setting_that_becomes_valid_is_noticed_on_its_day(project: Path) -> None:
    (project / "seeds" / "seed_kpi_setting.csv").write_text(
        "setting,valid_from\ngrace,2026-01-01\ngrace,2026-07-02\ngrace,2026-07-09\n", encoding="utf-8"
    )
    assert first_valid(project, date(2026, 6, 30), date(2026, 7, 1)) is None
    assert first_valid(project, date(2026, 7, 1), date(2026, 7, 2)) == date(2026, 7, 2)
    assert first_valid(project, date(2026, 7, 2), date(2026, 7, 8)) is None
    assert first_valid(project, date(2026, 7, 1), date(2026, 7, 31)) == date(2026, 7, 2)
