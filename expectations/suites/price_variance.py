"""Price variances: the parts add up to the cent, and nothing is said without a baseline."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="price_variance",
    key=("price_variance_key",),
    # Without invoices that can be compared there is nothing to say.
    may_be_empty=True,
    checks=(
        no_rows(
            "price_and_currency_add_up",
            "price_variance + fx_variance = actual_amount - baseline_amount",
            """
            select price_variance_key, price_variance, fx_variance, actual_amount, baseline_amount from {batch}
            where price_variance + fx_variance <> actual_amount - baseline_amount
            """,
        ),
        no_rows(
            "parts_add_up",
            "price, currency, volume and mix add up to cost_variance",
            """
            select price_variance_key, price_variance, fx_variance, volume_variance, mix_variance, cost_variance
            from {batch}
            where coalesce(price_variance, 0) + coalesce(fx_variance, 0) + volume_variance + mix_variance
                <> cost_variance
            """,
        ),
        no_rows(
            "unknown_without_a_baseline",
            "no variance without a compared line",
            """
            select price_variance_key, compared_lines, price_variance from {batch}
            where compared_lines = 0 and price_variance is not null
            """,
        ),
    ),
)
