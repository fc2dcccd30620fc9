"""Precision is measured from what people said, and unknown where they said nothing."""

import pytest

from alerts import actions, ledger
from alerts.actions import ReasonCode, Verdict
from alerts.precision import measure, rendered, wilson
from alerts.run import run_alerts

CLEARED = {"signal_state": "cleared", "clear_reason": "delivered"}


@pytest.fixture
def engine(home, publish, signal, smtp, day):
    """Ten mailed alerts of one rule and one of another."""
    publish([], day(1))
    run_alerts(home, day(1), smtp)
    publish([*(signal(line, 1) for line in range(1, 11)), signal(1, 2, rule_id="overdue")], day(2))
    run_alerts(home, day(2), smtp)
    opened = ledger.open_ledger(home)
    yield opened
    opened.dispose()


def judge(engine, day, *rows, verdict=Verdict.TRUE, action=actions.resolve):
    keys = [row["signal_key"] for row in rows]
    action(engine, keys, "Ada", day(3), reason_code=ReasonCode.VENDOR, verdict=verdict)


def measured(engine):
    with engine.connect() as connection:
        return {one.rule_id: (one.right, one.judged) for one in measure(connection)}


def test_without_a_verdict_precision_is_unknown(engine):
    with engine.connect() as connection:
        precisions = measure(connection)
    assert all((one.share, one.low, one.high) == (None, None, None) for one in precisions)
    assert rendered(precisions).count("unknown: nobody has judged one") == 3


def test_precision_counts_what_was_right_of_what_was_judged_by_rule(engine, signal, day):
    judge(engine, day, *(signal(line, 1) for line in (1, 2, 3)))
    judge(engine, day, signal(4, 1), verdict=Verdict.FALSE)
    assert measured(engine) == {"all": (3, 4), "overdue": (0, 0), "promise_moved_later": (3, 4)}
    with engine.connect() as connection:
        assert "75% (30% to 95%)" in rendered(measure(connection))


def test_of_several_verdicts_on_one_opening_the_last_counts_and_each_opening_by_itself(
    engine, home, publish, smtp, signal, day
):
    row = signal(1, 2, rule_id="overdue")
    judge(engine, day, row, verdict=Verdict.FALSE)
    judge(engine, day, row, action=actions.judge)
    assert measured(engine)["overdue"] == (1, 1)
    for number, state in ((4, CLEARED), (5, {})):
        publish([signal(1, 2, rule_id="overdue", **state)], day(number))
        run_alerts(home, day(number), smtp)
    judge_again = {"reason_code": ReasonCode.DATA, "verdict": Verdict.FALSE}
    actions.resolve(engine, [row["signal_key"]], "Ada", day(6), **judge_again)
    assert measured(engine)["overdue"] == (1, 2)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (1, 1, 0.2065, 1.0)],
)
def test_the_interval_is_wilsons(count, of, low, high):
    assert wilson(count, of) == pytest.approx((low, high), abs=1e-4)
