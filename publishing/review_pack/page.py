"""A pack as one HTML file that needs nothing else."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from publishing.review_pack.document import Pack
from publishing.review_pack.review import Edition

PACKAGE = "publishing.review_pack"


def page(pack: Pack, edition: Edition) -> str:
    """The pack's page; whatever comes from a source system is escaped."""
    return _environment().get_template("pack.html").render(pack=pack, edition=edition.value, style=_style())


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> str:
    return (files(PACKAGE) / "templates" / "pack.css").read_text(encoding="utf-8").strip()
