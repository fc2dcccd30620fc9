"""Feeds: broken reads and rows set aside block; a stale feed never does (a dead CRM must not freeze delivery)."""

# ruff: noqa: S608 - the SQL is put together from this module's own names

from collections.abc import Mapping

from config.gate import GateSettings, ToleranceSettings
from expectations.check import Check, Suite, no_rows

_KEY = "system, connection_id, entity"


def suite(settings: GateSettings, accepted_reads: Mapping[str, int]) -> Suite:
    """The feeds' suite.

    Args:
        accepted_reads: rows of the full reads that were accepted last, as ``connection_id.entity``; a feed that is not
        among them is
            measured by its own full read before.
    """
    return Suite(
        table="feed_status",
        key=("system", "connection_id", "entity"),
        checks=(
            _no_empty_full_read(settings),
            _no_shrunken_full_read(settings, accepted_reads),
            _share(
                "quarantined_share",
                "rows set aside in quarantine stay within the tolerated share of all rows landed",
                "quarantined_rows",
                "landed_rows",
                settings.quarantine,
            ),
            _share(
                "quarantined_share_of_last_run",
                "rows set aside in quarantine stay within the tolerated share of the last complete extraction",
                "last_run_quarantined_rows",
                "last_run_rows",
                settings.quarantine,
            ),
            _share(
                "doubtful_share",
                "rows that carry data_flags stay within the tolerated share of the facts built from the feed",
                "doubtful_rows",
                "checked_rows",
                settings.doubtful,
            ),
            no_rows(
                "feed_is_fresh",
                "every feed had a complete extraction within its stale_after_hours; marts of a stale one are marked",
                f"select {_KEY}, last_complete_at, stale_after_hours from {{batch}} where is_stale",
                severity="warning",
            ),
        ),
    )


def _no_empty_full_read(settings: GateSettings) -> Check:
    return no_rows(
        "full_read_has_rows",
        "a read of a whole entity brings rows",
        f"""
        select {_KEY}, last_full_rows from {{batch}}
        where last_full_rows = 0 and system || '.' || entity not in ({_text_list(settings.full_read.may_be_empty)})
        """,
    )


def _no_shrunken_full_read(settings: GateSettings, accepted_reads: Mapping[str, int]) -> Check:
    tolerance = settings.full_read.shrink_tolerance_share
    measure = " ".join(
        f"when connection_id || '.' || entity = '{feed}' then {rows}" for feed, rows in sorted(accepted_reads.items())
    )
    accepted_rows = f"case {measure} else previous_full_rows end" if measure else "previous_full_rows"
    return no_rows(
        "full_read_has_not_shrunk",
        f"a read of a whole entity has lost at most {tolerance:.0%} of the rows of the one accepted before",
        f"""
        select {_KEY}, last_full_rows, accepted_rows
        from (select *, {accepted_rows} as accepted_rows from {{batch}}) as reads
        where last_full_rows < (1 - {tolerance}) * accepted_rows
        """,
    )


def _share(name: str, rule: str, part: str, whole: str, tolerance: ToleranceSettings) -> Check:
    return no_rows(
        name,
        f"{rule} ({tolerance.tolerance_share:.1%}, or {tolerance.tolerated_rows} rows)",
        f"""
        select {_KEY}, {part}, {whole} from {{batch}}
        where {part} > {tolerance.tolerated_rows} and {part} > {tolerance.tolerance_share} * {whole}
        """,
    )


def _text_list(values: frozenset[str]) -> str:
    return ", ".join(f"'{value}'" for value in sorted(values)) or "''"
