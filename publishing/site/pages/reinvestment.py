"""What is saved with vendors, and how much of it goes back into working with them."""

from publishing.site import figures
from publishing.site.charts.columns import Amounts, Columns, columns
from publishing.site.figures import Figure
from publishing.site.pages.series import Measure, drawing, tile
from publishing.site.pages.targets import read_targets, target_tile
from publishing.site.sections import Column, Drawing, Page, Section, Table, table
from publishing.site.source import Result, Source, quarters_before

QUARTERS_SHOWN = 9


def savings_quarters(source: Source) -> Result:
    """Found, validated and reinvested by quarter, in company currency; found counts what was not rejected."""
    return source.read(
        "savings-quarters",
        "with found as ("
        " select date_trunc('quarter', identified_on)::date as quarter,"
        " sum(identified_company_amount::decimal(18, 2)) as found_amount, count(*) as found_savings"
        " from fct_saving where kind = 'saving' and stage <> 'rejected' and identified_on is not null group by 1)"
        " select r.quarter, f.found_amount, coalesce(f.found_savings, 0) as found_savings, r.validated_amount,"
        " r.validated_savings, r.committed_amount, r.reinvested_amount, r.bonus_amount, r.savings_reinvested,"
        " r.savings_reinvested_n, r.unknown_amounts, r.company_currency"
        " from reinvestment_quarter as r left join found as f using (quarter) order by r.quarter",
    )


def savings_picture(source: Source, rows: Result) -> Drawing:
    """The three amounts side by side for the last quarters."""
    by_quarter = {row["quarter"]: row for row in rows}
    quarters = [
        quarter
        for back in range(QUARTERS_SHOWN - 1, -1, -1)
        for quarter in [quarters_before(source.running_quarter, back)]
        if quarter in by_quarter
    ]
    series = tuple(
        Amounts(name, tuple(_amount(by_quarter[quarter][key]) for quarter in quarters))
        for name, key in (
            ("found", "found_amount"),
            ("validated", "validated_amount"),
            ("reinvested", "reinvested_amount"),
        )
    )
    chart = Columns(
        "Savings found, validated and reinvested by quarter",
        f"money({source.currency})",
        tuple(f"Q{(one.month + 2) // 3} {one:%y}" for one in quarters),
        series,
        is_last_running=bool(quarters) and quarters[-1] == source.running_quarter,
    )
    caption = f"Savings found, validated by finance, and paid into pools, in {source.currency or 'company currency'}."
    return Drawing(columns(chart), caption, rows.name)


def reinvestment(source: Source) -> Page:
    """Savings from found to reinvested, the pools, and what vendors get of it."""
    rows = savings_quarters(source)
    money = f"money({source.currency})"
    tiles = tuple(
        target_tile(source, measure, series)
        for measure, series in read_targets(source)
        if measure.definition_id == "savings_reinvested"
    )
    targets = tuple(
        (measure, series) for measure, series in read_targets(source) if measure.definition_id == "savings_reinvested"
    )
    amounts = tuple(_tile(source, rows, key, label, money, noun) for key, label, noun in _AMOUNTS)
    share = tiles[0] if tiles else None
    return Page(
        path="reinvestment.html",
        title="Reinvestment",
        headline=f"{share.text} of validated savings were reinvested in the four quarters to {share.period}"
        if share and share.value is not None
        else "Nothing is known yet of savings that were reinvested",
        lead="A saving counts when finance has validated it, and is reinvested when the money was paid out: neither a"
        " promise nor a bonus counts.",
        sections=(
            Section("The last full quarter", tiles=(*tiles, *amounts)),
            Section(
                "How it went",
                drawings=(
                    savings_picture(source, rows),
                    *(drawing(source, measure, series) for measure, series in targets),
                ),
            ),
            Section(
                "Quarters",
                tables=(
                    table(
                        source.read("reinvestment-quarters", "from reinvestment_quarter order by quarter desc"),
                        (
                            Column("quarter", "Quarter", "quarter"),
                            Column(
                                "validated_amount",
                                "Validated",
                                money,
                                n="validated_savings",
                                definition_id="savings_validated",
                            ),
                            Column("committed_amount", "Committed", money),
                            Column("reinvested_amount", "Reinvested", money, definition_id="savings_reinvested"),
                            Column("bonus_amount", "Bonuses paid", money, definition_id="value_share_bonus"),
                            Column("savings_reinvested", "Share, four quarters", "share", n="savings_reinvested_n"),
                        ),
                        caption=f"{figures.quarter(source.running_quarter)} is still running.",
                        noun="quarter",
                    ),
                ),
            ),
            Section("Pools", tables=(_pools(source, money),)),
            Section("Value shared with vendors", tables=(_agreements(source),)),
            Section("Savings", tables=(_savings(source),)),
        ),
        files=(rows, *(series for _, series in targets)),
    )


