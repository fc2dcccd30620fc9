"""Documents as JSON text.

The text is put together from finished pieces instead of from Python objects, because a number must be written as
exactly the decimal it is (the standard encoder knows only binary floats) and because it is several times quicker.
"""

from collections.abc import Callable, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any

from sandbox.faces.entities import Field, Kind
from sandbox.source import Row

Write = Callable[[Any], str]
"""A value as JSON text."""

Encoding = Mapping[Kind, Callable[[Field], Write]]
"""How a protocol writes each kind of value that is not null."""

text: Write = encode_basestring


def always(write: Write) -> Callable[[Field], Write]:
    """A writer that does not depend on the field."""
    return lambda _field: write


def quoted(form: Callable[[Any], str]) -> Write:
    """Writes as a JSON string what `form` makes of a value; the form needs no escaping."""
    return lambda value: f'"{form(value)}"'


def field_writer(field: Field, encoding: Encoding) -> Write:
    """Writes a field's value. A text where another kind is declared goes out as it is, as a broken source sends it."""
    write = encoding[field.kind](field)
    if field.kind in (Kind.TEXT, Kind.REFERENCE, Kind.TIME):
        return lambda value: "null" if value is None else write(value)
    return lambda value: "null" if value is None else text(value) if type(value) is str else write(value)


def object_writer(parts: Sequence[tuple[str, Callable[[Row], str]]]) -> Callable[[Row], str]:
    """Writes a document as an object of these members, each made from the whole document."""
    pieces = [(f"{text(name)}:", make) for name, make in parts]
    return lambda row: "{" + ",".join([prefix + make(row) for prefix, make in pieces]) + "}"


def member(field: Field, encoding: Encoding) -> tuple[str, Callable[[Row], str]]:
    """The member that holds a field."""
    write, name = field_writer(field, encoding), field.name
    return name, lambda row: write(row[name])


def array_writer(name: str, write: Callable[[Row], str]) -> Callable[[Row], str]:
    """Writes the documents nested under a name as an array."""
    return lambda row: "[" + ",".join([write(child) for child in row[name]]) + "]"
