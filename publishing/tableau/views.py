"""What a worksheet reads: fields of one data source, and filters on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from publishing.semantic.identity import stable_id
from publishing.tableau.datasource import Source, column
from publishing.tableau.fields import VENDORS, Field

USER = "http://www.tableausoftware.com/xml/user"
VENDOR_PARAMETER = "[Parameters].[Vendor]"
_CHOSEN_VENDOR = "Chosen vendor"


@dataclass(frozen=True)
class Shown:
    """A field as a worksheet uses it: ``derivation`` is Tableau's word for how, ``instance`` its name there."""

    field: Field
    derivation: str
    instance: str
    kind: str


def simple_id(*path: str) -> str:
    """An id as Tableau writes it."""
    return f"{{{str(stable_id(*path)).upper()}}}"


def view(table: Element, one: Source, shown: Sequence[Shown], named: Sequence[Shown], of_one_vendor: bool) -> None:
    """Add the ``view`` of a worksheet to its table.

    ``named`` are measures that stand side by side; ``of_one_vendor`` says that the parameter filters it.
    """
    made = SubElement(table, "view")
    listed = SubElement(made, "datasources")
    SubElement(listed, "datasource", caption=one.table.name, name=one.name)
    used = {value.field.name: value.field for value in shown}
    instances = [(value.field.name, value.derivation, value.instance, value.kind) for value in shown]
    extra = []
    if of_one_vendor:
        SubElement(listed, "datasource", caption="Parameters", name="Parameters")
        SubElement(made, "datasource-dependencies", datasource="Parameters").append(parameter())
        name = one.by_column[(VENDORS, "vendor_name")]
        used[name.name] = name
        extra.append(_chosen_vendor(name))
        instances.append((_CHOSEN_VENDOR, "None", f"none:{_CHOSEN_VENDOR}:nk", "nominal"))
    dependencies = SubElement(made, "datasource-dependencies", datasource=one.name)
    dependencies.extend([*(column(field, is_described=False) for field in used.values()), *extra])
    for name_of_field, derivation, instance, kind in dict.fromkeys(instances):
        about = {"column": f"[{name_of_field}]", "derivation": derivation, "name": f"[{instance}]"}
        SubElement(dependencies, "column-instance", about, pivot="key", type=kind)
    _filters(made, one, named, of_one_vendor)
    SubElement(made, "aggregation", value="true")


def parameter() -> Element:
    """The parameter that the vendor page is filtered by."""
    about = {
        "caption": "Vendor name holds", "datatype": "string", "name": "[Vendor]", "param-domain-type": "any",
        "role": "measure", "type": "nominal", "value": '""',
    }  # fmt: skip
    made = Element("column", about)
    SubElement(made, "calculation", {"class": "tableau", "formula": '""'})
    return made


def _chosen_vendor(name: Field) -> Element:
    """Whether a row is of the vendors whose name holds what the parameter says; all of them while it is empty."""
    formula = f'{VENDOR_PARAMETER} = "" OR CONTAINS(LOWER([{name.name}]), LOWER({VENDOR_PARAMETER}))'
    about = {"caption": _CHOSEN_VENDOR, "datatype": "boolean", "name": f"[{_CHOSEN_VENDOR}]", "role": "dimension"}
    made = Element("column", about, type="nominal")
    SubElement(made, "calculation", {"class": "tableau", "formula": formula})
    return made


def _filters(made: Element, one: Source, named: Sequence[Shown], of_one_vendor: bool) -> None:
    filtered = []
    if named:
        members = [f'"[{one.name}].[{value.instance}]"' for value in named]
        filtered.append(_filter(made, one, "[:Measure Names]", members))
    if of_one_vendor:
        filtered.append(_filter(made, one, f"[none:{_CHOSEN_VENDOR}:nk]", ["true"]))
    if filtered:
        slices = SubElement(made, "slices")
        for name in filtered:
            SubElement(slices, "column").text = name


def _filter(made: Element, one: Source, level: str, members: Sequence[str]) -> str:
    """A filter that keeps the members; returns the full name of what it filters by."""
    name = f"[{one.name}].{level}"
    kept = SubElement(made, "filter", {"class": "categorical", "column": name})
    if len(members) > 1:
        kept = SubElement(kept, "groupfilter", {"function": "union", f"{{{USER}}}op": "manual"})
    for member in members:
        SubElement(kept, "groupfilter", function="member", level=level, member=member)
    return name
