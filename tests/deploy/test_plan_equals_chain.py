"""The plan against the contract: it refuses exactly what the constructor refuses."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest
from hypothesis import event, given, note, settings

from tests.anvil import Anvil, AnvilError, start_anvil
from tests.deploy.files import texts
from tests.stage import deploy_companions
from verifier.assess.planning.people import People
from verifier.assess.segregation import are_segregated
from verifier.cli.planning import plan_of, released_founding
from verifier.errors import from_revert
from verifier.model.member import Role
from verifier.model.tier import Tier
from verifier.model.vault_file import VaultFile
from verifier.store.vault_file import parse_vault_file

OF_THE_CONTRACT = frozenset(
    {
        "seats-full",
        "member-address",
        "member-roles",
        "member-offset",
        "tier-terms",
        "tier-less-strict",
        "supermajority",
        "floor-broken",
        "asset-governed",
        "asset-member",
        "asset-limits",
        "asset-decimals",
        "counterparty-vault",
        "counterparty-member",
        "rule-vault",
        "rule-measure",
        "founding-too-large",
    }
)
"""What the constructor looks at; the other refusals are about operations that come later, or never could."""


@pytest.fixture(scope="module")
def companioned() -> Iterator[Anvil]:
    with start_anvil() as chain:
        deploy_companions(chain)
        yield chain


def refusal_of(chain: Anvil, file: VaultFile) -> str:
    """Return why the constructor refuses a founding; empty where it takes it."""
    code = released_founding(file).vault.init_code
    try:
        chain.rpc("eth_call", [{"data": "0x" + code.hex()}, "latest"])
    except AnvilError as refused:
        return from_revert(bytes.fromhex(refused.error["data"][2:])).sentence()
    return ""


@settings(max_examples=80)
@given(text=texts())
def test_plan__of_any_file__refuses_exactly_what_the_constructor_refuses(
    companioned: Anvil, text: str
) -> None:
    note(text)
    file = parse_vault_file(text.encode(), "vault.toml")
    plan = plan_of(file, released_founding(file))
    found = [remark for remark in plan.refusals if remark.rule in OF_THE_CONTRACT]
    note(str([(remark.rule, remark.sentence) for remark in plan.remarks]))
    said = refusal_of(companioned, file)
    note(said)
    event("refused" if said else "taken")
    for remark in found:
        event(remark.rule)
    assert bool(found) == bool(said)


@settings(max_examples=40)
@given(text=texts())
def test_people__of_any_file__have_a_quorum_exactly_where_one_is_among_all_sets(text: str) -> None:
    file = parse_vault_file(text.encode(), "vault.toml")
    people = People.of(file)
    approvers, security = people.having(Role.APPROVER), people.having(Role.SECURITY)
    proposers = people.having(Role.PROPOSER)
    for tier in Tier:
        terms = file.tiers[tier]
        if not 2 <= terms.quorum <= 7 or terms.security_approvals > terms.quorum:
            continue
        sets = [
            each
            for each in combinations(sorted(approvers), terms.quorum)
            if len(security & set(each)) >= terms.security_approvals
            and proposers - set(each)
            and (
                not terms.segregated
                or all(
                    are_segregated(people.members[a].attributes, people.members[b].attributes)
                    for a, b in combinations(each, 2)
                )
            )
        ]
        found = people.find_quorum(terms)
        assert (found in sets) if sets else found is None
        assert list(people.quorums(terms)) == sets
