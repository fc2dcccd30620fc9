"""An edition is there whole or not at all, whatever kills the build."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ecosystem.errors import EcosystemError
from ecosystem.locks import exclusive
from ecosystem.paths import Home
from publishing.manifest import FILE_NAME, read_manifest, sha256
from publishing.review_pack.build import build_review_packs
from publishing.review_pack.quarter import Quarter
from publishing.review_pack.review import Edition
from publishing.review_pack.store import HTML_FILE, PDF_FILE, UNFINISHED, edition_folder, packs_folder, store
from tests.publishing.review_pack.review_world import BUSY, QUARTER

PROGRAM = (
    "import sys; from pathlib import Path; from ecosystem.paths import Home;"
    "from publishing.review_pack.build import build_review_packs;"
    "build_review_packs(Home(Path(sys.argv[1])))"
)


def visible_editions(home: Home) -> list[Path]:
    """The folders that readers see."""
    return [path for path in packs_folder(home).glob("*/*/*") if not path.name.startswith(UNFINISHED)]


def whole_editions(home: Home) -> int:
    """How many editions lie there; every one of them is whole."""
    folders = visible_editions(home)
    for folder in folders:
        for one in read_manifest(folder)["files"]:
            assert sha256(folder / one["file"]) == one["sha256"]
    return len(folders)


@pytest.mark.slow
def test_a_build_that_is_killed_leaves_no_half_pack_and_the_next_one_ends_it(world: Home) -> None:
    seen = []
    for wanted in (1, 4):
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(world.root)], env={**os.environ, "PYTHONPATH": ":".join(sys.path)}
        )
        until = time.monotonic() + 120
        # Killed at work on the edition after the ones that were waited for.
        while len(visible_editions(world)) < wanted:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        seen.append(whole_editions(world))
    assert seen == sorted(seen)
    assert seen[0] >= 1
    assert seen[-1] < 8, "the last kill came too late to show anything"
    built = build_review_packs(world)
    assert built.editions_unchanged >= seen[-1]
    assert built.editions_written + built.editions_unchanged == whole_editions(world) == 8
    assert not list(packs_folder(world).glob(f"*/*/{UNFINISHED}*"))


def test_what_lies_there_already_is_not_made_again_and_what_was_damaged_is(world: Home) -> None:
    assert build_review_packs(world, vendor_key=BUSY).editions_written == 2
    assert build_review_packs(world, vendor_key=BUSY).editions_written == 0
    folder = edition_folder(world, Quarter(QUARTER), BUSY, Edition.VENDOR)
    for name in (PDF_FILE, HTML_FILE, FILE_NAME):
        whole = (folder / name).read_bytes()
        (folder / name).unlink()
        assert build_review_packs(world, vendor_key=BUSY).editions_written == 1
        assert (folder / name).read_bytes() == whole


def test_a_new_edition_takes_the_place_of_the_former_one(tmp_path: Path) -> None:
    folder = tmp_path / "2026-Q2" / "vendor-1" / "buyer"
    store(folder, "first", b"%PDF 1", {"build_id": "1"})
    leftover = folder.with_name(f"{UNFINISHED}{folder.name}")
    leftover.mkdir()
    (leftover / "half").write_text("x")
    store(folder, "second", b"%PDF 2", {"build_id": "2"})
    assert (folder / HTML_FILE).read_text(encoding="utf-8") == "second"
    assert read_manifest(folder)["build_id"] == "2"
    assert [path.name for path in folder.parent.iterdir()] == ["buyer"]


def test_two_builds_at_once_are_refused(world: Home) -> None:
    with exclusive("review_packs", world), pytest.raises(EcosystemError, match="Another process"):
        build_review_packs(world, vendor_key=BUSY)
