"""Killed anywhere, a publish leaves readers a complete publication, and the next one finishes the work."""

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ecosystem.paths import Home, project_root
from publishing.publish import publish

# Dies at the n-th call that changes what the file system promises.
CHILD = """
import os, signal, sys
from pathlib import Path
from ecosystem.paths import Home
from publishing.publish import publish

last, before = int(sys.argv[2]), sys.argv[3] == "before"
calls = 0

def counted(original):
    def call(*arguments, **options):
        global calls
        calls += 1
        if calls == last and before:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return original(*arguments, **options)
        finally:
            if calls == last:
                os.kill(os.getpid(), signal.SIGKILL)
    return call

for name in ("fsync", "rename", "replace", "symlink", "mkdir", "rmdir", "unlink"):
    setattr(os, name, counted(getattr(os, name)))
publish(Home(Path(sys.argv[1])))
print(calls)
"""


def _publish_in_child(home: Home, last_call: int, when: str = "after") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(home.root), str(last_call), when],
        cwd=project_root(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _complete_build(folder: Path) -> str:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = [*manifest["marts"].values(), manifest["duckdb"]]
    assert len(files) == 3
    for file in files:
        assert hashlib.sha256((folder / file["file"]).read_bytes()).hexdigest() == file["sha256"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["manifest.json", *(file["file"] for file in files)]
    )
    return manifest["build_id"]


@pytest.mark.slow
def test_readers_always_see_a_complete_publication(home: Home, make_build: Callable[..., str], tmp_path: Path) -> None:
    former = []
    for day in (1, 2, 3):
        former.append(make_build(day=day, rows=50))
        publish(home)
    new = make_build(day=4, rows=50)
    saved = tmp_path / "saved"
    shutil.copytree(home.root, saved, symlinks=True)
    undisturbed = _publish_in_child(home, last_call=0)
    calls = int(undisturbed.stdout)
    assert calls >= 10, undisturbed.stderr
    seen = set()
    for call in range(1, calls + 1):
        shutil.rmtree(home.root)
        shutil.copytree(saved, home.root, symlinks=True)
        killed = _publish_in_child(home, call, "before" if call % 2 else "after")
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        current = _complete_build(home.current.resolve())
        assert current in (former[-1], new)
        seen.add(current)
        assert publish(home).build_id == new
        assert _complete_build(home.current.resolve()) == new
        assert sorted(path.name for path in (home.published / "builds").iterdir()) == [*former[1:], new]
    assert seen == {former[-1], new}
