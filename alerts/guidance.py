"""What each rule means to the person who is mailed: a table, so that a new rule is a new entry and no new code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Guidance:
    """The words of one rule."""

    heading: str
    label: str
    clause_one: str
    clause_many: str
    verb_one: str
    verb_many: str
    meaning: str
    next_steps: tuple[str, ...]
    clears: str


GUIDANCE = {
    "promise_moved_later": Guidance(
        heading="Promised later than before",
        label="slipping lines",
        clause_one="is now promised later than before",
        clause_many="are now promised later than before",
        verb_one="slips",
        verb_many="slip",
        meaning="The vendor has moved the delivery date beyond the first promise.",
        next_steps=(
            "Call the vendor together with the planner who needs the material, and ask what changed: capacity, "
            "material, "
            "a drawing, a forecast of ours?",
            "Offer what removes the cause on our side: a partial delivery, another carrier, an earlier answer "
            "to an open question.",
            "Agree on one date for each line, and have the vendor confirm it in the order, so that planning sees it.",
        ),
        clears="when the line is received in full or cancelled, or its promise moves back to the first",
    ),
    "overdue": Guidance(
        heading="Past the promised date",
        label="overdue lines",
        clause_one="has passed its promised date and is not received in full",
        clause_many="have passed their promised date and are not received in full",
        verb_one="is overdue",
        verb_many="are overdue",
        meaning="The promised date has passed, and the goods are not booked in full.",
        next_steps=(
            "Ask goods receiving first: a delivery on the dock that nobody has booked is the most common "
            "harmless cause.",
            "Call the vendor: has it left, with which carrier, and when will it be here? What is ready can come first.",
            "Have a new date confirmed in the order, and tell those who wait for the material.",
        ),
        clears="when the line is received in full, cancelled, or given a new date",
    ),
}

CLEAR_REASONS = {
    "delivered": "received in full",
    "cancelled": "cancelled",
    "promise_restored": "back at the first promise",
    "re_promised": "given a new date",
}

OTHER_RULE = Guidance(
    heading="Needs a look",
    label="other lines",
    clause_one="needs a look",
    clause_many="need a look",
    verb_one="needs a look",
    verb_many="need a look",
    meaning="A rule of the early warning fired; the evidence beside each line says why.",
    next_steps=("Look at the evidence with the vendor, and agree on who does what until when.",),
    clears="when the rule no longer holds",
)


def rule_order(rule_id: str) -> tuple[int, str]:
    """Rules in the order of the table, then the others by name."""
    known = list(GUIDANCE)
    return (known.index(rule_id) if rule_id in known else len(known), rule_id)


def guidance_for(rule_id: str) -> Guidance:
    """The words of a rule; a rule that has none yet is mailed with its evidence and general words."""
    return GUIDANCE.get(rule_id, OTHER_RULE)


def clear_reason(code: str | None) -> str:
    """Why an alert is over, in words."""
    return CLEAR_REASONS.get(code or "", (code or "over").replace("_", " "))
