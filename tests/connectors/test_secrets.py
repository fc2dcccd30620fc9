"""Markers as secrets, through success and failure, found in no log, error, landed file or text form."""

import logging
import traceback
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from connectors.auth import Basic, ClientCredentials
from connectors.extract import extract
from ecosystem.errors import EcosystemError

LOGIN, PASSWORD, WRONG = "reader", "marker-password-Zx81", "marker-wrong-Vb56"
PSEUDONYM_KEY, EMAIL = "marker-pseudonym-key-Qy27", "marker.person@example.com"
MARKERS = [
    PASSWORD,
    WRONG,
    PSEUDONYM_KEY,
    EMAIL,
    *(b64encode(f"{LOGIN}:{password}".encode()).decode() for password in (PASSWORD, WRONG)),
]
ENTITIES = ["purchase_order", "material_document", "survey_response", "incident"]
FAULTS: dict[str, dict[str, Any] | None] = {
    "success": None,
    "500": {"kind": "status", "status": 500},
    "429 with a long pause": {"kind": "status", "status": 429, "retry_after": 9999},
    "dropped": {"kind": "drop"},
    "HTML": {"kind": "html"},
    "expired": {"kind": "expired_token"},
}


def assert_clean(text: str) -> None:
    assert not [marker for marker in MARKERS if marker.lower() in text.lower()]


def texts_landed(root: Path) -> str:
    found = []
    for path in sorted(root.rglob("*")):
        if path.suffix == ".parquet":
            found.append(f"{pq.read_metadata(path).metadata}{pq.read_table(path).to_pylist()}")
        elif path.is_file():
            found.append(path.read_text(errors="replace"))
    return "\n".join(found)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("entity", ENTITIES)
def test_no_secret_leaves_an_extract(
    serve: Any, shelf: Any, make: Any, minutes_ago: Any, logged: pytest.LogCaptureFixture, entity: str, fault: str
) -> None:
    rows = [make.one(entity, number, minutes_ago(60)) for number in range(1, 4)]
    if entity == "survey_response":
        rows = [{**row, "Respondent_Email__c": EMAIL} for row in rows]
    with serve(shelf(**{entity: rows})) as company:
        assert company.connection(entity).password == PASSWORD
        rule = FAULTS[fault]
        if rule:
            company.faults({"route": "*", "share": 1.0, **rule})
        try:
            company.extract(entity)
        except EcosystemError as error:
            assert_clean("".join(traceback.format_exception(error)))
        else:
            assert len(company.landed(entity)) == 3
        assert len(logged.records) > 0
        assert_clean(logged.text)
        assert_clean(texts_landed(company.home.root))


@pytest.mark.parametrize("entity", ENTITIES)
def test_no_secret_is_in_the_error_of_wrong_credentials(
    serve: Any, shelf: Any, logged: pytest.LogCaptureFixture, entity: str
) -> None:
    with serve(shelf()) as company:
        wrong = replace(company.connection(entity), password=WRONG)
        with pytest.raises(EcosystemError) as caught:
            extract(company.source_settings(entity), wrong, entity, company.home, company.source.now())
        assert_clean("".join(traceback.format_exception(caught.value)))
        assert_clean(logged.text)


def test_no_secret_is_in_the_text_form_of_what_holds_one(serve: Any, shelf: Any) -> None:
    with serve(shelf()) as company:
        connection = company.connection("incident")
        for holder in (connection, Basic(connection), ClientCredentials(connection, "/token")):
            assert_clean(repr(holder))
