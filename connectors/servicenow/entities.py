"""What is read from ServiceNow."""

from connectors.entity import Entity, Field, boolean, duration, instant, integer, string


def _table(name: str, table: str, *own_fields: Field) -> Entity:
    """A table with the system fields that every query relies on."""
    return Entity(
        name=name,
        source=f"/api/now/table/{table}",
        key=("sys_id",),
        changed_at=("sys_updated_on",),
        order=("sys_updated_on", "sys_id"),
        fields=(
            string("sys_id"),
            *own_fields,
            instant("sys_created_on"),
            instant("sys_updated_on"),
        ),
    )


INCIDENT = _table(
    "incident",
    "incident",
    string("number"),
    string("state"),
    string("priority"),
    string("category"),
    string("contact_type"),
    string("assignment_group"),
    string("vendor"),
    string("vendor.name"),
    boolean("made_sla"),
    integer("reopen_count"),
    integer("reassignment_count"),
    instant("opened_at"),
    instant("resolved_at"),
    instant("closed_at"),
)

TASK_SLA = _table(
    "task_sla",
    "task_sla",
    string("task"),
    string("sla"),
    string("sla.name"),
    string("sla.type"),
    string("sla.target"),
    string("schedule"),
    string("schedule.name"),
    string("stage"),
    boolean("has_breached"),
    instant("start_time"),
    instant("end_time"),
    instant("planned_end_time"),
    duration("pause_duration"),
    duration("business_pause_duration"),
    duration("duration"),
    duration("business_duration"),
)

METRIC_INSTANCE = _table(
    "metric_instance",
    "metric_instance",
    string("id"),  # of the ticket
    string("definition"),
    string("field"),
    string("value"),
    string("field_value"),
    instant("start"),
    instant("end"),
    duration("duration"),
    boolean("calculation_complete"),
)

OUTAGE = _table(
    "outage",
    "cmdb_ci_outage",
    string("number"),
    string("cmdb_ci"),
    string("type"),
    instant("begin"),
    instant("end"),
    duration("duration"),
)

CONFIGURATION_ITEM = _table(
    "configuration_item",
    "cmdb_ci",
    string("name"),
    string("sys_class_name"),
    string("vendor"),
    string("vendor.name"),
    string("install_status"),
    instant("install_date"),
)

ENTITIES = (INCIDENT, TASK_SLA, METRIC_INSTANCE, OUTAGE, CONFIGURATION_ITEM)
