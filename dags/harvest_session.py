"""Build the packs for the quarterly joint review with each strategic vendor.

**Purpose:** one pack per strategic vendor and quarter, as HTML and PDF: what went well, targets, slips and their
causes, innovation, savings, value share, decisions due, and room for the vendor's answer. The vendor's edition holds
only what `config/sharing.yml` shares.

**Owner:** data-engineering

**Schedule:** at 06:00 UTC on the fifth day after a quarter's end, when most late documents have landed. A run packs the
last quarter that was over when the publication was made; `{"quarter": "2026-04-01"}` in its conf chooses another one,
`{"running": true}` allows one that has not ended.

**When it fails:** clear it; packs that are there already are not made again, and no half of one is ever seen. It reads
the current publication only: where there is none, let `build_marts` publish first. If it names missing libraries,
install the Debian packages in its message. From a terminal: `ecosystem review-packs`, after `ecosystem build` and
`ecosystem publish`.
"""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, Param, get_current_context, task

from dags.wiring import EVERY_DAG, PAGES_POOL, REVIEW_PACKS, Tag, cron, no_retry_for_decisions, run_conf


@task(pool=PAGES_POOL, outlets=[REVIEW_PACKS], execution_timeout=timedelta(hours=1))
def build_packs() -> dict[str, Any]:
    """Build both editions of every strategic vendor's pack; what lies there already is left as it is."""
    from ecosystem.paths import home
    from publishing.review_pack.build import build_review_packs

    with no_retry_for_decisions():
        built = asdict(build_review_packs(home(), run_conf("quarter"), running_allowed=bool(run_conf("running"))))
    announced = {name: built[name] for name in ("as_of", "build_id", "quarter")}
    get_current_context()["outlet_events"][REVIEW_PACKS].extra = announced
    return built


with DAG(
    "harvest_session",
    **EVERY_DAG
    | {
        "params": {
            "quarter": Param(
                None,
                type=["null", "string"],
                title="Quarter",
                description="2026-Q2, or its first day. Empty: the last quarter that the publication has whole.",
            ),
            "running": Param(
                False,
                type="boolean",
                title="Running quarter",
                description="Allow a quarter that has not ended; its packs say so.",
            ),
        }
    },
    # The fifth day of January, April, July and October.
    schedule=cron("0 6 5 1,4,7,10 *"),
    doc_md=__doc__,
    tags=[Tag.REVIEW, Tag.TIER_2],
):
    build_packs()
