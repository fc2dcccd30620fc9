"""What the vendor proposed, what was tried, what it saved and what was put back."""

from collections.abc import Callable

from publishing.site.sections import Column, Section
from publishing.site.source import Row
from publishing.site.vendor_page.setting import Setting
from publishing.site.vendor_page.tables import shared_table
from publishing.site.vendor_page.vendor_rows import VendorRows

_SHOWN = 8
_PROPOSAL_COLUMNS = (
    Column("title", "Proposal"),
    Column("submitted_date", "Submitted", "date"),
    Column("status", "Status"),
    Column("is_waiting", "Waits for a decision", "flag"),
    Column("waiting_days", "Days waiting", "", if_null="–"),
    Column("feedback_days", "First feedback after days", "", definition_id="innovation_feedback", if_null="none yet"),
    Column("benefit_estimate", "Estimated benefit", "money", currency="currency"),
)
_PILOT_COLUMNS = (
    Column("title", "Pilot"),
    Column("start_date", "Start", "date"),
    Column("end_date", "End", "date", if_null="open"),
    Column("status", "Status"),
    Column("score", "Score", "share", definition_id="pilot_score"),
    Column("lesson_learned", "Lesson learned"),
)
_SAVING_COLUMNS = (
    Column("title", "Saving"),
    Column("stage", "Stage"),
    Column("identified_amount", "Found", "money", currency="currency"),
    Column("negotiated_amount", "Negotiated", "money", currency="currency", if_null="not yet"),
    Column("realised_amount", "Realised", "money", currency="currency", if_null="not yet"),
    Column(
        "validated_amount",
        "Validated",
        "money",
        currency="currency",
        definition_id="savings_validated",
        if_null="not yet",
    ),
    Column("is_taken_back", "Taken back", "flag"),
)
_REINVESTMENT_COLUMNS = (
    Column("booked_on", "Booked", "date"),
    Column("entry_type", "Kind"),
    Column("amount", "Amount", "money", currency="currency", definition_id="savings_reinvested"),
    Column("purpose", "Purpose"),
)


def ideas(rows: VendorRows, setting: Setting) -> Section | None:
    """Proposals, pilots, savings and reinvestments, the newest first."""
    tables = []
    for name, mart, date_column, key, columns, noun, words in (
        ("proposals", "fct_proposal", "submitted_date", "proposal_key", _PROPOSAL_COLUMNS, "proposal", "Proposals"),
        ("pilots", "pilot_scorecard", "start_date", "pilot_key", _PILOT_COLUMNS, "pilot", "Pilots"),
        ("savings", "fct_saving", "identified_on", "saving_key", _SAVING_COLUMNS, "saving", "Savings"),
        (
            "reinvestments",
            "fct_reinvestment",
            "booked_on",
            "reinvestment_key",
            _REINVESTMENT_COLUMNS,
            "entry",
            "Reinvestments",
        ),
    ):
        if rows.has(mart, date_column, key):
            tables.append(
                shared_table(
                    rows.chosen(name, mart, _all, _newest_first(date_column, key)),
                    columns,
                    caption=f"{words}, the newest first:",
                    noun=noun,
                    if_empty=f"There are no {words.lower()}.",
                    limit=_SHOWN,
                )
            )
    return Section(heading="Ideas, pilots and savings", tables=tuple(tables)) if tables else None


def _all(row: Row) -> bool:
    return True


def _newest_first(date_column: str, key: str) -> Callable[[Row], tuple[int, str]]:
    def place(row: Row) -> tuple[int, str]:
        return -(row[date_column].toordinal() if row[date_column] else 0), row[key]

    return place
