"""A vendor's folder is safe, its own, and always the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publishing.site.places import vendor_page
from publishing.vendor_folder import vendor_folder

KEYS = st.text(min_size=1, max_size=300)


@given(KEYS)
def test_a_folder_has_safe_characters_only(key: str) -> None:
    folder = vendor_folder(key)
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", folder)
    assert len(folder) <= 60
    assert vendor_page(key) == f"vendors/{folder}/index.html"


@given(KEYS, KEYS)
def test_two_keys_never_share_a_folder(one: str, other: str) -> None:
    assert (vendor_folder(one) == vendor_folder(other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("erp:ABC", "erp:abc"),
        ("erp:1/2", "erp:1.2"),
        ("erp:" + "9" * 80, "erp:" + "9" * 81),
        ("../x", "x"),
        ("日", "本"),
    ],
)
def test_keys_that_read_alike_are_kept_apart(one: str, other: str) -> None:
    assert vendor_folder(one) != vendor_folder(other)


def test_a_folder_never_changes_because_links_to_it_are_kept() -> None:
    assert vendor_folder("erp_s4hana:100144") == "erp-s4hana-100144-d56ff5a083"
