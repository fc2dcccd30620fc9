"""The numbers that shape the simulated company.

Most are fitted on public data: 4,920 vendor deliveries of the USAID SCMS programme (2006-2015) and 24,918 incidents of
a ServiceNow log (UCI no. 498). Those marked "assumed" have no public measurement.
"""

from datetime import UTC, date, datetime

HISTORY_START = date(2023, 7, 1)
FIRST_TODAY = datetime(2026, 6, 30, 18, tzinfo=UTC)
LAST_DAY = date(2026, 12, 31)
"""The last day for which the world knows events."""
HISTORY_DAYS = (FIRST_TODAY.date() - HISTORY_START).days
ALL_DAYS = (LAST_DAY - HISTORY_START).days

# ---- vendors -----------------------------------------------------------------------------------------------------
VENDOR_COUNT = 200
ORDER_LINES = 28_500
"""Vendor schedule lines ordered before the first today, expected."""
LARGEST_VENDORS = (
    # share of all lines and late rate of the ten largest real vendors, largest first
    (0.153, 0.13),
    (0.145, 0.02),
    (0.136, 0.14),
    (0.073, 0.00),
    (0.071, 0.01),
    (0.066, 0.00),
    (0.064, 0.01),
    (0.056, 0.01),
    (0.036, 0.13),
    (0.020, 0.03),
)
OTHER_VENDORS = ((18, 100, 250), (28, 30, 99), (25, 10, 29), (119, 1, 9))
"""Bands of the remaining vendors: how many, fewest and most lines in three years (60 % of vendors have under ten)."""
LATE_RATE_BETA = (0.81, 20.9)
LATE_RATE_SPREAD_BAD = (0.12, 0.27)
"""Overdispersion within vendor and quarter of vendors that are late often."""
LATE_RATE_SPREAD_GOOD = 0.02
LEAD_LOG_MEAN = (4.48, 0.42)
LEAD_LOG_SPREAD = 0.60
LEAD_DAYS_LIMITS = (4, 330)

# ---- orders ------------------------------------------------------------------------------------------------------
LINES_PER_ORDER = ((0.74, 1, 1), (0.13, 2, 2), (0.05, 3, 3), (0.05, 4, 6), (0.025, 7, 15), (0.005, 16, 40))
"""Probability, fewest, most lines (mean 1.8; measured: mean 1.7, p90 3, p99 15)."""
NEW_SHIPMENT = 0.2
"""Probability that the next line of an order travels in a shipment of its own."""
LINE_VALUE_LOG = (9.99, 2.60)
LINE_VALUE_LIMITS = (5.0, 6_000_000.0)
UNIT_PRICE_LOG = (2.28, 1.3)
PRICE_CHANGED = 0.30
PRICE_CHANGE_LIMITS = (-0.12, 0.06)
BATCH_ORDERS = 0.2
"""Share of orders that a planning run creates at 05:00:00 sharp, many in one instant (assumed)."""
TRANSPORT_ORDER_LINES = 1_500
"""Lines supplied by the company's own plant, which say nothing about vendors."""
LIVES = (
    # what becomes of an order line besides being delivered; all assumed
    ("cancelled", 0.080),
    ("removed", 0.012),
    ("split", 0.025),
    ("two_dates", 0.020),
    ("buyer_date", 0.040),
    ("buyer_quantity", 0.020),
    ("buyer_price", 0.015),
    ("returns_item", 0.003),
)

# ---- deliveries --------------------------------------------------------------------------------------------------
EARLY_RATE = 0.082
EARLY_DAYS_LOG = (3.89, 0.9)
LATE_DAYS_LOG = (2.451, 1.38)
LATE_DAYS_LIMIT = 192
TRANSPORT_MIX = (0.446, 0.172)
"""Early and late rate of the company's own warehouse."""
ANNOUNCED_LATE = 0.60
ANNOUNCED_EARLY = 0.30
FALSE_PUSH = 0.02
NOTICE_DAYS = (2, 14)
WEEKEND_DELIVERY = 0.14
"""Probability that what falls on a weekend stays there: 4 % of the measured deliveries are on two days of seven."""
RECORDED_LATER = 0.185
RECORDING_LAG_LOG = (2.08, 1.19)
RECORDING_LAG_LIMIT = 120
PARTIAL = 0.18
OVER_DELIVERY = 0.03
UNDER_DELIVERY = 0.02
REVERSED_RECEIPT = 0.015
RETURNED = 0.015

# ---- tickets -----------------------------------------------------------------------------------------------------
TICKETS_PER_DAY = 5.5
TICKET_WEEKDAYS = (0.239, 0.199, 0.196, 0.165, 0.154, 0.026, 0.021)
RESOLVE_HOURS = (
    (0.0, 0.02),
    (0.10, 0.1),
    (0.25, 0.42),
    (0.50, 22.1),
    (0.75, 148.0),
    (0.90, 382.0),
    (0.95, 711.0),
    (0.99, 2843.0),
    (1.0, 8000.0),
)
"""Measured quantiles of the hours to resolve; between them the logarithm is linear (a lognormal misses p50 by half)."""
TICKET_REOPENED = 0.03
TICKET_REASSIGNED = 0.456
TICKET_CANCELLED = 0.045
TICKET_CLOSED_UNRESOLVED = 0.017
TICKET_ON_HOLD = 0.20
TICKET_WITHOUT_VENDOR = 0.30
AUTO_CLOSE_DAYS = 5
SLA_HOURS = {"1": 4, "2": 24, "3": 72, "4": 120}
PRIORITIES = (("1", 0.02), ("2", 0.06), ("3", 0.80), ("4", 0.12))

