"""Reading a text piece by piece, with the position of what went wrong."""

import re
from collections.abc import Mapping


class ParseFailure(Exception):
    """The text is not in the grammar: `position` counts characters from 1."""

    def __init__(self, position: int, expected: str, found: str) -> None:
        super().__init__(
            f'Expected {expected} but "{found}" found' if found else f"Expected {expected} but end of input"
        )
        self.position = position
        self.found = found


class UnknownName(Exception):
    """A well-formed text names something that its owner, an entity, does not have; `position` counts from 0."""

    def __init__(self, name: str, owner: str, position: int = 0) -> None:
        super().__init__(name)
        self.name = name
        self.owner = owner
        self.position = position


class WrongType(Exception):
    """A literal does not fit the field it is compared with."""

    def __init__(self, name: str, literal: str) -> None:
        super().__init__(f"{name} {literal}")
        self.name = name
        self.literal = literal


class Scanner:
    """A cursor in a text; `patterns` names the pieces of the language."""

    def __init__(self, text: str, patterns: Mapping[str, re.Pattern[str]]) -> None:
        self._text = text
        self._patterns = patterns
        self.position = 0

    def accept(self, piece: str) -> str | None:
        """Read this piece if it stands here."""
        found = self._patterns[piece].match(self._text, self.position)
        if found is None:
            return None
        self.position = found.end()
        return found.group()

    def take(self, piece: str) -> str:
        """Read this piece.

        Raises:
            ParseFailure: something else stands here.
        """
        found = self.accept(piece)
        if found is None:
            raise self.failure(piece)
        return found

    def end(self, *alternatives: str) -> None:
        """Require the end of the text; `alternatives` could have stood here too."""
        if self.position != len(self._text):
            raise self.failure(" or ".join((*alternatives, "end of input")))

    def failure(self, expected: str) -> ParseFailure:
        """That something else was expected here."""
        return ParseFailure(self.position + 1, expected, self._text[self.position : self.position + 1])


def compiled(pieces: Mapping[str, str], flags: int = 0) -> dict[str, re.Pattern[str]]:
    """The pieces of a language, from their patterns."""
    return {name: re.compile(pattern, flags) for name, pattern in pieces.items()}
