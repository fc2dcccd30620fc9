"""A pack's page as an accessible PDF. WeasyPrint is loaded with the first one: it takes seconds and needs Pango."""

import base64
import gc
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from ecosystem.errors import UsageError

VARIANT = "pdf/ua-1"
DEBIAN_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
FAMILY = "Review Pack"
# They log each page and each glyph table.
TALKATIVE = ("weasyprint.progress", "fontTools")
WEIGHTS = {"Regular": 400, "Medium": 500, "Bold": 700}


def require_weasyprint() -> Any:
    """The module, with the libraries that it loads.

    Raises:
        UsageError: Pango is not installed; the sentence names the Debian packages.
    """
    try:
        import weasyprint  # type: ignore[import-untyped]
    except OSError as error:
        raise UsageError(
            f"Review packs cannot be made as PDF, because a library is missing ({str(error).splitlines()[0]}): "
            f"install Debian's {DEBIAN_PACKAGES}."
        ) from error
    return weasyprint


class Printer:
    """Turns pages into PDF/UA-1; the package's own fonts are read once for all of them.

    Raises:
        UsageError: Pango is not installed.
    """

    def __init__(self) -> None:
        self._weasyprint = require_weasyprint()
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
        from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]

        self._fonts = FontConfiguration()
        self._style = self._weasyprint.CSS(string=_font_faces(), font_config=self._fonts)
        # Whatever a page does not hold itself is an error, never a request.
        self._inside = URLFetcher(allowed_protocols=("data",), fail_on_errors=True)

    @property
    def name(self) -> str:
        """What makes the PDF, with its version: another one may give other bytes."""
        return f"WeasyPrint {self._weasyprint.__version__}"

    def pdf(self, page: str) -> bytes:
        """The page as PDF. The same page gives the same bytes: its identifier is its digest, its dates are its own."""
        document = self._weasyprint.HTML(string=page, url_fetcher=self._inside)
        with _without_garbage_collection():
            written: bytes = document.write_pdf(
                stylesheets=[self._style],
                font_config=self._fonts,
                pdf_variant=VARIANT,
                pdf_identifier=hashlib.sha256(page.encode("utf-8")).digest()[:16],
            )
        return written


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A layout is millions of small objects that live until its end: looking for garbage took a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()


def _font_faces() -> str:
    folder = files("publishing.review_pack") / "fonts"
    faces = "\n".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; src: url("{_address(folder, name)}"); }}'
        for name, weight in WEIGHTS.items()
    )
    return f'{faces}\nhtml body {{ font-family: "{FAMILY}", sans-serif; }}'


def _address(folder: Any, name: str) -> str:
    content = (folder / f"Roboto-{name}.ttf").read_bytes()
    return f"data:font/ttf;base64,{base64.b64encode(content).decode('ascii')}"
