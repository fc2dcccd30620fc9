"""A pack as one HTML file that needs nothing else, for the screen or for paper."""

import base64
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from publishing.review_pack.document import Pack, Picture
from publishing.review_pack.review import Edition
from publishing.site.charts.colours import fixed

PACKAGE = "publishing.review_pack"
# Tables up to this long are not divided between two pages.
SHORT_ROWS = 12
# A halo behind words needs paint-order, which WeasyPrint does not know: it would paint the halo over them.
_HALO = re.compile(r' stroke="[^"]*" stroke-width="[^"]*" stroke-linejoin="round" paint-order="stroke"')
_DESCRIPTION = re.compile(r"<desc>(.*?)</desc>", re.DOTALL)


def page(pack: Pack, edition: Edition) -> str:
    """The pack for browsers: light and dark, narrow and wide. Whatever comes from a source system is escaped."""
    return _rendered(pack, edition, _drawn_in_place, _asset("screen.css"))


def paper(pack: Pack, edition: Edition) -> str:
    """The same for the PDF: pictures are images with their words as alternative text, in colours for paper."""
    return _rendered(pack, edition, _drawn_as_image, "")


def _rendered(pack: Pack, edition: Edition, draw: Callable[[Picture], Markup], screen_style: str) -> str:
    return (
        _environment()
        .get_template("pack.html")
        .render(
            short_rows=SHORT_ROWS,
            pack=pack,
            edition=edition.value,
            draw=draw,
            style=_asset("pack.css"),
            screen_style=screen_style,
        )
    )


def _drawn_in_place(picture: Picture) -> Markup:
    return Markup(picture.svg)  # noqa: S704 - made by publishing.site.charts, which escapes what it is given


def _drawn_as_image(picture: Picture) -> Markup:
    """Readers of PDF take the words of an image from its alternative text, not from inside a drawing."""
    coloured = _HALO.sub("", fixed(picture.svg))
    content = base64.b64encode(coloured.encode("utf-8")).decode("ascii")
    found = _DESCRIPTION.search(coloured)
    words = Markup(found[1]) if found else escape(picture.caption)  # noqa: S704 - escaped by the chart already
    return Markup('<img src="data:image/svg+xml;base64,{}" alt="{}">').format(content, words)


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
def _asset(name: str) -> str:
    return (files(PACKAGE) / "templates" / name).read_text(encoding="utf-8").strip()
