from pathlib import Path
from typing import Any

import pytest
import yaml

from config.sources import load_source, load_sources
from connectors.entity import entities_of
from ecosystem.errors import UsageError

SOURCE = {"connection_id": "erp_test", "system": "sap_s4hana", "kind": "erp", "entities": {"supplier": None}}


def write(folder: Path, content: Any) -> Path:
    (folder / "sources.yml").write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return folder


def test_the_shipped_file_names_systems_and_entities_that_exist() -> None:
    sources = load_sources()
    assert [source.connection_id for source in sources] == ["erp_s4hana", "crm_salesforce", "sla_servicenow"]
    for source in sources:
        assert set(source.entities) == {entity.name for entity in entities_of(source.system)}


def test_settings_that_are_left_out_have_defaults(tmp_path: Path) -> None:
    (source,) = load_sources(write(tmp_path, {"sources": [SOURCE]}))
    assert source.entities["supplier"].mode == "incremental"
    assert source.retry.attempts > 1
    assert source.overlap_minutes == 60


def test_another_folder_is_read_where_the_environment_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECOSYSTEM_CONFIG", str(write(tmp_path, {"sources": [SOURCE]})))
    assert load_source("erp_test").system == "sap_s4hana"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"sources": [{**SOURCE, "page_sise": 5}]}, r"source erp_test\.page_sise: Extra inputs are not permitted\."),
        ({"sources": [{**SOURCE, "kind": "hr"}]}, r"source erp_test\.kind: .*\(found 'hr'\)"),
        ({"sources": [{**SOURCE, "entities": {"supplier": {"mode": "all"}}}]}, r"erp_test\.entities\.supplier\.mode"),
        ({"sources": [{**SOURCE, "entities": {}}]}, r"source erp_test\.entities"),
        ({"sources": [{"system": "sap_s4hana"}]}, r"source 1\.connection_id: Field required"),
        ({"sources": ["erp"]}, r"source 1"),
        ({"sources": [SOURCE, SOURCE]}, "connection_id erp_test is used twice"),
        ({"sources": []}, "sources"),
        ([], "sources: Field required"),
        ("", "sources: Field required"),
        ([1], "must be a mapping"),
        ("sources: [", "is not valid YAML"),
    ],
)
def test_a_mistake_is_named_with_file_and_place(tmp_path: Path, content: Any, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        load_sources(write(tmp_path, content))
    assert str(tmp_path / "sources.yml") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_secret_under_an_unknown_name_is_not_shown(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"source erp_test\.password") as caught:
        load_sources(write(tmp_path, {"sources": [{**SOURCE, "password": "marker"}]}))
    assert "marker" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no .*sources\.yml"):
        load_sources(tmp_path)


def test_an_unknown_connection_is_named_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no source 'crm' in sources\.yml: choose one of erp_test"):
        load_source("crm", write(tmp_path, {"sources": [SOURCE]}))
