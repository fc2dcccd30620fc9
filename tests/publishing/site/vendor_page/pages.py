"""Makes pages of a test's publication and takes them apart."""

from html.parser import HTMLParser
from pathlib import Path

from config.sharing import SharingSettings, load_sharing
from publishing.site.vendor_page.own_site import vendor_sites
from publishing.site.vendor_page.relations import readable
from publishing.site.vendor_page.render import render_vendor_pages
from publishing.site.vendor_page.setting import setting_of

Files = dict[str, bytes]


def buyers_pages(publication: Path, *keys: str) -> dict[str, Files]:
    """By vendor the files of its folder, named as they lie in it."""
    with readable(publication, load_sharing()) as source:
        setting = setting_of(source.manifest, currency="EUR", code_hash="code")
        made = list(render_vendor_pages(source, setting, keys))
    return {key: {path.rsplit("/", 1)[1]: content for path, content in files.items()} for key, files in made}


def own_sites(publication: Path, *keys: str, settings: SharingSettings | None = None) -> dict[str, Files]:
    """By vendor the files of its own site."""
    with readable(publication, settings or load_sharing()) as source:
        setting = setting_of(source.manifest, currency="", code_hash="code", is_own=True)
        return {key: dict(files) for key, files in vendor_sites(source, setting, list(keys))}


class Markup(HTMLParser):
    """A page's text, links, ids, tags and numbers."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.tags: set[str] = set()
        self.figures: dict[str, str] = {}
        self.headings: list[str] = []
        self.text = ""
        self._inside: list[str] = []
        self.feed(content.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self._inside.append(tag)
        self.links += [found["href"] or ""] if "href" in found and tag == "a" else []
        self.ids |= {found["id"] or ""} if "id" in found else set()
        if "data-figure" in found:
            self.figures[found["data-figure"] or ""] = found["data-value"] or ""
        if tag in ("h1", "h2"):
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self._inside):
            self.text += data
        if self._inside and self._inside[-1] in ("h1", "h2"):
            self.headings[-1] += data
