"""What the founding of a vault leaves to its people: the operations that bring the rest of the file.

The constructor takes founders, tiers, and assets, counterparties and rules that are the same on every chain. What is
different from chain to chain would make another address of it; duties, strategies and the terms of break-glass are kept
by the companions, which listen to the vault alone; and a group proves its key with the vault's address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.decode.signatures import interface
from verifier.model.address import Address
from verifier.model.call import AbiValue
from verifier.model.companions import Companions
from verifier.model.limits import BYPASS_LIMIT, MAX_CALLS, REVIEW_HOURS
from verifier.model.operation import Call
from verifier.model.plan import FollowUp
from verifier.model.text import Shown
from verifier.model.units import ChainId, Wei
from verifier.model.vault_file import Chains, PlannedStrategy, VaultFile

_DUTIES = 16


def follow_ups(
    file: VaultFile, *, chain_id: ChainId, vault: Address, companions: Companions
) -> Iterator[FollowUp]:
    """Yield the operations that the vault needs on a chain after its founding, in the order to propose them."""
    policy = list(_policy(file, chain_id, vault))
    yield from _batches("policy", "Lists what is on this chain only", policy)
    yield from _batches("duties", "Says who has which custody duty", _duties(file, companions))
    yield from _batches("strategies", "Sets the limits of strategies", _strategies(file, companions))
    yield from _batches("bypass", "Sets the terms of break-glass", _bypass(file, companions))
    for member in file.groups:
        yield FollowUp(
            key="group",
            title=Shown(f"Adds the group {member.name}, {member.address}"),
            calls=(),
            awaits=Shown("its registration, signed by its holders for this vault on this chain"),
        )


def call_of(contract: str, target: Address, function: str, *arguments: AbiValue) -> Call:
    """Return a call of a contract of this release.

    :param contract: the name of its interface, such as `vault`
    """
    data = interface(contract).function(function).encode(*arguments)
    return Call(target=target, value=Wei(0), data=data)


def _batches(key: str, title: str, calls: Iterable[Call]) -> Iterator[FollowUp]:
    """Yield operations of as many calls as one may have."""
    each = list(calls)
    for start in range(0, len(each), MAX_CALLS):
        part = tuple(each[start : start + MAX_CALLS])
        number = f"-{start // MAX_CALLS + 1}" if len(each) > MAX_CALLS else ""
        yield FollowUp(key=key + number, title=Shown(title), calls=part)


def _is_here(only_on: Chains, chain_id: ChainId) -> bool:
    return chain_id in only_on


def _policy(file: VaultFile, chain_id: ChainId, vault: Address) -> Iterator[Call]:
    for asset in file.assets:
        if _is_here(asset.only_on, chain_id):
            yield call_of("vault", vault, "setAsset", asset.asset.asset, asset.asset.terms.pack())
    for party in file.counterparties:
        if _is_here(party.only_on, chain_id):
            account, uses = party.counterparty.account, int(party.counterparty.uses)
            yield call_of("vault", vault, "setCounterparty", account, uses)
    for planned in file.rules:
        if _is_here(planned.only_on, chain_id):
            ruling = planned.ruling
            selector = int.from_bytes(ruling.selector, "big")
            yield call_of("vault", vault, "setRule", ruling.target, selector, ruling.rule.pack())


def _duties(file: VaultFile, companions: Companions) -> Iterator[Call]:
    registry = companions.duty_registry
    # What excludes what comes first, so that no grant slips in before it.
    known: dict[int, int] = {}
    for duty, mask in sorted(file.exclusion_masks.items(), key=lambda each: (-each[1].bit_count(), each[0])):
        # What another call has said from its side already needs none.
        if known.get(duty) == mask:
            continue
        yield call_of("duty_registry", registry, "setConflicts", duty, mask)
        known[duty] = mask
        for other in (1 << i for i in range(_DUTIES) if mask >> i & 1):
            known[other] = known.get(other, 0) | duty
    for grant in file.duties:
        for duty in (1 << i for i in range(_DUTIES) if grant.duties >> i & 1):
            yield call_of("duty_registry", registry, "grant", int(grant.person), duty)


def _strategies(file: VaultFile, companions: Companions) -> Iterator[Call]:
    for planned in file.strategies:
        yield from calls_of_strategy(planned, companions.strategy_limits)


def calls_of_strategy(planned: PlannedStrategy, limits: Address) -> Iterator[Call]:
    """Yield what begins a strategy."""
    terms: AbiValue = (planned.position, planned.order, planned.risk)
    yield call_of("strategy_limits", limits, "setTerms", planned.strategy, terms)
    for venue in planned.venues:
        yield call_of("strategy_limits", limits, "setVenue", planned.strategy, venue, True)
    for guard in planned.guards:
        yield call_of("strategy_limits", limits, "setGuard", planned.strategy, guard, True)


def _bypass(file: VaultFile, companions: Companions) -> Iterator[Call]:
    process = file.bypass
    if process is None or (process.limit, process.review_hours) == (BYPASS_LIMIT, REVIEW_HOURS):
        return
    yield call_of(
        "bypass_ledger", companions.bypass_ledger, "setTerms", process.limit, int(process.review_hours)
    )
