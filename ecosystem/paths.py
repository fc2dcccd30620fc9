"""Where state lives: everything under one directory, ``ECOSYSTEM_HOME``; deleting it returns the project to new."""

import os
from dataclasses import dataclass
from pathlib import Path


def project_root() -> Path:
    """The folder that holds ``dags/``, ``dbt_project/`` and ``config/``."""
    return Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Home:
    """The state directory and the places inside it. Holds paths only; makes no folder."""

    root: Path

    @property
    def landing(self) -> Path:
        """Append-only batches, one Parquet file each."""
        return self.root / "landing"

    @property
    def warehouse_dir(self) -> Path:
        """The warehouse file and what its builds leave behind."""
        return self.root / "warehouse"

    @property
    def warehouse_file(self) -> Path:
        """The private DuckDB file: only dbt writes it, only dbt and the gate read it."""
        return self.warehouse_dir / "ecosystem.duckdb"

    @property
    def as_of_dir(self) -> Path:
        """Warehouse files as known at a past time, never published."""
        return self.warehouse_dir / "as_of"

    @property
    def gate_dir(self) -> Path:
        """One JSON file of gate results per build."""
        return self.warehouse_dir / "gate"

    def gate_data_docs(self, build_id: str) -> Path:
        """Great Expectations' Data Docs of a build; those of the last three builds are kept."""
        return self.gate_dir / f"{build_id}.data_docs"

    @property
    def published(self) -> Path:
        """Publications, the last three kept."""
        return self.root / "published"

    @property
    def current(self) -> Path:
        """Link to the publication that readers see."""
        return self.published / "current"

    @property
    def outbox(self) -> Path:
        """Mails as ``.eml`` files, written by the sandbox's mail catcher."""
        return self.root / "outbox"

    @property
    def site(self) -> Path:
        """Static pages for readers."""
        return self.root / "site"

    @property
    def vendor_files(self) -> Path:
        """A ZIP file for each vendor with its own rows, which holds nothing of others."""
        return self.root / "vendor_files"

    @property
    def vendor_sites(self) -> Path:
        """One folder for each vendor with its own pages, which hold nothing of others."""
        return self.root / "vendor_sites"

    @property
    def logs(self) -> Path:
        """Log files of every step."""
        return self.root / "logs"

    @property
    def locks(self) -> Path:
        """Advisory lock files."""
        return self.root / "locks"

    @property
    def alerts_db(self) -> Path:
        """The alert ledger, when it is SQLite."""
        return self.root / "alerts.db"

    @property
    def airflow(self) -> Path:
        """``AIRFLOW_HOME`` of the demo and of ``make up``."""
        return self.root / "airflow"

    @property
    def sandbox(self) -> Path:
        """The sandbox's own state: its seed and its clock."""
        return self.root / "sandbox"

    @property
    def bench(self) -> Path:
        """Figures written by ``make bench-*``."""
        return self.root / "bench"

    @property
    def summary(self) -> Path:
        """What the last ``make demo`` did."""
        return self.root / "summary.json"


def home() -> Home:
    """The state directory of this process: ``ECOSYSTEM_HOME``, else ``var`` beside the code."""
    configured = os.environ.get("ECOSYSTEM_HOME")
    return Home(Path(configured).resolve() if configured else project_root() / "var")
