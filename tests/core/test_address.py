"""Addresses: what is taken as text, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import AddressMalformed
from verifier.model.address import Address

CHECKSUMMED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@given(st.binary(min_size=20, max_size=20))
def test_parse__what_str_gave__same_address(raw: bytes) -> None:
    assert Address.parse(str(Address(raw))) == raw


@pytest.mark.parametrize("text", [CHECKSUMMED, CHECKSUMMED.lower(), "0x" + CHECKSUMMED[2:].upper()])
def test_parse__right_or_no_checksum__address(text: str) -> None:
    assert str(Address.parse(text)) == CHECKSUMMED


@pytest.mark.parametrize(
    "text",
    [
        "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",  # one letter's case
        "0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        CHECKSUMMED[2:],
        CHECKSUMMED[:-1],
        CHECKSUMMED + "0",
        CHECKSUMMED + "\n",
        " " + CHECKSUMMED,
        "0x" + "g" * 40,
        "vitalik.eth",
        "",
    ],
)
def test_parse__wrong_form_or_checksum__refused(text: str) -> None:
    with pytest.raises(AddressMalformed):
        Address.parse(text)


@given(st.binary(max_size=40).filter(lambda raw: len(raw) != 20))
def test_new__not_20_bytes__refused(raw: bytes) -> None:
    with pytest.raises(AddressMalformed):
        Address(raw)
