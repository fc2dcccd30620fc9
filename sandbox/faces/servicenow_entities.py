"""What the sandbox's service portal offers."""

from sandbox.faces.entity import Entity, Field, Kind, of_kind, text

INCIDENT = Entity(
    name="incident",
    wire_name="incident",
    keys=("sys_id",),
    fields=(
        *text("sys_id", "number", "state", "priority", "category", "contact_type"),
        Field("assignment_group", Kind.REFERENCE, target="sys_user_group"),
        Field("vendor", Kind.REFERENCE, target="core_company"),
        *text("vendor.name"),
        *of_kind(Kind.BOOLEAN, "made_sla"),
        *of_kind(Kind.INTEGER, "reopen_count", "reassignment_count"),
        *of_kind(Kind.INSTANT, "opened_at", "resolved_at", "closed_at", "sys_created_on", "sys_updated_on"),
    ),
    change_field="sys_updated_on",
    tick=1_000_000,
)
