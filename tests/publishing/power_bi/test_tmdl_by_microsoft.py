"""Microsoft's own parser reads the model, and writes it as it is committed.

Its library comes with a package on PyPI under Microsoft's licence: it is fetched here, pinned, and never committed.
"""

import filecmp
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.publishing.power_bi.model_reader import MODEL

pytestmark = pytest.mark.slow

PACKAGE = "pbi-cli-tool==3.12.0 --hash=sha256:c60afe8eee23018726f16a53631430ee65db17d2cf0ee7d2a21871102cd152c6"
DEBIAN = "apt-get install mono-runtime mono-mcs libmono-system-numerics4.0-cil"
LIBRARIES = ("Microsoft.AnalysisServices.Tabular", "Microsoft.AnalysisServices.Core", "Microsoft.AnalysisServices")

Parser = Callable[[Path, Path], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Parser:
    """Microsoft's parser as a program; it takes the folder to read and the one to write."""
    for program in ("mono", "mcs"):
        if shutil.which(program) is None:
            pytest.fail(f"{program} is not installed: on Debian {DEBIAN}")
    folder = tmp_path_factory.mktemp("microsoft")
    (folder / "pinned.txt").write_text(PACKAGE)
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*download, "-r", str(folder / "pinned.txt"), "-d", str(folder)], check=True, timeout=120)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for name in wheel.namelist():
            if name.endswith(".dll"):
                (folder / Path(name).name).write_bytes(wheel.read(name))
    program = folder / "Tmdl.exe"
    references = [f"-r:{folder / library}.dll" for library in LIBRARIES]
    subprocess.run(
        ["mcs", f"-out:{program}", *references, str(Path(__file__).with_name("Tmdl.cs"))], check=True, timeout=120
    )

    def parse(read: Path, write: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["mono", str(program), str(read), str(write)], capture_output=True, text=True, timeout=120
        )

    return parse


def test_microsoft_reads_the_model_and_writes_the_same_bytes(parser, committed, tmp_path):
    outcome = parser(committed / MODEL, tmp_path / "written")
    assert outcome.returncode == 0, outcome.stderr
    tables, relationships, roles = map(int, outcome.stdout.split())
    assert tables >= 50
    assert relationships >= 80
    assert roles == 2
    files = [str(file.relative_to(committed / MODEL)) for file in (committed / MODEL).rglob("*.tmdl")]
    assert len(files) > 50
    same, different, missing = filecmp.cmpfiles(committed / MODEL, tmp_path / "written", files, shallow=False)
    assert (different, missing) == ([], [])
    assert len(same) == len(files)


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("tables/vendor_month.tmdl", "summarizeBy: none", "summariseBy: none"),
        ("tables/vendor_month.tmdl", "dataType: double", "dataType: float"),
        ("tables/vendor_month.tmdl", "\n\tcolumn vendor_key", "\ncolumn vendor_key"),
        ("relationships.tmdl", "fromColumn: vendor_month.month", "fromColumn: vendor_month.moon"),
        ("roles/Vendor.tmdl", "modelPermission: read", "modelPermission: reads"),
    ],
)
def test_microsoft_refuses_a_planted_fault(parser, project, tmp_path, file, right, wrong):
    changed = project / MODEL / file
    text = changed.read_text(encoding="utf-8")
    assert right in text
    changed.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    outcome = parser(project / MODEL, tmp_path / "written")
    assert outcome.returncode == 1
    assert "Exception" in outcome.stderr
