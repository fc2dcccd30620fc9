"""What each edition may show of a vendor's rows."""

from collections.abc import Mapping

from publishing.review_pack.review import Edition, Review
from publishing.review_pack.rows import VendorRows

# The vendor reads neither what is said about it inside the company nor what would show how it compares with others.
NOT_SHARED: Mapping[str, frozenset[str]] = {
    "vendor_warning": frozenset({"*"}),
    "alert_opening": frozenset({"*"}),
    "fct_saving": frozenset({"identified_on", "identified_company_amount"}),
    "vendor_month": frozenset(
        {
            "price_variance_standard",
            "price_variance_standard_n",
            "price_variance_last_paid",
            "price_variance_last_paid_n",
        }
    ),
}


def edition_of(review: Review, edition: Edition) -> Review:
    """The review as the reader of an edition may see it."""
    if edition is Edition.BUYER:
        return review
    return review.shown_to(edition, shared_rows(review.rows))


def shared_rows(rows: VendorRows) -> VendorRows:
    """The vendor's rows with what is shared with it."""
    shared = {
        mart: columns - NOT_SHARED.get(mart, frozenset())
        for mart, columns in rows.columns.items()
        if "*" not in NOT_SHARED.get(mart, ())
    }
    return rows.restricted(shared)