# ---- relations ---------------------------------------------------------------------------------------------------
STRATEGIC_VENDORS = 12
WITHOUT_ACCOUNT = 0.04
PROPOSALS_PER_QUARTER = 16.0

# ---- agreements --------------------------------------------------------------------------------------------------
CONTRACT_VENDORS = 90
"""The largest vendors have a contract for each year (assumed, like all that follows)."""
CONTRACT_PRICE = (0.93, 1.0)
"""Contract price as a share of the list price."""
CONTRACT_SHARE = 0.6
"""Share of the order lines under a valid contract that name it."""
CONTRACT_EXTENDED = 0.15
UNCONFIRMING_VENDORS = 5
"""Every so-manieth vendor is not asked to confirm orders."""
CONFIRMED = 0.92
CONFIRM_DAYS_LOG = (0.7, 0.8)
CONFIRM_DAYS_LIMIT = 21
CONFIRMED_AS_ASKED = 0.86
STANDARD_PRICE_SPREAD = (0.96, 1.05)
LIST_PRICE_RISE = (0.0, 0.04)
"""Yearly rise of info record prices."""
SPECIAL_ORDERS = {
    # orders of each kind in all time
    "consignment": 70,
    "third_party": 70,
    "service": 70,
    "framework": 45,
    "pack_receipt": 70,
    "price_unit": 70,
}

# ---- quality -----------------------------------------------------------------------------------------------------
INSPECTED_MATERIALS = 0.6
DEFECT_RATE_BETA = (0.8, 15.0)
"""Probability by vendor that a lot is rejected (assumed; few vendors make most of the events, as measured)."""
SKIP_LOT_BELOW = 0.02
SKIP_LOTS = 0.5
"""Vendors with a lower rejection rate have this share of their lots not inspected."""
DEFECTIVE_UNKNOWN = 0.20
"""Fitted: a fifth of 6,145 real quality events has no defect quantity."""
ACCEPTED_WITH_DEFECTS = 0.03
DECISION_DAYS_LOG = (0.8, 0.9)
DECISION_DAYS_LIMIT = 45
DECISION_REVISED = 0.02
COMPLAINED_LOTS = 0.85
COMPLAINTS_IN_USE = 0.06
"""Probability by receipt, for a vendor of average quality, of a complaint after goods were accepted."""
COMPLAINT_HOURS = (
    (0.0, 0.3),
    (0.25, 4.0),
    (0.55, 22.0),
    (0.75, 70.0),
    (0.90, 260.0),
    (0.99, 1500.0),
    (1.0, 4000.0),
)
"""Quantiles of the hours to complete a notification (assumed; the tail as that of tickets)."""
COMPLAINTS_LEFT_OPEN = 0.03
COMPLAINTS_WITHDRAWN = 0.06

# ---- invoices ----------------------------------------------------------------------------------------------------
INVOICED = 0.97
INVOICE_DAYS_LOG = (2.2, 0.7)
INVOICE_DAYS_LIMIT = 120
INVOICE_IN_PARTS = 0.04
INVOICE_PRICE_DIFFERS = 0.10
INVOICE_PRICE_LIMITS = (-0.05, 0.08)
INVOICE_UNIT_ERROR = 0.001
"""A price that is a hundredfold, as in the real log (there up to 3,200 times)."""
INVOICE_REVERSED = 0.012
CREDITED_RETURNS = 0.75
SUBSEQUENT_DEBITS = 0.01
DOMESTIC_TAX = 0.08

# ---- stock -------------------------------------------------------------------------------------------------------
OPENING_WEEKS = (3, 12)
"""What lies there on the first day, in weeks of average use."""
USE_SPREAD = (0.4, 1.6)
WEEKLY_STOCK_FROM = date(2026, 4, 6)
"""Before it withdrawals are shown once a quarter, from it on weekly, each material on a day of its own."""
BLOCKED_DAYS = (10, 60)

# ---- requests for quotation --------------------------------------------------------------------------------------
RFQ_PER_QUARTER = 16
BIDDERS = (3, 6)
RESPONSE_DAYS_LOG = (1.9, 0.6)
RESPONSE_SPREAD = 0.5
"""Spread between vendors of the logarithm of their response time."""
SILENT_BIDDERS = 0.15

# ---- exchange rates ----------------------------------------------------------------------------------------------
COMPANY_CURRENCY = "USD"
FIRST_RATES = {"EUR": 1.09, "GBP": 1.27, "CHF": 1.12, "JPY": 0.0070}
"""US dollars for one unit on 1 January 2023 (rounded public averages); they walk by RATE_STEP a month."""
RATE_STEP = 0.012
