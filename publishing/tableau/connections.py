"""Where Tableau reads the marts from: PostgreSQL, or the ``.hyper`` file that is packed with the workbook."""

from collections.abc import Mapping
from dataclasses import dataclass

from publishing.hyper import FILE_NAME, SCHEMA


@dataclass(frozen=True)
class Connection:
    """A named connection: its class, the words a user sees, and Tableau's own settings of it."""

    kind: str
    caption: str
    settings: Mapping[str, str]

    @property
    def name(self) -> str:
        """The name by which relations refer to it."""
        return f"{self.kind}.ecosystem"


# No user and no password: Tableau asks for them.
POSTGRESQL = Connection(
    "postgres",
    "localhost",
    {
        "authentication": "username-password",
        "class": "postgres",
        "dbname": "ecosystem",
        "odbc-native-protocol": "",
        "one-time-sql": "",
        "port": "5432",
        "schema": SCHEMA,
        "server": "localhost",
        "username": "",
    },
)
PACKED = Connection(
    "hyper",
    FILE_NAME,
    {
        "authentication": "auth-none",
        "author-locale": "en_US",
        "class": "hyper",
        "dbname": f"Data/{FILE_NAME}",
        "default-settings": "yes",
        "schema": SCHEMA,
        "username": "",
    },
)
