"""Invoice lines: reversed documents count nothing, and no amount is converted without a rate."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="fct_invoice_line",
    key=("invoice_line_key", "invoice", "invoice_line"),
    fed_by=("supplier_invoice_item",),
    checks=(
        no_rows(
            "vendor_is_known",
            "every invoicing party is in dim_vendor",
            """
            select invoice_line_key, invoice, invoice_line, vendor_key from {batch}
            where vendor_key is not null and vendor_key not in (select vendor_key from marts.dim_vendor)
            """,
            "warning",
        ),
        no_rows(
            "reversed_counts_nothing",
            "a reversed document has effective amounts and quantities of 0",
            """
            select invoice_line_key, invoice, invoice_line, effective_amount, effective_quantity from {batch}
            where is_reversed and (effective_amount <> 0 or effective_quantity <> 0)
            """,
        ),
        no_rows(
            "converted_at_a_rate",
            "an amount in company currency is the effective amount times the rate of the posting date",
            """
            select invoice_line_key, invoice, invoice_line, effective_amount_company from {batch}
            where abs(effective_amount_company - cast(effective_amount as double) * rate_at_posting_date) > 0.01
                or (effective_amount_company is not null and rate_at_posting_date is null)
            """,
        ),
        no_rows(
            "rates_are_there",
            "every currency has a rate on the posting date",
            """
            select invoice_line_key, invoice, invoice_line, currency, posting_date from {batch}
            where rate_at_posting_date is null
            """,
            "warning",
        ),
    ),
)
