"""Goods receipts: what was taken back counts nothing, and a return takes away."""

from expectations.check import Suite, no_rows

SUITE = Suite(
    table="fct_goods_receipt",
    key=("goods_receipt_key", "purchase_order", "purchase_order_line"),
    fed_by=("material_document_item",),
    checks=(
        no_rows(
            "reversed_counts_nothing",
            "a reversed row has an effective quantity of 0",
            """
            select goods_receipt_key, purchase_order, purchase_order_line, effective_quantity from {batch}
            where is_reversed and effective_quantity <> 0
            """,
        ),
        no_rows(
            "sign_of_the_movement",
            "a receipt never takes away, a return or a reversal never adds",
            """
            select goods_receipt_key, purchase_order, purchase_order_line, movement, effective_quantity from {batch}
            where (movement = 'receipt' and effective_quantity < 0)
                or (movement <> 'receipt' and effective_quantity > 0)
            """,
        ),
        no_rows(
            "posting_date_plausible",
            "posting_date lies between 1990 and a day after the build's as-of time",
            """
            select goods_receipt_key, purchase_order, purchase_order_line, posting_date from {batch}
            where posting_date < date '1990-01-01' or posting_date > (select as_of + interval 1 day from control.build)
            """,
            "warning",
        ),
    ),
)
