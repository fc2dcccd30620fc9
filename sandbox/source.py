"""What stands behind the sandbox's protocol faces: documents as they can be seen at one instant."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

Row = Mapping[str, Any]
"""One document under the wire field names. Values are `str`, `Decimal`, `date`, `datetime` (UTC), `bool`, `int` or
`None`; children are lists of rows under the navigation property's name. Rows are shared: never change one."""

ENTITIES = (
    "purchase_order",
    "material_document",
    "supplier",
    "inspection_lot",
    "usage_decision",
    "quality_notification",
    "supplier_invoice",
    "material_stock",
    "purchase_contract",
    "info_record",
    "product",
    "supplier_confirmation",
    "exchange_rate",
    "request_for_quotation",
    "supplier_quotation",
    "account",
    "survey_response",
    "innovation_proposal",
    "pilot",
    "pilot_criterion",
    "pilot_rating",
    "engagement",
    "roadmap_item",
    "joint_kpi",
    "saving",
    "reinvestment",
    "contract_renewal",
    "value_share_agreement",
    "incident",
    "task_sla",
    "metric_instance",
    "outage",
    "configuration_item",
)
"""The entities a source can be asked for; children come nested inside their parents."""


class Source(Protocol):
    """Documents and a clock.

    Between two calls of `advance` a source answers every question the same way.
    """

    def now(self) -> datetime:
        """The source's present (UTC)."""

    def rows(self, entity: str) -> Sequence[Row]:
        """All documents of one of `ENTITIES` that exist at `now()`, in their state at `now()`, ordered by key.

        An entity that the source does not hold gives no rows; a name that is not in `ENTITIES` is a `ValueError`.
        """

    def advance(self, days: int) -> None:
        """Move `now()` by whole days; `ValueError` if `days` is negative or beyond what the source knows."""


def check_entity(entity: str) -> None:
    """Refuse a name that is not in `ENTITIES` with a `ValueError`."""
    if entity not in ENTITIES:
        raise ValueError(f"The sandbox has no entity {entity!r}; it has {', '.join(ENTITIES)}.")
