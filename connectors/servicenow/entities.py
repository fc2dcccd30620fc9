"""What is read from ServiceNow."""

from connectors.entity import Entity, boolean, instant, integer, string

INCIDENT = Entity(
    name="incident",
    source="/api/now/table/incident",
    key=("sys_id",),
    changed_at=("sys_updated_on",),
    order=("sys_updated_on", "sys_id"),
    fields=(
        string("sys_id"),
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
        instant("sys_created_on"),
        instant("sys_updated_on"),
    ),
)

ENTITIES = (INCIDENT,)
