"""What the sandbox's service portal offers."""

from sandbox.faces.entity import Entity, Field, Kind, of_kind, text


def _table(name: str, wire_name: str, *own_fields: Field) -> Entity:
    """A table with the system fields that all have."""
    return Entity(
        name=name,
        wire_name=wire_name,
        keys=("sys_id",),
        fields=(*text("sys_id"), *own_fields, *of_kind(Kind.INSTANT, "sys_created_on", "sys_updated_on")),
        change_field="sys_updated_on",
        tick=1_000_000,
    )


def _reference(name: str, target: str) -> Field:
    return Field(name, Kind.REFERENCE, target=target)


TABLES = (
    _table(
        "incident",
        "incident",
        *text("number", "state", "priority", "category", "contact_type"),
        _reference("assignment_group", "sys_user_group"),
        _reference("vendor", "core_company"),
        *text("vendor.name"),
        *of_kind(Kind.BOOLEAN, "made_sla"),
        *of_kind(Kind.INTEGER, "reopen_count", "reassignment_count"),
        *of_kind(Kind.INSTANT, "opened_at", "resolved_at", "closed_at"),
    ),
    _table(
        "task_sla",
        "task_sla",
        _reference("task", "task"),
        _reference("sla", "contract_sla"),
        *text("sla.name", "sla.type", "sla.target"),
        _reference("schedule", "cmn_schedule"),
        *text("schedule.name", "stage"),
        *of_kind(Kind.BOOLEAN, "has_breached"),
        *of_kind(Kind.INSTANT, "start_time", "end_time", "planned_end_time"),
        *of_kind(Kind.DURATION, "pause_duration", "business_pause_duration", "duration", "business_duration"),
    ),
    _table(
        "metric_instance",
        "metric_instance",
        *text("id"),  # the record's sys_id, of whatever table: no reference
        _reference("definition", "metric_definition"),
        *text("field", "value", "field_value"),
        *of_kind(Kind.INSTANT, "start", "end"),
        *of_kind(Kind.DURATION, "duration"),
        *of_kind(Kind.BOOLEAN, "calculation_complete"),
    ),
    _table(
        "outage",
        "cmdb_ci_outage",
        *text("number"),
        _reference("cmdb_ci", "cmdb_ci"),
        *text("type"),
        *of_kind(Kind.INSTANT, "begin", "end"),
        *of_kind(Kind.DURATION, "duration"),
    ),
    _table(
        "configuration_item",
        "cmdb_ci",
        *text("name", "sys_class_name"),
        _reference("vendor", "core_company"),
        *text("vendor.name", "install_status"),
        *of_kind(Kind.INSTANT, "install_date"),
    ),
)
