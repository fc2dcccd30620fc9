"""What a small company does not hold: each engine macro over the values at its edges, on both engines."""

import math
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]

Ask = Callable[[str], tuple[list[Any], list[Any]]]

TEXTS = ("00010", "0", "000", "", " ", " 7 ", "A-01", "٣", 'Ümläut & "Söhne" GmbH', "2026-Q3", "2026-Q5", "x2026-Q1")


@pytest.fixture(scope="module")
def ask(spark: Any, dbt: Any, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """The rows of a query with macros, on DuckDB and on Spark."""
    file = tmp_path_factory.mktemp("empty") / "ecosystem.duckdb"

    def answers(sql: str) -> tuple[list[Any], list[Any]]:
        command = ("show", "--limit", "-1", "--inline", sql)
        outcomes = (dbt.run(file, *command), spark.dbt(*command))
        on_duckdb, on_spark = (
            [dict(row.items()) for row in outcome.results[0].agate_table.rows] for outcome in outcomes
        )
        assert on_duckdb
        return on_duckdb, on_spark

    return answers


def test_texts_are_read_alike(ask):
    columns = {
        "number": "{{ normalised_number('given') }}",
        "name": "{{ normalised_name('given') }}",
        "quarter": "cast({{ quarter_start('given') }} as string)",
        "is_some": "case when {{ differs('given', 'null') }} then 1 else 0 end",
        "is_other": "case when {{ differs('given', \"'0'\") }} then 1 else 0 end",
    }
    rows = [f"select {place} as place, '{text}' as given" for place, text in enumerate(TEXTS)]
    rows.append("select -1 as place, cast(null as string) as given")
    listed = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    on_duckdb, on_spark = ask(f"select place, {listed} from ({' union all '.join(rows)}) as texts order by place")
    assert on_spark == on_duckdb
    assert [row["number"] for row in on_duckdb[1:4]] == ["10", "0", "0"]
    assert [row["quarter"] for row in on_duckdb[10:]] == ["2026-07-01", None, None]


def test_buckets_keep_the_order_of_numbers_and_other_texts_lie_below_them(ask):
    texts = ("0", "10", "4500000001", "999999999999", "9999999999999", "-1", "1_000", "+5", "A-01", "٣", "")
    rows = [f"select {place} as place, '{text}' as given" for place, text in enumerate(texts)]
    rows.append(f"select {len(texts)} as place, cast(null as string) as given")
    bucket = "{{ bucket([\"'erp'\", 'given']) }}"
    read = f"case when {bucket} < 0 then -1 else {bucket} % {{{{ numbers_in_bucket() }}}} end as number"
    on_duckdb, on_spark = ask(f"select place, {read} from ({' union all '.join(rows)}) as texts order by place")
    assert on_spark == on_duckdb
    assert [int(row["number"]) for row in on_duckdb] == [0, 10, 4500000001, 999999999999] + 8 * [-1]


@pytest.mark.parametrize(
    ("document", "key", "value"),
    [
        ('{"a.b": "x"}', "a.b", "x"),
        ('{"a": {"b": "x"}}', "a.b", None),
        ('{"price": 1.50}', "price", None),
        ('{"price": "1.50"}', "price", "1.50"),
        ('{"price": null}', "price", None),
        ('{"text": "Grüße\\n"}', "text", None),
    ],
)
def test_values_in_json_are_read_alike(ask, document, key, value):
    on_duckdb, on_spark = ask(
        f"select {{{{ json_value('document', '{key}') }}}} as value from (select '{document}' as document) as documents"
    )
    assert on_spark == on_duckdb
    assert value is None or on_duckdb == [{"value": value}]


def test_days_and_hours_are_counted_alike(ask):
    parts = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")
    dates = {
        **{f"{part}_diff": f"cast({{{{ dbt.datediff('day', 'instant', '{part}') }}}} as bigint)" for part in parts},
        **{f"{part}_back": f"cast({{{{ dbt.datediff('instant', 'day', '{part}') }}}} as bigint)" for part in parts},
        **{f"{part}_none": f"cast({{{{ dbt.datediff('no_day', 'day', '{part}') }}}} as bigint)" for part in parts},
        **{f"{part}_later": f"cast({{{{ dbt.dateadd('{part}', '-1', 'instant') }}}} as timestamp)" for part in parts},
        "month_end": "cast({{ dbt.last_day('day', 'month') }} as string)",
        "leap": "cast({{ add_days('day', '2') }} as string)",
        "before": "cast({{ add_days('day', '-60') }} as string)",
        "never": "cast({{ add_days('no_day', '2') }} as string)",
        "days": "{{ days_between('day', 'instant') }}",
        "days_back": "{{ days_between('instant', 'day') }}",
        "no_days": "{{ days_between('day', 'no_day') }}",
        "hours": "{{ hours_between('day', 'instant') }}",
        "no_hours": "{{ hours_between('no_day', 'instant') }}",
        "month": "cast({{ month_of('instant') }} as string)",
        "quarter": "cast({{ quarter_of('day') }} as string)",
    }
    listed = ", ".join(f"{sql} as {name}" for name, sql in dates.items())
    on_duckdb, on_spark = ask(f"""
        select {listed}
        from (
            select
                cast('2028-02-28' as date) as day,
                cast(null as date) as no_day,
                cast('2028-06-30 23:59:59.9' as timestamp) as instant
        ) as given
    """)
    assert on_spark == on_duckdb
    assert (on_duckdb[0]["leap"], on_duckdb[0]["days"]) == ("2028-03-01", 123)


def test_percentiles_are_interpolated_alike(ask):
    values = " union all ".join(f"select {value} as value, null as nothing" for value in (1, 2, 10, "null", 4))
    on_duckdb, on_spark = ask(f"""
        select
            {{{{ percentile('value', 0.5) }}}} as p50,
            {{{{ percentile('value', 0.9) }}}} as p90,
            {{{{ percentile('nothing', 0.5) }}}} as of_nothing
        from ({values}) as numbers
    """)
    assert on_spark == on_duckdb
    assert float(on_duckdb[0]["p50"]) == 3


def test_a_date_had_passed_alike(ask):
    on_duckdb, on_spark = ask("""
        select
            {{ had_passed('day', '0', 'next_transition_at') }} as has_passed,
            {{ had_passed('day', '1', 'next_transition_at') }} as has_passed_with_grace,
            {{ had_passed('day', '1', 'no_transition') }} as nothing_is_to_come
        from (
            select
                cast('2026-03-31' as date) as day,
                cast('2026-04-02 00:00:00' as timestamp) as next_transition_at,
                cast(null as timestamp) as no_transition
        ) as given
    """)
    assert on_spark == on_duckdb
    assert on_duckdb == [{"has_passed": True, "has_passed_with_grace": False, "nothing_is_to_come": True}]


def test_the_logarithm_of_the_gamma_function_is_taken_alike(ask):
    values = " union all ".join(
        f"select cast({value} as double) as value" for value in (0.0001, 0.5, 1, 2.5, 99, 10_000.25)
    )
    on_duckdb, on_spark = ask(f"""
        select value, {{{{ log_gamma('value') }}}} as log_gamma from ({values}) as numbers order by value
    """)
    for one, other in zip(on_duckdb, on_spark, strict=True):
        assert float(other["log_gamma"]) == pytest.approx(float(one["log_gamma"]), rel=1e-11, abs=1e-11)
        assert float(one["log_gamma"]) == pytest.approx(math.lgamma(float(one["value"])), rel=1e-11, abs=1e-11)


def test_evidence_is_summed_up_alike(ask):
    days = (
        *((2, 0.5), (3, 0.75), (5, 1.0), (6, 2.5), (30, 2.5), (31, -1.5), (32, -0.75)),
        *((40, 1.5), (41, -1.5), (50, 3.0), (51, 0.5), (300, 0.5)),
    )
    scores = " union all ".join(
        f"select cast('2026-01-01' as date) as first_date, {day} as day, cast({score} as double) as score"
        for day, score in days
    )
    fields = {
        "known_date": "known_date",
        "score": "score",
        "alert_threshold": "cast(2 as double)",
        "watch_threshold": "cast(1 as double)",
        "recovery_threshold": "cast(2 as double)",
        "retell_days": "14",
        "lapse_days": "180",
    }
    on_duckdb, on_spark = ask(f"""
        with histories as (
            select {{{{ ordered_list({fields}) }}}} as days
            from (
                select {{{{ add_days('first_date', 'day') }}}} as known_date, score from ({scores}) as given
            ) as scores
        ),
        folded as (
            select {{{{ folded('histories.days', cusum_start(), cusum_step()) }}}} as state from histories
        ),
        turns as (
            select {{{{ each_element("state['turns']") }}}} as turned from folded
        )
        select
            cast(turned['turned_date'] as string) as turned_date,
            turned['turn'] as turn,
            cast(turned['since_date'] as string) as since_date,
            turned['statistic'] as statistic
        from turns
        order by turned_date, turn
    """)
    assert on_spark == on_duckdb
    turns = ["watch", "alert", "alert", "clear", "watch", "clear", "alert", "lapse"]
    assert [row["turn"] for row in on_duckdb] == turns
