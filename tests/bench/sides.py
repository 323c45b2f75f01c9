"""A vault and its peer on one chain, doing the same work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from tests.anvil import FUNDED, Anvil, Outcome
from tests.bench.artifact import Artifact
from tests.bench.outcomes import done
from tests.bench.peers.timelock import SafeAndTimelock, deploy_timelock
from tests.stage import ETHER, HOUR, NATIVE, Actor, Call, Operation, Stage, call, found
from verifier.model.member import Role
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Duration, Hours

WAIT: Final = 48 * HOUR
GRACE: Final = 72 * HOUR
# The first publishes; the owners of the peer are the first ones too.
PEOPLE: Final = ("ann", "bob", "cat", "dan", "eve", "fay", "gil", "hal", "ida")
SECURITY: Final = ("bob", "cat")
# Approvers that the full floor wants beside a quorum: one who publishes, and one who may be missing.
SPARE: Final = 2
# An account that is not new, and that may be paid.
RECIPIENT: Final = bytes.fromhex("ae" * 20)
RECIPIENT_USE: Final = 1
# For ETH and for the token, both with 18 decimals: up to 1 is ROUTINE, from 100 on HIGH_VALUE.
TERMS: Final = 1_000_000 | 100_000_000 << 64 | 18 << 128 | 1 << 136
AMOUNTS: Final = {Tier.ROUTINE: ETHER // 2, Tier.STANDARD: 50 * ETHER, Tier.HIGH_VALUE: 200 * ETHER}
PLENTY: Final = 10**6 * ETHER


@cache
def token() -> Artifact:
    return Artifact.compile("Token.sol")


@dataclass(slots=True, kw_only=True)
class Sides:
    """Both of them, with the same people, assets, recipient and delay."""

    chain: Anvil
    name: str
    quorum: int
    stage: Stage
    peer: SafeAndTimelock
    token: bytes
    made: int = 0

    def amount(self, tier: Tier) -> int:
        """Return an amount of this tier that was not used before: a timelock takes the same calls only once."""
        self.made += 1
        return AMOUNTS[tier] + self.made * ETHER // 1000

    def eth(self, amount: int) -> list[Call]:
        return [call(to=RECIPIENT, value=amount)]

    def erc20(self, amount: int) -> list[Call]:
        return [call(to=self.token, data=token().data_of("transfer", RECIPIENT, amount))]

    # --------------------------------------------------------------------- here

    def publish(self, calls: Sequence[Call]) -> tuple[Operation, Outcome]:
        """Publish with a full quorum, signed before publication."""
        operation = self.stage.operation(PEOPLE[0], calls)
        approvals = [self.stage.sign(who, operation) for who in self._signers()]
        return operation, done(self.stage.propose(PEOPLE[0], operation, approvals))

    def publish_bare(self, calls: Sequence[Call]) -> tuple[Operation, Outcome]:
        operation = self.stage.operation(PEOPLE[0], calls)
        return operation, done(self.stage.propose(PEOPLE[0], operation))

    def here(self, calls: Sequence[Call], tier: Tier) -> list[int]:
        """Return the gas of each transaction from publication to execution."""
        if tier >= Tier.HIGH_VALUE:
            operation, published = self.publish_bare(calls)
            approvals = [self.stage.sign_published(who, operation) for who in self._signers()]
            steps = [published, done(self.stage.approve(operation, approvals, by=PEOPLE[0]))]
        else:
            operation, published = self.publish(calls)
            steps = [published]
        self.stage.pass_to_ready(operation)
        steps.append(done(self.stage.execute(PEOPLE[0], operation)))
        return [step.gas_used for step in steps]

    def _signers(self) -> tuple[str, ...]:
        return PEOPLE[1 : self.quorum + 1]


def open_sides(chain: Anvil, quorum: int, owners: int) -> Sides:
    """Found a vault and its peer, and give both, and the recipient, plenty of each asset."""
    people = [Actor.new(name, _roles(name)) for name in PEOPLE]
    guardian = Actor.new("guardian", Role.GUARDIAN)
    coin = chain.deploy(token().creation)
    stage = found(
        chain,
        [*people[: quorum + SPARE], guardian],
        tiers=[_terms(tier, quorum) for tier in Tier],
        assets=[(NATIVE, TERMS), (coin, TERMS)],
        counterparties=[(RECIPIENT, RECIPIENT_USE)],
    )
    peer = deploy_timelock(chain, people[:owners], quorum, delay=WAIT, canceller=guardian.address)
    for holder in (stage.vault, peer.holder, RECIPIENT):
        endow(chain, coin, holder)
    return Sides(chain=chain, name=f"{quorum}-of-{owners}", quorum=quorum, stage=stage, peer=peer, token=coin)


def endow(chain: Anvil, coin: bytes, holder: bytes) -> None:
    """Give an account plenty of each asset."""
    chain.set_balance(holder, PLENTY)
    done(chain.send(FUNDED[0], coin, token().data_of("transfer", holder, PLENTY)))


def held(chain: Anvil, coin: bytes, holder: bytes) -> tuple[int, int]:
    """Return what an account holds of each asset, in base units."""
    return chain.balance(holder), int.from_bytes(chain.call(coin, token().data_of("balanceOf", holder)).data)


def _roles(name: str) -> Role:
    if name == PEOPLE[0]:
        return Role.PROPOSER | Role.APPROVER
    return Role.APPROVER | Role.SECURITY if name in SECURITY else Role.APPROVER


def _terms(tier: Tier, quorum: int) -> TierTerms:
    return TierTerms(
        quorum=quorum,
        security_approvals=0 if tier is Tier.ROUTINE else 1,
        delay=Duration(WAIT),
        grace_hours=Hours(GRACE // HOUR),
    )
