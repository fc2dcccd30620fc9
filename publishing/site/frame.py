"""What is around every page: head, navigation, main part, footer. One file holds all it needs but its links."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from publishing.site import figures

PACKAGE = "publishing.site"


@dataclass(frozen=True)
class Link:
    """A link of the navigation; ``address`` is relative to the site's folder."""

    address: str
    words: str


# The order in which people ask: how are we, who is it, of what kind, what do we do about it, what does it mean.
NAVIGATION = (
    Link("index.html", "Overview"),
    Link("vendors/index.html", "Vendors"),
    Link("delivery.html", "Delivery"),
    Link("quality.html", "Quality"),
    Link("cost.html", "Cost"),
    Link("service.html", "Service"),
    Link("innovation.html", "Innovation"),
    Link("reinvestment.html", "Reinvestment"),
    Link("targets.html", "Targets"),
    Link("data.html", "Data"),
    Link("definitions.html", "Definitions"),
)


@dataclass(frozen=True)
class Edition:
    """Of which publication the pages are. ``as_of`` is UTC."""

    build_id: str
    as_of: datetime

    @property
    def as_of_text(self) -> str:
        """``3 Jul 2026 18:00 UTC``."""
        return f"{figures.day(self.as_of)} {self.as_of:%H:%M} UTC"


def environment(*packages: str) -> Environment:
    """Templates of this package, then those of ``packages``; everything that is inserted is escaped."""
    loader = ChoiceLoader([PackageLoader(package) for package in (PACKAGE, *packages)])
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals.update(shown=figures.shown, exact=figures.exact, counted=figures.counted, day=figures.day)
    made.globals.update(money=figures.money, count=figures.count, quarter=figures.quarter, month=figures.month)
    return made


def render(
    environment: Environment,
    template: str,
    edition: Edition,
    *,
    path: str,
    title: str,
    content: Mapping[str, Any],
    navigation: Sequence[Link] = NAVIGATION,
) -> str:
    """One whole page.

    Args:
        template: extends ``base.html``.
        path: of the page, relative to the site's folder; links of the template begin with ``root``.
        title: plain text.
        content: what the template needs beside ``root``, ``edition`` and ``title``.
        navigation: empty for a page that stands alone, such as a vendor's own.
    """
    return environment.get_template(template).render(
        **content,
        path=path,
        root="../" * path.count("/"),
        title=title,
        edition=edition,
        navigation=navigation,
        style=style(),
        script=script(),
        script_digest=_script_digest(),
    )


@cache
def style() -> str:
    """The CSS of all pages; it stands in each, so that a page can be mailed or moved alone."""
    return _asset("site.css")


@cache
def script() -> str:
    """Sorting and filtering of tables; pages are complete without it."""
    return _asset("site.js")


@cache
def _script_digest() -> str:
    return base64.b64encode(hashlib.sha256(script().encode("utf-8")).digest()).decode("ascii")


def _asset(name: str) -> str:
    return (files(PACKAGE) / "templates" / name).read_text(encoding="utf-8").strip()
