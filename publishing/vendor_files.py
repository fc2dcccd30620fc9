"""The marts as files for vendors: for each a ZIP file of its own rows, what is shared of them, and nothing else."""

# ruff: noqa: S608 - the SQL is put together from names of marts and columns that the publication holds

import hashlib
import json
import logging
import os
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from config.sharing import SharingSettings, load_sharing
from ecosystem.errors import EcosystemError
from ecosystem.locks import exclusive
from ecosystem.paths import Home
from publishing.manifest import FILE_NAME, read_manifest
from publishing.shared_views import shared_views, vendor_queries
from publishing.sharing import Sharing
from publishing.vendor_folder import vendor_folder

logger = logging.getLogger(__name__)

# The oldest time that the format knows: the same rows give the same bytes.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_VENDORS = {
    "none": "select vendor_key from publication.main.dim_vendor where false",
    "strategic": "select vendor_key from publication.main.dim_vendor where is_strategic order by vendor_key",
    "all": "select vendor_key from publication.main.dim_vendor order by vendor_key",
}


@dataclass(frozen=True)
class VendorFiles:
    """What writing the vendors' files did."""

    build_id: str
    folder: Path
    vendors: int
    written: int
    removed: int
    seconds: float


def write_vendor_files(home: Home) -> VendorFiles:
    """Write ``vendor_files/<vendor folder>.zip`` for each vendor that ``files_for`` means.

    One whose rows are the same stays, and names the build in which they last differed. A ZIP file appears whole; those
    of vendors that are meant no more are removed.

    Raises:
        EcosystemError: nothing is published, or another process writes them.
        UsageError: the sharing protocol does not fit the publication.
    """
    started = time.monotonic()
    if not home.current.exists():
        raise EcosystemError(f"Nothing is published under {home.current}: run 'ecosystem publish' first.")
    publication, settings = home.current.resolve(), load_sharing()
    manifest = read_manifest(publication)
    home.vendor_files.mkdir(parents=True, exist_ok=True)
    with exclusive("vendor_files", home), shared_views(publication, settings) as (connection, sharing):
        files = {
            home.vendor_files / f"{vendor_folder(vendor_key)}.zip": vendor_key
            for vendor_key in _vendors(connection, settings)
        }
        written = sum(
            _replace(file, vendor_zip(connection, sharing, vendor_key, manifest)) for file, vendor_key in files.items()
        )
        others = [file for file in home.vendor_files.iterdir() if file not in files]
        for file in others:
            file.unlink()
    report = VendorFiles(
        build_id=manifest["build_id"],
        folder=home.vendor_files,
        vendors=len(files),
        written=written,
        removed=len(others),
        seconds=round(time.monotonic() - started, 3),
    )
    logger.info("vendors' files: %d of %d written in %.1f s", report.written, report.vendors, report.seconds)
    return report


def vendor_zip(
    connection: duckdb.DuckDBPyConnection, sharing: Sharing, vendor_key: str, manifest: Mapping[str, Any]
) -> bytes:
    """The vendor's ZIP file: a Parquet file for each shared mart, also without rows, and ``manifest.json``."""
    parts, described = {}, {}
    for name, query in sorted(vendor_queries(sharing, vendor_key).items()):
        rows: pa.Table = connection.execute(f"select * from ({query}) order by all").to_arrow_table()
        content = _parquet(rows)
        parts[f"{name}.parquet"] = content
        described[name] = {
            "file": f"{name}.parquet",
            "rows": rows.num_rows,
            "sha256": hashlib.sha256(content).hexdigest(),
            "columns": _described(rows, manifest["marts"].get(name)),
        }
    told = {name: manifest[name] for name in ("build_id", "as_of")} | {"vendor_key": vendor_key, "marts": described}
    parts[FILE_NAME] = (json.dumps(told, indent=1) + "\n").encode()
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content)
    return buffer.getvalue()


def _vendors(connection: duckdb.DuckDBPyConnection, settings: SharingSettings) -> list[str]:
    return [vendor_key for (vendor_key,) in connection.execute(_VENDORS[settings.files_for]).fetchall()]


def _parquet(rows: pa.Table) -> bytes:
    buffer = BytesIO()
    pq.write_table(rows, buffer, compression="zstd")
    return buffer.getvalue()


def _described(rows: pa.Table, mart: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """What is said of each column; figures of peers are described in docs/sharing.md."""
    said = {column["name"]: column for column in mart["columns"]} if mart else {}
    return [
        {"name": name, **{about: said[name][about] for about in ("type", "description", "unit")}}
        if name in said
        else {"name": name}
        for name in rows.schema.names
    ]


def _replace(file: Path, content: bytes) -> bool:
    if file.is_file() and _marts(file) == _marts(BytesIO(content)):
        return False
    unfinished = file.with_name(f".unfinished-{file.name}")
    with unfinished.open("wb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())
    unfinished.replace(file)
    return True


def _marts(file: Path | BytesIO) -> object:
    """What the manifest in a ZIP file says of its marts, checksums included."""
    with zipfile.ZipFile(file) as packed:
        return json.loads(packed.read(FILE_NAME))["marts"]
