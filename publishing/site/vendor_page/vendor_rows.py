"""The rows a vendor's page is made from: nothing else reaches it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from publishing.site.source import Result, Row


@dataclass(frozen=True)
class VendorRows:
    """One vendor's rows by mart. A mart that is not among them is not for this page's readers."""

    vendor_key: str
    marts: Mapping[str, Result]
    _dicts: dict[str, tuple[Row, ...]] = field(default_factory=dict, compare=False, repr=False)

    def has(self, mart: str, *columns: str) -> bool:
        """Whether the mart is among them, with these columns; it may have no rows."""
        return mart in self.marts and set(columns) <= set(self.marts[mart].columns)

    def of(self, mart: str) -> tuple[Row, ...]:
        """The mart's rows; none where it is not among them."""
        if mart not in self.marts:
            return ()
        if mart not in self._dicts:
            self._dicts[mart] = tuple(self.marts[mart])
        return self._dicts[mart]

    def file(self, name: str, mart: str) -> Result:
        """All rows of the mart, for the CSV ``name``."""
        whole = self.marts[mart]
        return Result(name, whole.columns, whole.rows)

    def chosen(
        self, name: str, mart: str, which: Callable[[Row], bool], key: Callable[[Row], Any] | None = None
    ) -> Result:
        """The rows for which ``which`` holds, sorted by ``key`` (else as the mart is), for the CSV ``name``."""
        whole = self.marts[mart]
        rows = [(row, values) for row, values in zip(self.of(mart), whole.rows, strict=True) if which(row)]
        if key is not None:
            rows.sort(key=lambda pair: key(pair[0]))
        return Result(name, whole.columns, tuple(values for _, values in rows))

    @cached_property
    def vendor(self) -> Row:
        """The vendor's own row of ``dim_vendor``."""
        return self.of("dim_vendor")[0]
