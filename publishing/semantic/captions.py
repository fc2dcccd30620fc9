"""Names of columns as people read them."""

_SPELLED = {
    "otd": "on-time delivery,",
    "ppm": "PPM",
    "nps": "NPS",
    "mttr": "MTTR",
    "sla": "SLA",
    "kpi": "KPI",
    "crm": "CRM",
    "rfq": "RFQ",
    "fx": "FX",
    "id": "ID",
    "n": "(n)",
}


def caption(name: str) -> str:
    """A column's name in words: ``otd_first_promise`` is "On-time delivery, first promise"."""
    words = " ".join(_SPELLED.get(word, word) for word in name.split("_"))
    return words[:1].upper() + words[1:]
