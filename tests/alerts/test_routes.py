"""The routes file: who gets what, and errors that name file and key."""

import re

import pytest

from alerts.routing import owner_of, route_of
from alerts.signals import LineSignal
from config.alert_routes import load_alert_routes
from ecosystem.errors import UsageError
from ecosystem.paths import project_root


@pytest.fixture
def to_signal(signal):
    def to_signal(**overrides):
        return LineSignal(**signal(1, 1, **overrides))

    return to_signal


def test_the_repositorys_routes_are_valid_and_have_a_default():
    routes = load_alert_routes(project_root() / "config" / "alert_routes.yml")
    assert routes.teams[routes.default_team].recipients
    assert routes.teams[routes.engineers_team].recipients


@pytest.mark.parametrize(
    ("fields", "route"),
    [
        ({}, "default"),
        ({"category": "Freight"}, "logistics"),
        ({"category": "Logistics"}, "logistics"),
        ({"category": "Freight", "is_strategic": True}, "strategic"),
        ({"category": "unknown"}, "default"),
    ],
)
def test_the_first_route_that_matches_owns_the_signal(routes_file, to_signal, fields, route):
    assert route_of(to_signal(**fields), load_alert_routes()) == route


@pytest.mark.parametrize(
    ("when", "fields", "matches"),
    [
        ("{kpi_family: delivery, severity: [alert]}", {}, True),
        ("{kpi_family: delivery, severity: [alert]}", {"severity": "watch"}, False),
        ("{kpi_family: [quality, cost]}", {}, False),
        ("{is_strategic: false}", {}, True),
        ("{is_strategic: false}", {"is_strategic": True}, False),
        ("{vendor_category: packaging}", {}, False),
    ],
)
def test_all_conditions_of_a_route_must_hold(routes_file, to_signal, when, fields, matches):
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(text.replace("{is_strategic: true}", when), encoding="utf-8")
    assert (route_of(to_signal(**fields), load_alert_routes()) == "strategic") is matches


def test_a_route_that_is_gone_falls_to_the_default_team_and_says_so(routes_file):
    owner = owner_of("former", load_alert_routes())
    assert (owner.route, owner.team.name) == ("default", "Buyers")
    assert "'former' is no longer configured" in owner.reason


MISTAKES = [
    ("default_team: buyers\n", "", "default_team: Field required"),
    ("default_team: buyers", "default_team: byers", "default_team is 'byers', which is not among teams"),
    ("team: partners", "team: nobody", "routes.strategic.team is 'nobody'"),
    ("is_strategic: true", "is_stategic: true", "routes.0.when.is_stategic: Extra inputs are not permitted"),
    ("recipients: partners@example.com", "recipients: []", "teams.partners.recipients"),
    ("recipients: partners@example.com", "recipients: 'a b@example.com'", "teams.partners.recipients.0"),
    ("recipients: partners@example.com", "recipients: ['a@b.c', 'a@b.c']", "names an entry twice"),
    ("name: logistics,", "name: strategic,", "the name 'strategic' is used twice"),
    ("name: logistics,", "name: default,", "the name 'default' is reserved"),
    ("message_id_domain: alerts.example.com", "message_id_domain: 'a b'", "mail.message_id_domain"),
    ("mail:", "mail: [", "not valid YAML at line"),
    ("", "- just a list\n#", "must be a mapping"),
]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ("weekly_mails_per_recipient: 5", "weekly_mails_per_recipient needs weekly_digest"),
        ("backfill_after_days: 30", "backfill_after_days needs weekly_digest"),
        ("weekly_digest: mon", "weekly_digest"),
        ("escalation: {alert: [{after_hours: 5, team: nobody}]}", "escalation.alert.0.team is 'nobody'"),
        (
            "escalation: {alert: [{after_hours: 5, team: buyers}, {after_hours: 5, team: partners}]}",
            "escalation.alert: after_hours must rise from rung to rung",
        ),
        ("escalation: {urgent: [{after_hours: 5, team: buyers}]}", "escalation.urgent"),
        ("escalation: {alert: []}", "escalation.alert"),
        ("remind_after_hours: {alert: 0}", "remind_after_hours.alert"),
        ("answer_within_hours: {quality: .inf}", "answer_within_hours.quality"),
        ("calendar: {time_zone: Middle/Earth}", "there is no time zone 'Middle/Earth'"),
        ("calendar: {country: XX}", "no public holidays are known of 'XX'"),
        ("calendar: {country: DE, subdivision: QQ}", "no public holidays are known of 'DE-QQ'"),
        ("calendar: {subdivision: BY}", "subdivision needs a country"),
        ("calendar: {workdays: [monday, monday]}", "names an entry twice"),
        ("calendar: {workdays: []}", "calendar.workdays"),
    ],
)
def test_a_mistake_in_what_comes_by_the_clock_is_named(routes_file, settings, problem):
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(f"{text}{settings}\n", encoding="utf-8")
    with pytest.raises(UsageError) as failure:
        load_alert_routes()
    assert str(routes_file) in str(failure.value)
    assert problem in str(failure.value)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    MISTAKES,
)
def test_a_mistake_is_named_with_file_and_key(routes_file, old, new, problem):
    text = routes_file.read_text(encoding="utf-8")
    routes_file.write_text(text.replace(old, new) if old else new, encoding="utf-8")
    with pytest.raises(UsageError) as failure:
        load_alert_routes()
    assert str(routes_file) in str(failure.value)
    assert problem in str(failure.value)
    assert "a b@example.com" not in str(failure.value)


def test_a_missing_file_is_named(routes_file):
    routes_file.unlink()
    with pytest.raises(UsageError, match="There is no"):
        load_alert_routes()


def test_the_repositorys_examples_of_channels_and_letters_are_valid(tmp_path):
    text = (project_root() / "config" / "alert_routes.yml").read_text(encoding="utf-8")
    examples = re.compile(r"^# ((?:channels|default_channels|engineers_channels|vendor_letters|  ).*)$", re.MULTILINE)
    _, rest = text.split("\nmail:\n", 1)
    file = tmp_path / "alert_routes.yml"
    file.write_text(f"mail:\n{examples.sub(lambda found: found[1], rest)}", encoding="utf-8")
    routes = load_alert_routes(file)
    assert routes.channels["packaging_chat"].connection == "slack_of_packaging"
    assert routes.letters_to("erp_s4hana:10042").recipients == ("sales@nordwind.example",)
    assert load_alert_routes(project_root() / "config" / "alert_routes.yml").vendor_letters is None


@pytest.mark.parametrize(
    "url", ["alerts.example.com", "ftp://alerts.example.com", "https://alerts.example.com/?x=1", "https://a b"]
)
def test_an_address_of_the_page_that_no_browser_opens_is_a_mistake(routes_file, url):
    routes_file.write_text(routes_file.read_text(encoding="utf-8") + f"page: {{base_url: '{url}'}}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"page\.base_url"):
        load_alert_routes()
