"""The founding configuration and its hash."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_hash.auto import keccak
from hypothesis import given

from tests.core import strategies
from verifier.decode.encode import encode
from verifier.decode.signatures import interface
from verifier.errors import NumberOutOfRange
from verifier.model.configuration import Configuration
from verifier.model.tier import TierTerms


def abi_value(configuration: Configuration) -> Any:
    return (
        tuple((f.member, f.person, int(f.roles), f.attributes.pack()) for f in configuration.founders),
        tuple(terms.pack() for terms in configuration.tiers),
        configuration.supermajority,
        tuple((a.asset, a.terms.pack()) for a in configuration.assets),
        tuple((c.account, int(c.uses)) for c in configuration.counterparties),
        tuple((r.target, int.from_bytes(r.selector, "big"), r.rule.pack()) for r in configuration.rules),
        configuration.registry,
    )


@given(strategies.configurations)
def test_encode__any_configuration__as_our_own_encoder_and_the_abi_of_the_vault_say(
    configuration: Configuration,
) -> None:
    founded = interface("vault").events["Founded"]
    expected = encode(founded.data, (abi_value(configuration),))
    assert configuration.encode() == expected
    assert configuration.hash() == keccak(expected)


@given(strategies.configurations)
def test_encode__terms_that_do_not_fit__refused(configuration: Configuration) -> None:
    bad = replace(TierTerms.unpack(0), quorum=256)
    with pytest.raises(NumberOutOfRange):
        replace(configuration, tiers=(bad, *configuration.tiers[1:])).hash()
