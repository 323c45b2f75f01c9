"""From calls to a tier, by the vault's policy. What is not understood is CUSTODY."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Final

from eth_hash.auto import keccak

from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE, AssetTerms, Use
from verifier.model.companions import Companions
from verifier.model.operation import Call
from verifier.model.rule import Measure, Rule
from verifier.model.tier import Tier
from verifier.model.units import Amount, Timestamp, Units


def _selector(signature: str) -> bytes:
    return keccak(signature.encode("ascii"))[:4]


TRANSFER: Final = _selector("transfer(address,uint256)")
TRANSFER_FROM: Final = _selector("transferFrom(address,address,uint256)")
APPROVE: Final = _selector("approve(address,uint256)")
INCREASE_ALLOWANCE: Final = _selector("increaseAllowance(address,uint256)")
MOVERS: Final = frozenset({TRANSFER, TRANSFER_FROM, APPROVE, INCREASE_ALLOWANCE})
"""The functions by which an ERC-20 token moves, or lets others move it."""

SEAT_FUNCTIONS: Final = frozenset(
    _selector(signature)
    for signature in (
        "addMember(address,uint256,uint256,uint256)",
        "addGroup(address,uint256,uint256,uint256,uint256[3],(uint256,bytes32,bytes32))",
        "setHolders(address,uint256[3])",
        "removeMember(address)",
        "replaceMember(address,address,uint256,uint256)",
        "reinstateMember(address)",
        "confirmSuspension(address)",
        "setRoles(address,uint256)",
        "setAttributes(address,uint256)",
    )
)
"""The functions of the vault whose first argument is the one member that they are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBook:
    """What policy knows; what is in no mapping is not listed, not allowed, or has no rule."""

    companions: Companions
    assets: Mapping[Address, AssetTerms]
    counterparties: Mapping[Address, Use]
    # By target and selector, four bytes.
    rules: Mapping[tuple[Address, bytes], Rule] = field(default_factory=dict)
    # Who says which custody duties a person has; the zero address where nobody does.
    registry: Address = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the calls of an operation are."""

    tier: Tier
    is_seat_operation: bool
    # The one member that a seat operation is about; the zero address in other operations.
    subject: Address
    # What moves below HIGH_VALUE: each asset once, in the order of the calls, with its bucket as the quorum leaves it.
    # It is kept only where the tier is below HIGH_VALUE.
    spending: Mapping[Address, AssetTerms]


def judge(
    calls: tuple[Call, ...],
    *,
    vault: Address,
    book: PolicyBook,
    known: Container[Address],
    now: Timestamp,
    with_levels: bool = True,
) -> Judgement:
    """Return what today's policy makes of the calls of an operation. Amounts of one asset add up from call to call.

    :param known: every address that has, or ever had, a seat
    :param with_levels: whether they add to what the buckets hold already; not at a recount: they were added before
    """
    case = _Case(vault=vault, book=book, known=known, now=now, with_levels=with_levels)
    tier = max((case.tier_of_call(call) for call in calls), default=Tier.ROUTINE)
    subject = subject_of(calls, vault)
    return Judgement(
        tier=tier,
        is_seat_operation=subject is not None,
        subject=subject or NOBODY,
        spending=case.spending,
    )


def tier_of(
    calls: tuple[Call, ...],
    *,
    vault: Address,
    book: PolicyBook,
    known: Container[Address],
    now: Timestamp,
    with_levels: bool = True,
) -> Tier:
    """Return the highest tier of any of the calls."""
    return judge(calls, vault=vault, book=book, known=known, now=now, with_levels=with_levels).tier


def read_measured(measure: Measure, data: bytes) -> tuple[Amount, Address] | None:
    """Return how much a call moves and to whom, by a rule; None where the data has another shape.

    It has as many words as the rule says, and no dirty byte in front of the counterparty.
    """
    account = _word_at(data, measure.counterparty_at)
    if len(data) != 4 + 32 * measure.words or any(account[:12]):
        return None
    return Amount(int.from_bytes(_word_at(data, measure.amount_at), "big")), Address(account[12:])


def subject_of(calls: tuple[Call, ...], vault: Address) -> Address | None:
    """Return whom a seat operation is about; None where it is no seat operation."""
    if len(calls) != 1 or calls[0].target != vault or len(calls[0].data) < 36:
        return None
    data = calls[0].data
    return Address(data[16:36]) if data[:4] in SEAT_FUNCTIONS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """The calls of one operation, judged one after the other."""

    vault: Address
    book: PolicyBook
    known: Container[Address]
    now: Timestamp
    with_levels: bool
    # Grows from call to call.
    spending: dict[Address, AssetTerms] = field(default_factory=dict)

    def tier_of_call(self, call: Call) -> Tier:
        target, selector = call.target, call.data[:4]
        if target == self.vault:
            return Tier.CUSTODY
        if not call.data:
            allowed = self._is_allowed(target, Use.RECIPIENT)
            if not allowed and target in self.known:
                return Tier.CUSTODY
            return self._tier_of_move(NATIVE, Amount(call.value), allowed=allowed)
        # What it asserts changes nothing.
        if target == self.book.companions.checks:
            return Tier.ROUTINE if call.value == 0 else Tier.CUSTODY
        if selector in MOVERS and target in self.book.assets:
            return self._tier_of_token_call(call) if call.value == 0 else Tier.CUSTODY
        rule = self.book.rules.get((target, selector))
        # No rule makes less of a call to what the vault governs, or to a member.
        if rule is None or len(selector) < 4 or self._is_governed(target) or target in self.known:
            return Tier.CUSTODY
        tier = self._tier_of_measured(rule.measure, call.data) if rule.measure else Tier.HIGH_VALUE
        if call.value == 0:
            return tier
        # Value that goes along goes to the target.
        allowed = self._is_allowed(target, Use.RECIPIENT)
        return max(tier, self._tier_of_move(NATIVE, Amount(call.value), allowed=allowed))

    def _is_governed(self, target: Address) -> bool:
        return target == self.book.registry or target in self.book.companions.keepers

    def _is_allowed(self, account: Address, uses: Use) -> bool:
        """Whether it is allowed any of these."""
        return bool(self.book.counterparties.get(account, Use(0)) & uses)

    def _tier_of_token_call(self, call: Call) -> Tier:
        """Canonical calldata only: the exact length, and no dirty byte in front of an address."""
        selector, arguments = call.data[:4], call.data[4:]
        if selector == TRANSFER_FROM:
            # Only its own assets are the vault's to move.
            if arguments[:32] != self.vault.rjust(32, b"\0"):
                return Tier.CUSTODY
            arguments = arguments[32:]
        if len(arguments) != 64 or any(arguments[:12]):
            return Tier.CUSTODY
        account, amount = Address(arguments[12:32]), Amount(int.from_bytes(arguments[32:], "big"))
        if selector in (TRANSFER, TRANSFER_FROM):
            allowed = self._is_allowed(account, Use.RECIPIENT)
        else:
            # Taking an allowance back frees nothing, whoever had it.
            takes_back = selector == APPROVE and amount == 0
            allowed = takes_back or self._is_allowed(account, Use.SPENDER)
        return self._tier_of_move(call.target, amount, allowed=allowed)

    def _tier_of_measured(self, measure: Measure, data: bytes) -> Tier:
        moved = read_measured(measure, data)
        if moved is None:
            return Tier.CUSTODY
        amount, account = moved
        return self._tier_of_move(measure.asset, amount, allowed=self._is_allowed(account, measure.uses))

    def _tier_of_move(self, asset: Address, amount: Amount, *, allowed: bool) -> Tier:
        """Where it is below HIGH_VALUE, it is added to the spending."""
        moved = self.spending.get(asset)
        terms = moved or self.book.assets.get(asset)
        if terms is None:
            return Tier.CUSTODY
        if not allowed:
            return Tier.HIGH_VALUE
        if amount == 0:
            return Tier.ROUTINE
        # A part of a unit counts as a whole one.
        level = -(-amount // terms.unit)
        if moved or self.with_levels:
            level += terms.level_at(self.now)
        if level >= terms.high_value_from:
            return Tier.HIGH_VALUE
        self.spending[asset] = terms.filled_to(Units(level), self.now)
        return Tier.STANDARD if level > terms.routine_limit else Tier.ROUTINE


def _word_at(data: bytes, number: int) -> bytes:
    """Return a word behind the selector, with zeros where the data ends."""
    return data[4 + 32 * number : 36 + 32 * number].ljust(32, b"\0")
