"""What lands of this program's own doings: ``publishing`` and ``alerts`` write it, and no reader fetches it."""

from connectors.entity import Entity, boolean, date, double, instant, integer, string

PUBLISHED_VALUE = Entity(
    name="published_value",
    source="publishing",
    key=("value_key",),
    order=("published_at", "value_key"),
    fields=(
        string("value_key"),
        string("mart"),
        string("metric_id"),
        string("vendor_key"),
        string("period_kind"),
        date("period"),
        double("value"),
        integer("n"),
        double("lower"),
        double("upper"),
        string("definition_id"),
        integer("definition_version"),
        boolean("is_withdrawn"),
        string("build_id"),
        string("code_hash"),
        instant("published_at"),
        integer("change_number"),
        double("previous_value"),
        integer("previous_n"),
        integer("previous_definition_version"),
        instant("previous_published_at"),
    ),
)

PUBLISHED_BATCH = Entity(
    name="published_batch",
    source="publishing",
    key=("batch_id",),
    order=("published_at", "batch_id"),
    fields=(
        string("batch_id"),
        string("system"),
        string("connection_id"),
        string("entity"),
        string("build_id"),
        instant("published_at"),
        string("code_hash"),
    ),
)

ALERT_EVENT = Entity(
    name="alert_event",
    source="alerts",
    key=("event_key",),
    order=("at", "event_key"),
    fields=(
        string("event_key"),
        string("fingerprint"),
        integer("sequence"),
        string("stream"),
        string("rule_id"),
        string("kpi_family"),
        string("severity"),
        string("vendor_key"),
        string("subject_key"),
        string("purchase_order"),
        string("purchase_order_line"),
        string("schedule_line"),
        string("event"),
        string("from_state"),
        string("to_state"),
        instant("at"),
        string("reason"),
        string("build_id"),
        integer("opening"),
        string("reason_code"),
        string("verdict"),
    ),
)

ENTITIES = (PUBLISHED_VALUE, PUBLISHED_BATCH, ALERT_EVENT)
