"""How SAP S/4HANA writes values: one format for each OData version."""

from connectors import odata
from connectors.decoding import WireFormat
from connectors.entity import Entity
from connectors.sap_s4hana.protocol import ODATA_V2, ODATA_V4

_FORMATS = {ODATA_V4: odata.V4, ODATA_V2: odata.V2}


def wire_format(entity: Entity) -> WireFormat:
    """The format of the protocol that serves the entity."""
    return _FORMATS[entity.protocol]
