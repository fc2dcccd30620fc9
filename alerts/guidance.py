"""What each rule means to the person who is mailed: two tables, so that a new rule is a new entry and no new code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Guidance:
    """The words of one rule about order lines.

    ``certainty`` says how sure it is, and ``is_estimate`` whether it may be wrong; ``vendor_ask`` is what the vendor is
    asked for where it is told, without a word on how we judge it.
    """

    heading: str
    label: str
    clause_one: str
    clause_many: str
    verb_one: str
    verb_many: str
    meaning: str
    certainty: str
    next_steps: tuple[str, ...]
    clears: str
    vendor_ask: str
    is_estimate: bool = False


@dataclass(frozen=True)
class ShiftGuidance:
    """The words of one rule about a vendor's behaviour.

    ``measure`` names what is measured and ``noun``, a singular, what it is counted over: "late deliveries 38 % of 24
    deliveries". ``vendor_finding`` is what a letter says of each document where the mart's words tell of other vendors.
    """

    measure: str
    noun: str
    meaning: str
    next_steps: tuple[str, ...]
    clears: str
    vendor_ask: str
    vendor_finding: str = ""


GUIDANCE = {
    "promise_moved_later": Guidance(
        heading="Promised later than before",
        label="slipping lines",
        clause_one="is now promised later than before",
        clause_many="are now promised later than before",
        verb_one="slips",
        verb_many="slip",
        meaning="The vendor has moved the delivery date beyond the first promise.",
        certainty="A fact, not an estimate: the ERP's order held the earlier date before.",
        next_steps=(
            "Call the vendor together with the planner who needs the material, and ask what changed: capacity, "
            "material, "
            "a drawing, a forecast of ours?",
            "Offer what removes the cause on our side: a partial delivery, another carrier, an earlier answer "
            "to an open question.",
            "Agree on one date for each line, and have the vendor confirm it in the order, so that planning sees it.",
        ),
        clears="when the line is received in full or cancelled, or its promise moves back to the first",
        vendor_ask="Please confirm the date you can hold for each line, and tell us what you need from us to hold it.",
    ),
    "overdue": Guidance(
        heading="Past the promised date",
        label="overdue lines",
        clause_one="has passed its promised date and is not received in full",
        clause_many="have passed their promised date and are not received in full",
        verb_one="is overdue",
        verb_many="are overdue",
        meaning="The promised date has passed, and the goods are not booked in full.",
        certainty="A fact as far as receipts are booked: goods that nobody has booked yet look the same.",
        next_steps=(
            "Ask goods receiving first: a delivery on the dock that nobody has booked is the most common "
            "harmless cause.",
            "Call the vendor: has it left, with which carrier, and when will it be here? What is ready can come first.",
            "Have a new date confirmed in the order, and tell those who wait for the material.",
        ),
        clears="when the line is received in full, cancelled, or given a new date",
        vendor_ask="Please tell us whether it has left, with which carrier, and when it arrives; what is ready can "
        "come first.",
    ),
    "no_confirmation": Guidance(
        heading="Not confirmed by the vendor",
        label="unconfirmed lines",
        clause_one="has no confirmation of the vendor although it is time for one",
        clause_many="have no confirmation of the vendor although it is time for one",
        verb_one="is not confirmed",
        verb_many="are not confirmed",
        meaning="The vendor is asked to confirm, and the ERP holds no confirmation: nobody has promised anything yet.",
        certainty="A fact as far as confirmations are entered: one that lies in a mailbox looks the same.",
        next_steps=(
            "Look for a confirmation that came by mail and was not entered; enter it.",
            "Ask the vendor to confirm date and quantity, and whether anything in the order is unclear.",
            "Tell the planner which lines rest on a date that only we have set.",
        ),
        clears="when a confirmation is entered, or the line is received in full or cancelled",
        vendor_ask="Please confirm date and quantity of each line, or tell us what is unclear in the order.",
    ),
    "likely_late": Guidance(
        heading="Likely to be late",
        label="lines likely late",
        clause_one="is likely to be late, as its age and the history of vendor and category say",
        clause_many="are likely to be late, as their age and the history of vendor and category say",
        verb_one="is likely late",
        verb_many="are likely late",
        meaning="No promise is broken yet. Lines of this vendor that were open at this age came late often enough, and "
        "more often than in its category, to ask now.",
        certainty="An estimate from lines of the same vendor and category that were open as many days before their "
        "date; the evidence beside each line has the figures and their interval.",
        next_steps=(
            "Ask the vendor how far each line is, before its date and not after it.",
            "Where stock does not cover a delay, agree now on what helps: a partial delivery, another carrier, "
            "another date for our own work.",
            "Have the date confirmed again, or changed, in the order.",
        ),
        clears="when the line is received in full or cancelled, gets another date, or its date passes: then it is "
        "overdue",
        vendor_ask="Please tell us how far each line is, and whether its date stands.",
        is_estimate=True,
    ),
}

SHIFTS = {
    "delivery_slip": ShiftGuidance(
        measure="late deliveries",
        noun="delivery",
        meaning="More deliveries than usual come late or are overdue, more than chance explains.",
        next_steps=(
            "Look at the orders below: one material, plant, carrier or a change of dates by us often explains most.",
            "Talk to the vendor's planner about capacity and the next weeks, not about single orders.",
            "Agree on what both do and until when, and check the open orders that are due next.",
        ),
        clears="when enough orders in a row were in time again for the rate to be the usual one",
        vendor_ask="Please look at the orders named here with us: what do they have in common, and which open orders "
        "are at risk?",
    ),
    "lead_time_growth": ShiftGuidance(
        measure="order lines slower than usual",
        noun="order line",
        meaning="Orders take longer from order to receipt, although promises may be kept: they moved with them.",
        next_steps=(
            "Ask the vendor what takes longer: material, capacity, approval, transport.",
            "Order earlier for what is needed next, and correct the planned delivery time in the material master.",
            "Look for what we can shorten: releases, drawings, call-offs that come late.",
        ),
        clears="when orders released later take the usual time again",
        vendor_ask="Please tell us what takes longer than before, and which lead times we should plan with.",
    ),
    "quality_dip": ShiftGuidance(
        measure="defects",
        noun="lot",
        meaning="Inspected lots hold more defects than usual, counting that defects of one lot belong together.",
        next_steps=(
            "See whether one material, batch or defect code explains it, and whether goods in stock are affected.",
            "Tell the vendor within 24 hours what was found, with pictures, and ask for containment first.",
            "Agree on cause and correction (8D), and keep inspecting until lots are clean again.",
        ),
        clears="when enough inspected lots were clean again for the rate to be the usual one",
        vendor_ask="Please check your stock and what is on its way for the same defects, and tell us cause and "
        "containment.",
    ),
    "quality_notifications": ShiftGuidance(
        measure="complaints",
        noun="receipt",
        meaning="We complain more often about this vendor's goods than usual.",
        next_steps=(
            "Read the notifications below: the same defect, plant or batch points to one cause.",
            "Answer open ones first; the joint target is 24 hours.",
            "Agree with the vendor on one cause to remove, and check that it stays removed.",
        ),
        clears="when complaints are as rare as usual again",
        vendor_ask="Please look at the complaints named here for a common cause, and tell us what you will change.",
    ),
    "lot_rejections": ShiftGuidance(
        measure="rejected lots",
        noun="lot",
        meaning="More lots are rejected at inspection than usual.",
        next_steps=(
            "Check stock cover of the rejected materials first, and whether a lot can be sorted or reworked.",
            "Ask the vendor for replacement and for containment of what is on its way.",
            "See whether our inspection or a drawing changed: then the shift is ours.",
        ),
        clears="when lots pass as usual again",
        vendor_ask="Please replace the lots named here where needed, and contain what is on its way.",
    ),
    "service_breaches": ShiftGuidance(
        measure="missed service targets",
        noun="ticket",
        meaning="More tickets miss their agreed resolution time than usual; open ones past it count.",
        next_steps=(
            "Take the open tickets past their target to the vendor's service manager today.",
            "See whether one service, priority or assignment group explains most.",
            "Agree on who answers what until when, and on the next review.",
        ),
        clears="when targets are met as usual again",
        vendor_ask="Please tell us when the open tickets named here are solved, and what keeps them open.",
    ),
    "service_slowdown": ShiftGuidance(
        measure="tickets slower than usual",
        noun="ticket",
        meaning="Tickets take longer to resolve than usual; open ones are counted with their age.",
        next_steps=(
            "Look at the oldest open tickets below: who waits for whom?",
            "Close what only waits for our answer.",
            "Ask the vendor about staff and backlog, and agree on a date by which it is worked off.",
        ),
        clears="when tickets are resolved in the usual time again",
        vendor_ask="Please tell us how you will work off the tickets named here, and what you wait for from us.",
        vendor_finding="Took long to solve, or is still open",
    ),
    "price_jump": ShiftGuidance(
        measure="prices above the last one paid",
        noun="invoice line",
        meaning="More often than usual a price lies above the one paid before for the same material, by more than 3 %.",
        next_steps=(
            "Check unit of measure and quantity first: an error of unit looks like a jump.",
            "Compare with the contract: is there an index clause, a surcharge, a new price that was agreed?",
            "Where it was not agreed, ask for a credit note before the next order.",
        ),
        clears="when enough invoices in a row kept the last price",
        vendor_ask="Please check the prices of the invoices named here against our agreement.",
    ),
    "relationship_drop": ShiftGuidance(
        measure="answers that do not recommend us",
        noun="answer",
        meaning="More of the vendor's people than usual would not recommend us (0 to 6 of 10), so that its net "
        "promoter score falls.",
        next_steps=(
            "Read the comments of the survey before anything else.",
            "Call: ask what has become harder in working with us, and listen.",
            "Bring one thing that we change to the next joint review.",
        ),
        clears="when enough later answers recommend us again",
        vendor_ask="We would like to hear what has become harder in working with us.",
    ),
}

CLEAR_REASONS = {
    "delivered": "received in full",
    "cancelled": "cancelled",
    "promise_restored": "back at the first promise",
    "re_promised": "given a new date",
    "confirmed": "confirmed by the vendor",
    "fell_due": "past its date, and overdue from now on",
    "recovered": "back to usual",
    "no_longer_seen": "not seen any more",
    "on_track": "on track again",
    "quarter_met": "target met at the end of the quarter",
    "quarter_not_met": "target not met at the end of the quarter",
    "quarter_undecided": "undecided at the end of the quarter",
}

OTHER_RULE = Guidance(
    heading="Needs a look",
    label="other lines",
    clause_one="needs a look",
    clause_many="need a look",
    verb_one="needs a look",
    verb_many="need a look",
    meaning="A rule of the early warning fired; the evidence beside each line says why.",
    certainty="The evidence beside each line says what it rests on.",
    next_steps=("Look at the evidence with the vendor, and agree on who does what until when.",),
    clears="when the rule no longer holds",
    vendor_ask="Please look at the lines named here, and tell us whether their dates stand.",
)

OTHER_SHIFT = ShiftGuidance(
    measure="measure",
    noun="event",
    meaning="A measure of this vendor has shifted; the evidence says how.",
    next_steps=("Look at the evidence with the vendor, and agree on who does what until when.",),
    clears="when the measure is as usual again",
    vendor_ask="Please look at the documents named here with us.",
)


def rule_order(rule_id: str) -> tuple[int, str]:
    """Rules in the order of the tables, then the others by name."""
    known = [*GUIDANCE, *SHIFTS]
    return (known.index(rule_id) if rule_id in known else len(known), rule_id)


def guidance_for(rule_id: str) -> Guidance:
    """The words of a rule about order lines; one that has none yet is mailed with its evidence and general words."""
    return GUIDANCE.get(rule_id, OTHER_RULE)


def shift_guidance_for(rule_id: str) -> ShiftGuidance:
    """The words of a rule about a vendor; one that has none yet is mailed with its evidence and general words."""
    return SHIFTS.get(rule_id, OTHER_SHIFT)


def clear_reason(code: str | None) -> str:
    """Why an alert is over, in words."""
    return CLEAR_REASONS.get(code or "", (code or "over").replace("_", " "))
