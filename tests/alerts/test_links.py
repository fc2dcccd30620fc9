"""A link opens what it was signed for, for its recipient, until it ends; nothing else opens anything."""

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.links import Audience, LinkExpired, LinkRefused, Signer, doorway, known_recipient, signer_from_environment
from config.alert_routes import load_alert_routes
from ecosystem.errors import UsageError

NOW = datetime(2026, 7, 1, 18, tzinfo=UTC)
SECRET = "a-secret-of-more-than-thirty-two-characters"
SIGNER = Signer((SECRET,))
ONE, TWO = "buyer-one@example.com", "buyer-two@example.com"
MESSAGE = "<opened.0123@alerts.example.com>"


def link(**fields):
    given = {"audience": Audience.TEAM, "message_id": MESSAGE, "address": ONE, "expires_at": NOW + timedelta(days=30)}
    return SIGNER.link(**given | fields)


def test_a_link_says_what_it_was_signed_for():
    read = SIGNER.read(link(), NOW)
    assert (read.audience, read.message_id, read.expires_at) == (Audience.TEAM, MESSAGE, NOW + timedelta(days=30))
    assert known_recipient(SIGNER, read.recipient_mark, [TWO, ONE]) == ONE
    assert known_recipient(SIGNER, read.recipient_mark, [TWO]) is None


def test_the_same_input_gives_the_same_link_and_another_recipient_another():
    assert link() == link()
    assert len({link(), link(address=TWO), link(audience=Audience.VENDOR), link(message_id="<x@y>")}) == 4


def test_a_link_reveals_no_address():
    payload = link().split(".")[0]
    assert b"buyer" not in base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


def test_a_link_is_no_hidden_file_to_a_proxy_and_has_signs_of_addresses_only():
    token = link(message_id=f"<opened.{'0' * 40}@{'long-domain.' * 6}example.com>")
    assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*[A-Za-z0-9_-]", token)


def test_a_link_ends():
    assert SIGNER.read(link(), NOW + timedelta(days=30, seconds=-1))
    with pytest.raises(LinkExpired):
        SIGNER.read(link(), NOW + timedelta(days=30))


@given(st.text(max_size=300))
def test_no_text_is_a_link(token):
    with pytest.raises(LinkRefused):
        SIGNER.read(token, NOW)


@given(st.integers(0, 1000), st.characters(codec="ascii"))
def test_a_link_with_one_character_changed_is_none(position, character):
    token = link()
    position %= len(token)
    changed = token[:position] + character + token[position + 1 :]
    if changed == token:
        return
    try:
        read = SIGNER.read(changed, NOW)
    except LinkRefused:
        return
    # The last character of base64 may hold bits that nobody reads: what is said must be the same.
    assert read == SIGNER.read(token, NOW)


def test_a_link_signed_with_another_secret_is_none():
    other = Signer(("b" * 40,))
    with pytest.raises(LinkRefused):
        SIGNER.read(other.link(Audience.TEAM, MESSAGE, ONE, NOW + timedelta(days=1)), NOW)


def test_a_secret_can_be_replaced_while_old_links_live_on():
    replaced = Signer((SECRET, "b" * 40))
    read = replaced.read(link(), NOW)
    assert known_recipient(replaced, read.recipient_mark, [TWO, ONE]) == ONE
    new = replaced.link(Audience.TEAM, MESSAGE, ONE, NOW + timedelta(days=1))
    with pytest.raises(LinkRefused):
        SIGNER.read(new, NOW)


def test_a_form_belongs_to_the_page_of_one_link_and_ends():
    form = SIGNER.form_token(link(), NOW + timedelta(hours=1))
    assert SIGNER.is_form_of(form, link(), NOW)
    assert not SIGNER.is_form_of(form, link(address=TWO), NOW)
    assert not SIGNER.is_form_of(form, link(), NOW + timedelta(hours=1))
    assert not SIGNER.is_form_of(link(), link(), NOW), "a link is no form"
    assert not SIGNER.is_form_of("", link(), NOW)


def test_a_form_is_no_link():
    with pytest.raises(LinkRefused):
        SIGNER.read(SIGNER.form_token(link(), NOW + timedelta(hours=1)), NOW)


def test_a_secret_that_could_be_guessed_is_refused(monkeypatch):
    monkeypatch.setenv("ECOSYSTEM_ALERTS_LINK_SECRET", "short")
    with pytest.raises(UsageError, match="fewer than 32 characters") as failure:
        signer_from_environment()
    assert "short" not in str(failure.value)


@pytest.mark.parametrize(
    ("secret", "base_url", "on"),
    [(SECRET, "https://x.example", True), ("", "https://x.example", False), (SECRET, "", False)],
)
def test_links_need_a_secret_and_a_page(routes_file, monkeypatch, secret, base_url, on):
    monkeypatch.setenv("ECOSYSTEM_ALERTS_LINK_SECRET", secret)
    monkeypatch.setenv("ECOSYSTEM_ALERTS_BASE_URL", base_url)
    assert (doorway(load_alert_routes()) is not None) is on
