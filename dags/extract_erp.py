"""Land the ERP's purchase orders, goods receipts and suppliers.

**Purpose:** every change to an order line, a promise date or a receipt becomes a row in the landing zone before the ERP
overwrites it.

**Owner:** data-engineering

**Schedule:** every four hours, on the hour (UTC), so that a promise moved in the morning is known the same day.

**When it fails:** read the log of the red `extract_sap_s4hana` task: its last line names system, entity, field and what
to do. Then clear that task. Landed batches stay, and a rerun resumes behind the last one; nothing is read twice into a
mart. The other entities have landed and are built upon; the failed one goes stale and its marts are marked.
From a terminal: `ecosystem extract erp_s4hana`.
"""

from airflow.sdk import DAG

from dags.extraction import EXTRACT_PARAMS, extract_kind
from dags.wiring import EVERY_DAG, Tag, cron

with DAG(
    "extract_erp",
    **EVERY_DAG | {"params": EVERY_DAG["params"] | EXTRACT_PARAMS},
    schedule=cron("0 */4 * * *"),
    doc_md=__doc__,
    tags=[Tag.EXTRACT, Tag.TIER_1],
):
    extract_kind("erp")
