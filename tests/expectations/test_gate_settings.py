"""The gate's settings: what is shipped is valid, what is wrong is named."""

from pathlib import Path

import pytest

from config.gate import GateSettings, load_gate
from connectors.entity import SYSTEMS, entities_of
from ecosystem.errors import UsageError


def test_the_shipped_settings_are_the_defaults_but_for_what_an_erp_can_be_used_without() -> None:
    shipped = load_gate()
    without = shipped.full_read.may_be_empty
    offered = {f"{system}.{entity.name}" for system in SYSTEMS for entity in entities_of(system) if not entity.order}
    assert {"sap_s4hana.purchase_contract", "sap_s4hana.info_record"} <= without <= offered
    assert "sap_s4hana.supplier" not in without
    defaults = shipped.full_read.model_copy(update={"may_be_empty": frozenset()})
    assert shipped.model_copy(update={"full_read": defaults}) == GateSettings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("full_read: {shrink_tolerance_share: 20}", "full_read.shrink_tolerance_share"),
        ("doubtful: {tolerance: 0.1}", "doubtful"),
        ("full_read: {may_be_empty: [supplier]}", "full_read.may_be_empty"),
        ("full_read: {accepted: [{connection_id: erp, entity: supplier, rows: 5}]}", "full_read.accepted.0.reason"),
        ("[1, 2", "not valid YAML"),
        ("[1, 2]", "must be a mapping"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "gate.yml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_gate(tmp_path)
    assert said in str(caught.value)
    assert str(tmp_path / "gate.yml") in str(caught.value)


def test_a_missing_file_is_no_silent_default(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no"):
        load_gate(tmp_path)