_AMOUNTS = (
    ("found_amount", "Savings found", "found_savings"),
    ("validated_amount", "Savings validated", "validated_savings"),
    ("reinvested_amount", "Reinvested", ""),
)


def _tile(source: Source, rows: Result, key: str, label: str, unit: str, n: str) -> Figure:
    series = Result(
        rows.name,
        ("quarter", "value", "n"),
        tuple((row["quarter"], row[key], row[n] if n else None) for row in rows),
    )
    definition = "savings_reinvested" if key == "reinvested_amount" else "savings_validated"
    measure = Measure(
        key.replace("_", "-"), label, unit, "savings" if n else "", definition, "reinvestment_quarter", "CRM"
    )
    return tile(source, measure, series)


def _pools(source: Source, money: str) -> Table:
    rows = source.read(
        "pools",
        "select pool, count(*) as entries, max(booked_on) as last_booked_on,"
        " arg_max(balance, (booked_on, entry_key)) as balance,"
        " arg_max(open_commitment, (booked_on, entry_key)) as open_commitment,"
        " arg_max(reinvested_to_date, (booked_on, entry_key)) as reinvested_to_date, min(balance) as lowest_balance,"
        " any_value(company_currency) as company_currency from reinvestment_pool group by pool order by pool",
    )
    return table(
        rows,
        (
            Column("pool", "Pool"),
            Column("balance", "Balance", money),
            Column("open_commitment", "Committed, not paid", money),
            Column("reinvested_to_date", "Paid out so far", money, definition_id="savings_reinvested"),
            Column("lowest_balance", "Lowest balance ever", money),
            Column("last_booked_on", "Last entry", "date"),
        ),
        caption="What was saved into each pool and spent from it; below zero more was spent than saved.",
        noun="pool",
    )


def _agreements(source: Source) -> Table:
    rows = source.read(
        "value-share",
        "select a.vendor_key, v.vendor_name, agreement, quarter, standing_saving, capped_bonus, payable_amount,"
        " held_amount, quality_gate, delivery_gate_result, state, currency, agreement_key"
        " from value_share_quarter as a left join dim_vendor as v using (vendor_key)"
        " where quarter >= $from order by quarter desc, payable_amount desc nulls last, agreement_key",
        {"from": quarters_before(source.full_quarter, 3)},
    )
    return table(
        rows,
        (
            Column("vendor_name", "Vendor", "vendor"),
            Column("quarter", "Quarter", "quarter"),
            Column("standing_saving", "Saving that stands", "money", currency="currency"),
            Column("payable_amount", "Bonus to pay", "money", currency="currency", definition_id="value_share_bonus"),
            Column("quality_gate", "Quality gate"),
            Column("delivery_gate_result", "Delivery gate"),
            Column("state", "State"),
        ),
        caption="Agreements by quarter: what the vendor gets of the saving, after its quality and delivery gates.",
        limit=15,
    )


def _savings(source: Source) -> Table:
    rows = source.read(
        "savings",
        "select s.vendor_key, v.vendor_name, saving, title, kind, stage, identified_on, identified_amount,"
        " negotiated_amount, realised_amount, validated_on, validated_amount, currency, validated_by, is_taken_back"
        " from fct_saving as s left join dim_vendor as v using (vendor_key)"
        " order by identified_on desc nulls last, saving_key",
    )
    return table(
        rows,
        (
            Column("vendor_name", "Vendor", "vendor"),
            Column("title", "Saving"),
            Column("kind", "Kind"),
            Column("stage", "Stage"),
            Column("identified_on", "Found", "date"),
            Column("identified_amount", "Found amount", "money", currency="currency"),
            Column("validated_amount", "Validated", "money", currency="currency", definition_id="savings_validated"),
        ),
        caption="The newest first. An avoided cost is no saving and in no sum.",
        limit=15,
        noun="saving",
    )


def _amount(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]
