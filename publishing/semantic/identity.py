"""Ids that stay the same whenever a project is generated: the tools tie visuals, layouts and history to them."""

from uuid import NAMESPACE_URL, UUID, uuid5

_NAMESPACE = uuid5(NAMESPACE_URL, "vendor-ecosystem-warehouse")


def stable_id(*path: str) -> UUID:
    """The id of what stands at ``path``, such as ("table", "vendor_month")."""
    return uuid5(_NAMESPACE, "/".join(path))


def short_id(*path: str) -> str:
    """The same as 20 hexadecimal digits, as PBIR names visuals."""
    return stable_id(*path).hex[:20]
