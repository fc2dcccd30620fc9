"""What the CRM and the service portal hold: each entity with the part of the world that makes it."""

from collections.abc import Callable, Sequence
from functools import cache, partial

from sandbox.world.availability import item_record, outage_records, plan_items, plan_outages
from sandbox.world.companies import Company, make_accounts, make_suppliers
from sandbox.world.crm_records import by_key
from sandbox.world.engagements import make_engagements, make_roadmap_items
from sandbox.world.history import Document
from sandbox.world.joint_kpis import make_joint_kpis
from sandbox.world.pilots import make_criteria, make_pilots, make_ratings, plan_criteria, plan_pilots
from sandbox.world.relations import make_proposals, make_surveys
from sandbox.world.renewals import make_renewals
from sandbox.world.stories import PARTNERS, story_documents
from sandbox.world.ticket_targets import histories_of, make_metric_instances, make_task_slas
from sandbox.world.tickets import make_tickets
from sandbox.world.value import make_reinvestments, make_savings, make_value_shares, plan_savings

Make = Callable[[], Sequence[Document]]


def make_programme(seed: int, companies: Sequence[Company], size: float) -> dict[str, Make]:
    """The makers by entity. The partners of the stories are known in all systems."""
    everyone = [*companies, *PARTNERS]
    accounts = {company.account_id: company for company in everyone if company.account_id}
    stories = cache(partial(story_documents, seed))
    proposals = cache(partial(make_proposals, seed, companies))
    pilots = cache(lambda: plan_pilots(seed, accounts, proposals()))
    judged = cache(lambda: plan_criteria(seed, pilots()))
    savings = cache(lambda: plan_savings(seed, everyone, accounts, proposals()))
    tickets = cache(lambda: by_key([*make_tickets(seed, companies, size), *stories()["incident"]]))
    histories = cache(lambda: histories_of(tickets()))
    items = cache(partial(plan_items, seed, companies))

    def with_stories(entity: str, make: Make) -> Make:
        return lambda: by_key([*make(), *stories()[entity]])

    return {
        "supplier": partial(make_suppliers, seed, companies, PARTNERS),
        "account": partial(make_accounts, seed, companies, PARTNERS),
        "survey_response": with_stories("survey_response", partial(make_surveys, seed, companies)),
        "innovation_proposal": with_stories("innovation_proposal", proposals),
        "pilot": with_stories("pilot", lambda: make_pilots(seed, pilots())),
        "pilot_criterion": with_stories("pilot_criterion", lambda: make_criteria(seed, judged())),
        "pilot_rating": with_stories("pilot_rating", lambda: make_ratings(seed, judged())),
        "engagement": with_stories("engagement", partial(make_engagements, seed, companies)),
        "roadmap_item": with_stories("roadmap_item", partial(make_roadmap_items, seed, companies)),
        "joint_kpi": partial(make_joint_kpis, seed, everyone),
        "saving": lambda: make_savings(savings()),
        "reinvestment": lambda: make_reinvestments(seed, savings(), pilots(), everyone),
        "contract_renewal": with_stories("contract_renewal", partial(make_renewals, seed, companies)),
        "value_share_agreement": lambda: make_value_shares(seed, savings(), everyone),
        "incident": tickets,
        "task_sla": lambda: make_task_slas(seed, histories()),
        "metric_instance": lambda: make_metric_instances(histories()),
        "configuration_item": with_stories("configuration_item", lambda: [item_record(item) for item in items()]),
        "outage": with_stories("outage", lambda: outage_records(plan_outages(seed, items(), size))),
    }
