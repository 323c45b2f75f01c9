"""What an operation moves of listed assets, and how full their buckets are: the vault's limits of the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.assess.policy import MOVERS, Judgement, read_measured
from verifier.model.address import Address
from verifier.model.asset import NATIVE, AssetTerms, Use
from verifier.model.evidence import Evidence
from verifier.model.operation import Call, Operation
from verifier.model.reading import PolicyReading
from verifier.model.units import Amount, Timestamp, Units


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledMove:
    """What a call moves by a rule of the vault."""

    asset: Address
    amount: Amount
    account: Address
    # What the account must be allowed below HIGH_VALUE.
    use: Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How full the bucket of an asset is."""

    asset: Address
    terms: AssetTerms
    # What counts of earlier movements at the block's time.
    now: Units
    # With this operation, where it adds to it when its quorum is reached.
    later: Units | None
    evidence: Evidence


def moves_of(call: Call, policy: PolicyReading) -> Iterator[RuledMove]:
    """Yield what a rule says that a call moves."""
    rule = policy.rules.get((call.target, call.data[:4]))
    if rule is None or rule.value.measure is None:
        return
    measure = rule.value.measure
    if found := read_measured(measure, call.data):
        amount, account = found
        yield RuledMove(asset=measure.asset, amount=amount, account=account, use=measure.uses)


def levels_of(
    operation: Operation, policy: PolicyReading, judgement: Judgement, *, now: Timestamp, is_proposed: bool
) -> Iterator[Level]:
    """Yield the bucket of every listed asset that an operation moves, each once.

    :param is_proposed: whether its quorum is still to be reached; afterwards it has been added
    """
    for asset in dict.fromkeys(_assets_of(operation, policy)):
        fact = policy.assets.get(asset)
        if fact is None:
            continue
        after = judgement.spending.get(asset) if is_proposed else None
        yield Level(
            asset=asset,
            terms=fact.value,
            now=fact.value.level_at(now),
            later=after.level if after else None,
            evidence=fact.evidence,
        )


def _assets_of(operation: Operation, policy: PolicyReading) -> Iterator[Address]:
    for call in operation.calls:
        if call.value:
            yield NATIVE
        if call.data[:4] in MOVERS:
            yield call.target
        yield from (move.asset for move in moves_of(call, policy))
