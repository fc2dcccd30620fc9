"""From records on the wire to typed rows: declared fields to their types, the rest to ``_extra``, nothing else changed.

What cannot be read becomes null and its raw text is kept in ``_unreadable``, so that no row is lost to one bad value. A
source that has changed its fields is another matter: a declared field that is missing everywhere ends the extract.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa

from connectors.entity import Entity, Field, Kind
from connectors.landing import CHILD_KEYS, INSTANT
from connectors.pseudonym import Pseudonyms
from ecosystem.errors import EcosystemError

Record = Mapping[str, Any]
"""One row as it came, decoded from JSON and nothing more."""

Decoder = Callable[[Any, Field], Any]
"""A value on the wire (never ``None``) to its typed value, or ``None`` where the protocol has another sign for null.

Raises ``ValueError``, ``TypeError``, ``ArithmeticError`` when the value is not what the field declares.
"""

WITHHELD = "(withheld)"
LONGEST_SHOWN = 80


@dataclass(frozen=True)
class WireFormat:
    """How one protocol writes values.

    Attributes:
        decoders: one for each kind of field that the protocol's entities have.
        nested: the records of a child collection, from the value of its navigation property.
        is_envelope: whether a member of a record belongs to the protocol and not to the data.
    """

    decoders: Mapping[Kind, Decoder]
    nested: Callable[[Any], Sequence[Record]]
    is_envelope: Callable[[str], bool]


@dataclass(frozen=True)
class Unreadable:
    """The first unreadable value of a table, as an example."""

    field: str
    shown: str


@dataclass(frozen=True)
class DecodedTable:
    """Rows of one entity, ready to land; ``_extracted_at`` and the like are added by the landing zone."""

    entity: Entity
    table: pa.Table
    example: Unreadable | None
    latest_change: datetime | None


@dataclass(frozen=True)
class Decoding:
    """What does not change from page to page.

    Attributes:
        system: for error texts.
        personal_names: field names, case-folded, whose values never land as they are, wherever they turn up.
        pseudonyms: needed as soon as a declared field is personal.
    """

    system: str
    wire: WireFormat
    personal_names: frozenset[str]
    pseudonyms: Pseudonyms | None


def decode_page(entity: Entity, records: Sequence[Record], decoding: Decoding) -> list[DecodedTable]:
    """Tables of the entity and its descendants, in the order in which they must land: children before parents.

    Raises:
        EcosystemError: a declared field or a child collection is missing.
    """
    parent = _decode(entity, records, decoding)
    changed_at = _change_times(entity, parent)
    child_keys: list[list[str]] = [[] for _ in records]
    tables: list[DecodedTable] = []

    def descend(owner: Entity, owner_records: Sequence[Record], roots: Sequence[int]) -> None:
        for child in owner.children:
            child_records: list[Record] = []
            child_roots: list[int] = []
            for record, root in zip(owner_records, roots, strict=True):
                nested = _nested(owner, child, record, decoding)
                child_records.extend(nested)
                child_roots.extend([root] * len(nested))
            descend(child, child_records, child_roots)
            decoded = _decode(child, child_records, decoding)
            own_key = [decoded.columns[name] for name in child.key if name not in entity.key]
            for root, parts in zip(child_roots, zip(*own_key, strict=True), strict=True):
                if all(part is not None for part in parts):
                    child_keys[root].append("/".join([child.name, *parts]))
            tables.append(_table(child, decoded, [changed_at[root] for root in child_roots], None))

    descend(entity, records, range(len(records)))
    tables.append(_table(entity, parent, changed_at, child_keys if entity.children else None))
    return tables


@dataclass(frozen=True)
class _Columns:
    columns: Mapping[str, list[Any]]
    extra: list[str | None]
    unreadable: list[str | None]
    example: Unreadable | None


def _decode(entity: Entity, records: Sequence[Record], decoding: Decoding) -> _Columns:
    columns: dict[str, list[Any]] = {}
    unreadable: dict[int, dict[str, str]] = {}
    example = None
    for field in entity.fields:
        values = [record.get(field.name) for record in records]
        if records and not any(field.name in record for record in records):
            raise EcosystemError(
                f"{decoding.system} sends no field {field.name} in any of {len(records)} rows of {entity.name} (the"
                f" first has {', '.join(sorted(records[0]))[:300]}): give the user of the connection permission to read"
                " it, or take it out of the entity table."
            )
        columns[field.name], failed = _column(entity, field, values, decoding)
        for row, raw in failed.items():
            shown = WITHHELD if field.is_personal else raw
            unreadable.setdefault(row, {})[field.name] = shown
            example = example or Unreadable(field.name, shown[:LONGEST_SHOWN])
    return _Columns(
        columns=columns,
        extra=_extras(entity, records, decoding),
        unreadable=[_json(unreadable[row]) if row in unreadable else None for row in range(len(records))],
        example=example,
    )


def _column(entity: Entity, field: Field, values: list[Any], decoding: Decoding) -> tuple[list[Any], dict[int, str]]:
    """Typed values, and the raw texts of those that cannot be read, by row."""
    decoder = decoding.wire.decoders[field.kind]
    is_key = field.name in entity.key
    typed: list[Any] = []
    failed: dict[int, str] = {}
    for row, value in enumerate(values):
        read = None
        if value is not None:
            try:
                read = decoder(value, field)
            except (ValueError, TypeError, ArithmeticError):
                failed[row] = _raw(value)
        if value is None and field.name in entity.may_be_empty:
            read = ""
        elif is_key and (read is None or (read == "" and field.name not in entity.may_be_empty)):
            read = None
            failed[row] = _raw(value)
        typed.append(read)
    if field.is_personal:
        pseudonyms = decoding.pseudonyms
        if pseudonyms is None:
            raise EcosystemError(
                f"The field {field.name} of {entity.name} is personal and there is no key to hash it with."
            )
        typed = [pseudonyms.of(value) if value else value for value in typed]
    return typed, failed


def _nested(owner: Entity, child: Entity, record: Record, decoding: Decoding) -> Sequence[Record]:
    try:
        rows = decoding.wire.nested(record[child.source])
        if f"{child.source}@odata.nextLink" in record or not all(isinstance(row, dict) for row in rows):
            raise ValueError
    except (KeyError, ValueError, TypeError):
        key = "/".join(str(record.get(name)) for name in owner.key)
        raise EcosystemError(
            f"{decoding.system} sends {owner.name} {key[:LONGEST_SHOWN]} without its whole {child.source}, so its"
            f" {child.name} rows cannot be told from deleted ones: check that the user of the connection may read them."
        ) from None
    return rows


def _change_times(entity: Entity, decoded: _Columns) -> list[datetime | None]:
    rows = len(decoded.unreadable)
    if not entity.changed_at:
        return [None] * rows
    first, *rest = (decoded.columns[name] for name in entity.changed_at)
    if not rest and entity.field(entity.changed_at[0]).kind is Kind.DATE:
        return [day and datetime.combine(day, time.min, UTC) for day in first]
    if not rest:
        return first
    times = [time.fromisoformat(text) if text else None for text in rest[0]]
    return [
        datetime.combine(day, clock, UTC) if day is not None and clock is not None else None
        for day, clock in zip(first, times, strict=True)
    ]


def _table(
    entity: Entity, decoded: _Columns, changed_at: list[datetime | None], child_keys: list[list[str]] | None
) -> DecodedTable:
    rows = len(decoded.unreadable)
    arrays = {field.name: pa.array(decoded.columns[field.name], field.arrow_type) for field in entity.fields}
    deleted = decoded.columns[entity.deleted] if entity.deleted else [False] * rows
    arrays["_deleted"] = pa.array([bool(value) for value in deleted], pa.bool_())
    arrays["_changed_at"] = pa.array(changed_at, INSTANT)
    arrays["_extra"] = pa.array(decoded.extra, pa.string())
    arrays["_unreadable"] = pa.array(decoded.unreadable, pa.string())
    if child_keys is not None:
        arrays[CHILD_KEYS.name] = pa.array(child_keys, CHILD_KEYS.type)
    known = [instant for instant in changed_at if instant is not None]
    return DecodedTable(entity, pa.table(arrays), decoded.example, max(known, default=None))


def _extras(entity: Entity, records: Sequence[Record], decoding: Decoding) -> list[str | None]:
    declared = {field.name for field in entity.fields} | {child.source for child in entity.children}
    undeclared = {
        name for record in records for name in record.keys() - declared if not decoding.wire.is_envelope(name)
    }
    if not undeclared:
        return [None] * len(records)
    extras = ({name: record[name] for name in sorted(undeclared & record.keys())} for record in records)
    return [_json(_scrubbed(extra, decoding.personal_names)) if extra else None for extra in extras]


def _scrubbed(value: Any, personal_names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {
            name: WITHHELD if name.casefold() in personal_names else _scrubbed(member, personal_names)
            for name, member in value.items()
        }
    return [_scrubbed(member, personal_names) for member in value] if isinstance(value, list) else value


def _raw(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_decimal_as_number)


def _decimal_as_number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def text(value: Any, field: Field) -> str:
    """A JSON string as it is."""
    if not isinstance(value, str):
        raise ValueError(f"{field.name} is no text")
    return value


def truth(value: Any, field: Field) -> bool:
    """A JSON truth value."""
    if not isinstance(value, bool):
        raise ValueError(f"{field.name} is neither true nor false")
    return value


def exact_number(value: Any, field: Field) -> Decimal:
    """A number or its text, which must fit the declared digits: nothing is rounded."""
    if isinstance(value, bool):
        raise ValueError(f"{field.name} is no number")
    number = Decimal(value)
    if not number.is_finite() or number.normalize().as_tuple().exponent < -field.scale:  # type: ignore[operator]
        raise ValueError(f"{field.name} has more than {field.scale} digits after the point")
    if number.adjusted() >= field.precision - field.scale and number:
        raise ValueError(f"{field.name} has more than {field.precision - field.scale} digits before the point")
    return number.quantize(Decimal(1).scaleb(-field.scale))
