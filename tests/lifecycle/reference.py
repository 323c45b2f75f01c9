"""The vault in Python: a plain state machine over all steps and clocks.

    refused = reference.attempt(block, sender, "veto", [lane, operation_id])

A step changes the state, or gives the error with which the vault refuses it, and then changes nothing. Pure rules are
those of `verifier.assess`; what stands here is how they hang together.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from tests.lifecycle.life import Life
from tests.lifecycle.outside import Outside, Reverted
from tests.lifecycle.refusals import revert_data_of
from tests.lifecycle.seating import Seating
from tests.lifecycle.settings import set_asset, set_counterparty, set_tiers
from tests.lifecycle.state import Block, State
from tests.lifecycle.vocabulary import ACTS, GOVERNING, arguments_of, function_of
from verifier.assess.policy import MOVERS, tier_of
from verifier.errors.operations import (
    Busy,
    CallerNotVault,
    CallFailed,
    CallReturnedFalse,
    CallWithoutCode,
    FunctionUnknown,
)
from verifier.errors.tree import VaultError
from verifier.model.address import Address
from verifier.model.configuration import Configuration
from verifier.model.operation import Call
from verifier.model.tier import Tier
from verifier.model.units import ChainId

# So much of a failed call's reason is kept.
_MOST_REASON = 256


class Reference:
    """One vault, what stands around it, and the steps that change them."""

    def __init__(
        self, *, chain_id: ChainId, vault: Address, coded: Container[Address], outside: Outside
    ) -> None:
        self.chain_id = chain_id
        self.vault = vault
        # Every address with code, the vault among them.
        self.coded = coded
        self.outside = outside
        self.state = State()
        self._executing = False

    def found(self, configuration: Configuration, block: Block) -> None:
        """Be deployed. Founders start seasoned."""
        self.state.founding = configuration.hash()
        seating = self._seating(block)
        for founder in configuration.founders:
            seating.enter(
                founder.member,
                founder.person,
                founder.roles,
                founder.attributes.pack(),
                seasoned_at=block.time,
            )
        set_tiers(seating, [terms.pack() for terms in configuration.tiers], configuration.supermajority)
        for asset in configuration.assets:
            set_asset(seating, asset.asset, asset.terms.pack())
        for party in configuration.counterparties:
            set_counterparty(seating, party.account, party.uses)

    def attempt(
        self, block: Block, sender: Address, function: str, arguments: Sequence[Any]
    ) -> VaultError | None:
        """Let somebody call a function of the vault. Return why the vault refuses, and nothing has changed then."""
        state, outside = self.state.copy(), self.outside.copy()
        try:
            self._perform(block, sender, function, arguments)
        except VaultError as refused:
            self.state, self.outside, self._executing = state, outside, False
            return refused
        return None

    def tier_of(self, calls: Sequence[Call]) -> Tier:
        """Return what today's policy makes of these calls."""
        state = self.state
        return tier_of(tuple(calls), vault=self.vault, book=state.policy, known=state.records)

    # ------------------------------------------------------------------- parts

    def _seating(self, block: Block) -> Seating:
        return Seating(self.state, block, self.vault, self.coded)

    def _perform(self, block: Block, sender: Address, function: str, arguments: Sequence[Any]) -> None:
        if function in GOVERNING:
            if sender != self.vault:
                raise CallerNotVault(caller=sender)
            self._govern(block, function, arguments)
        elif function in ACTS:
            if self._executing:
                raise Busy
            self._act(block, sender, function, arguments)

    def _act(self, block: Block, sender: Address, function: str, arguments: Sequence[Any]) -> None:
        seating = self._seating(block)
        life = Life(seating, self.chain_id, sender)
        match function, arguments:
            case "propose", [operation, approvals]:
                life.propose(operation, approvals)
            case "approve", [operation, approvals]:
                life.approve(operation, approvals)
            case "withdraw", [operation]:
                life.withdraw(operation)
            case "veto", [lane, operation_id]:
                life.veto(lane, operation_id)
            case "object", [operation]:
                life.object(operation)
            case "cancel", [lane, operation_id]:
                life.cancel(lane, operation_id)
            case "execute", [operation]:
                life.execute(operation)
                self._make(block, operation.calls)
            case "suspend", [account]:
                seating.suspend(sender, account)
            case "lapse", [account]:
                seating.lapse(account)
            case _:
                raise NotImplementedError(function)

    def _govern(self, block: Block, function: str, arguments: Sequence[Any]) -> None:
        seating = self._seating(block)
        match function, arguments:
            case "addMember", [account, person, roles, attributes]:
                seating.add(account, person, roles, attributes)
            case "removeMember", [account]:
                seating.remove(account)
            case "replaceMember", [account, successor, person, attributes]:
                seating.replace(account, successor, person, attributes)
            case "reinstateMember", [account]:
                seating.reinstate(account)
            case "confirmSuspension", [account]:
                seating.confirm(account)
            case "setRoles", [account, roles]:
                seating.set_roles(account, roles)
            case "setAttributes", [account, attributes]:
                seating.set_attributes(account, attributes)
            case "setTiers", [tiers, supermajority]:
                set_tiers(seating, tiers, supermajority)
            case "setAsset", [asset, terms]:
                set_asset(seating, asset, terms)
                seating.count_epoch()
            case "setCounterparty", [account, uses]:
                set_counterparty(seating, account, uses)
                seating.count_epoch()
            case _:
                raise NotImplementedError(function)

    # --------------------------------------------------------- calls of an operation

    def _make(self, block: Block, calls: Sequence[Call]) -> None:
        """Make all calls or none: whoever catches the refusal puts everything back."""
        self._executing = True
        for index, call in enumerate(calls):
            if call.data and call.target not in self.coded:
                raise CallWithoutCode(index=index, target=call.target)
            try:
                answer = self._answer(block, call)
            except Reverted as exc:
                raise CallFailed(index=index, reason=exc.reason[:_MOST_REASON]) from exc
            is_true = int.from_bytes(answer[:32].ljust(32, b"\0"), "big") == 1 and len(answer) >= 32
            if call.data[:4] in MOVERS and answer and not is_true:
                raise CallReturnedFalse(index=index, target=call.target)
        self._executing = False

    def _answer(self, block: Block, call: Call) -> bytes:
        if self.outside.native[self.vault] < call.value:
            raise Reverted
        if call.target != self.vault:
            return self.outside.answer(self.vault, call, lambda sender, data: self._hear(block, sender, data))
        if not call.data:
            return b""
        if call.value:
            raise Reverted
        return self._hear(block, self.vault, call.data)

    def _hear(self, block: Block, sender: Address, data: bytes) -> bytes:
        """Answer a call that an operation makes, itself or through another contract."""
        function = function_of(data)
        try:
            if function is None:
                raise FunctionUnknown(selector=data[:4])
            self._perform(block, sender, function, arguments_of(function, data))
        except VaultError as refused:
            raise Reverted(revert_data_of(refused)) from refused
        return b""
