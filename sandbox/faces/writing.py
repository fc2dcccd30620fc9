"""Documents as JSON text.

The text is put together from finished pieces instead of from Python objects, because a number must be written as
exactly the decimal it is (the standard encoder knows only binary floats) and because it is several times quicker.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from sandbox.faces.entity import Field, Kind
from sandbox.source import Row

Write = Callable[[Any], str]
"""A value as JSON text."""

Encoding = Mapping[Kind, Callable[[Field], Write]]
"""How a protocol writes each kind of value that is not null."""

text: Write = encode_basestring


BOOLEANS = {True: "true", False: "false"}


def always(write: Write) -> Callable[[Field], Write]:
    """A writer that does not depend on the field."""
    return lambda _field: write


def quoted(form: Callable[[Any], str]) -> Write:
    """Writes as a JSON string what `form` makes of a value; the form needs no escaping, and few values differ."""
    return lru_cache(maxsize=10_000)(lambda value: f'"{form(value)}"')


@dataclass(frozen=True)
class Member:
    """A member of an object that is made from the whole document."""

    name: str
    write: Callable[[Row], str]


def object_writer(
    before: Sequence[Member],
    fields: Sequence[Field],
    encoding: Encoding,
    after: Sequence[Member] = (),
    null: str = "null",
) -> Callable[[Row], str]:
    """Writes a document as an object with these members, in this order.

    A text where another kind is declared goes out as it is, as from a source that keeps bad data.
    """
    pieces = [(f"{text(field.name)}:", field.name, encoding[field.kind](field)) for field in fields]
    heads = [(f"{text(member.name)}:", member.write) for member in before]
    tails = [(f"{text(member.name)}:", member.write) for member in after]

    def write(row: Row) -> str:
        members = [prefix + make(row) for prefix, make in heads]
        for prefix, name, form in pieces:
            value = row[name]
            if value is None:
                members.append(prefix + null)
                continue
            try:
                members.append(prefix + form(value))
            except (TypeError, ValueError, KeyError, AttributeError):
                members.append(prefix + text(value))
        members += [prefix + make(row) for prefix, make in tails]
        return "{" + ",".join(members) + "}"

    return write


def array_writer(name: str, write: Callable[[Row], str]) -> Callable[[Row], str]:
    """Writes the documents nested under a name as an array."""
    return lambda row: "[" + ",".join([write(child) for child in row[name]]) + "]"
