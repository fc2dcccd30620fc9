"""Killed anywhere, a build of the site leaves whole files, and the next one finishes the work."""

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ecosystem.paths import Home, project_root
from publishing.site.build import build_site
from tests.publishing.site.small_publication import a_company, write_publication

# Dies before or after the n-th file is put in its place.
CHILD = """
import os, signal, sys
from pathlib import Path
from ecosystem.paths import Home
from publishing.site.build import build_site

last, before, calls = int(sys.argv[2]), sys.argv[3] == "before", 0

def counted(original):
    def call(*arguments, **options):
        global calls
        calls += 1
        if calls == last and before:
            os.kill(os.getpid(), signal.SIGKILL)
        done = original(*arguments, **options)
        if calls == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return call

for name in ("replace", "unlink", "rmdir"):
    setattr(os, name, counted(getattr(os, name)))
build_site(Home(Path(sys.argv[1])))
print(calls)
"""


def build_in_child(home: Home, last_call: int, when: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(home.root), str(last_call), when],
        cwd=project_root(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.slow
def test_every_file_is_whole_after_a_kill_and_the_next_build_finishes(company: Home, tmp_path: Path) -> None:
    build_site(company)
    former = digests(company.site)
    rows = a_company()
    rows["kpi_definition"][0]["caveat"] = "A new caveat"
    rows["vendor_warning"][0]["evidence"] = "Another evidence"
    gone = rows["dim_vendor"].pop()["vendor_key"]
    for mart, some in rows.items():
        rows[mart] = [row for row in some if row.get("vendor_key") != gone]
    write_publication(company, rows, "20260704T180000Z-0123456789ab")
    whole = Home(tmp_path / "whole")
    shutil.copytree(company.root, whole.root, symlinks=True)
    calls = int(build_in_child(whole, 0, "after").stdout)
    latter = digests(whole.site)
    assert calls > 20
    assert former.keys() - latter.keys(), "a vendor vanished"
    for last_call, when in ((1, "before"), (calls // 2, "after"), (calls - 1, "before"), (calls, "before")):
        home = Home(tmp_path / f"killed_{last_call}")
        shutil.copytree(company.root, home.root, symlinks=True)
        assert build_in_child(home, last_call, when).returncode == -signal.SIGKILL
        for path, digest in digests(home.site).items():
            if not Path(path).name.startswith(".unfinished-"):
                assert digest in (former.get(path), latter.get(path)), f"{path} is of neither build"
        former_build = json.loads((company.site / "manifest.json").read_text(encoding="utf-8"))["build_id"]
        assert json.loads((home.site / "manifest.json").read_text(encoding="utf-8"))["build_id"] == former_build
        build_site(home)
        assert digests(home.site) == latter
