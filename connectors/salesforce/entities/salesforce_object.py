"""What all objects of Salesforce have in common."""

from connectors.entity import Entity, Field, boolean, instant, string


def salesforce_object(name: str, source: str, *own_fields: Field) -> Entity:
    """An object with the system fields that every query relies on."""
    return Entity(
        name=name,
        source=source,
        key=("Id",),
        changed_at=("SystemModstamp",),
        order=("SystemModstamp", "Id"),
        deleted="IsDeleted",
        fields=(
            string("Id"),
            *own_fields,
            instant("CreatedDate"),
            instant("SystemModstamp"),
            boolean("IsDeleted"),
        ),
    )
