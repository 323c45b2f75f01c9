"""The vault in Python: a plain state machine over all steps and clocks.

    refused = reference.attempt(block, sender, "veto", [lane, operation_id])

A step changes the state, or gives the error with which the vault refuses it, and then changes nothing. Pure rules are
those of `verifier.assess`; what stands here is how they hang together.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any

from eth_hash.auto import keccak

from tests.frost.reference import ORDER, PRIME
from tests.lifecycle import messages
from tests.lifecycle.bypassing import Bypasses
from tests.lifecycle.checking import require_check
from tests.lifecycle.life import Life
from tests.lifecycle.outside import Outside, Reverted
from tests.lifecycle.refusals import revert_data_of
from tests.lifecycle.registers import Register, register_at
from tests.lifecycle.seating import Seating
from tests.lifecycle.settings import set_asset, set_counterparty, set_registry, set_rule, set_tiers
from tests.lifecycle.signatures import is_signed_by_group
from tests.lifecycle.slots import LEDGER
from tests.lifecycle.state import COMPANIONS, Block, State
from tests.lifecycle.vocabulary import ACTS, GOVERNING, arguments_of, companion_call, function_of
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
from verifier.model.operation import Approval, Call
from verifier.model.tier import Tier
from verifier.model.units import ChainId, Timestamp

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
        self.state = State(vault=vault)
        self._executing = False

    def found(self, configuration: Configuration, block: Block) -> None:
        """Be deployed. Founders start seasoned."""
        self.state.founding = configuration.hash()
        seating = self._seating(block)
        set_registry(seating, configuration.registry)
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
        for ruling in configuration.rules:
            selector = int.from_bytes(ruling.selector, "big")
            set_rule(seating, ruling.target, selector, ruling.rule.pack())

    def attempt(
        self, block: Block, sender: Address, function: str, arguments: Sequence[Any]
    ) -> VaultError | None:
        """Let somebody call a function of the vault. Return why the vault refuses, and nothing has changed then."""
        return self._attempt(lambda: self._perform(block, sender, function, arguments))

    def attempt_at(
        self, keeper: str, block: Block, sender: Address, function: str, arguments: Sequence[Any]
    ) -> VaultError | None:
        """Let somebody call a companion about the vault, in the same way."""
        return self._attempt(lambda: self._keep(keeper, block, sender, function, arguments))

    def _attempt(self, perform: Callable[[], None]) -> VaultError | None:
        state, outside = self.state.copy(), self.outside.copy()
        try:
            perform()
        except VaultError as refused:
            self.state, self.outside, self._executing = state, outside, False
            return refused
        return None

    def tier_of(self, calls: Sequence[Call], now: Timestamp) -> Tier:
        """Return what today's policy makes of these calls."""
        state = self.state
        return tier_of(tuple(calls), vault=self.vault, book=state.policy, known=state.records, now=now)

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
            case "expedite", [operation, consents]:
                life.expedite(operation, consents)
            case "vetoAsGroup", [operation, proof]:
                life.veto_as_group(operation, proof)
            case "withdrawAsGroup", [operation, proof]:
                life.withdraw_as_group(operation, proof)
            case "suspendAsGroup", [proof]:
                life.suspend_as_group(proof)
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
            case "addGroup", [account, x, y, roles, holders, proof]:
                message = messages.registration(account, roles, holders)
                is_proven = self._is_group_proven(account, x, y, message, proof)
                seating.add_group(account, x, y, roles, holders, is_proven=is_proven)
            case "setHolders", [account, holders]:
                seating.set_holders(account, holders)
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
            case "setRule", [target, selector, rule]:
                set_rule(seating, target, selector, rule)
                seating.count_epoch()
            case "setRegistry", [registry]:
                set_registry(seating, registry)
                seating.require_compatible()
                seating.count_epoch()
            case _:
                raise NotImplementedError(function)

    def _is_group_proven(
        self, account: Address, x: int, y: int, message: messages.Message, proof: Approval
    ) -> bool:
        """Whether a point is a group's key, and the key signed the registration."""
        if not (x < ORDER and y < PRIME and (y * y - x**3 - 7) % PRIME == 0):
            return False
        key = x.to_bytes(32, "big") + y.to_bytes(32, "big")
        digest = message.digest(self.chain_id, self.vault)
        return keccak(key)[12:] == account and is_signed_by_group(
            account, x, 2 | y & 1, digest, proof.signature
        )

    def _keep(
        self, keeper: str, block: Block, sender: Address, function: str, arguments: Sequence[Any]
    ) -> None:
        """Let a companion do something about the vault."""
        if keeper == LEDGER:
            book = Bypasses(self.state, block)
            match function, arguments:
                case "review", [vault, index, findings, justified]:
                    book.review(sender, vault, index, findings, justified)
                case "setTerms", [limit, review_hours] if sender == self.vault:
                    book.set_terms(limit, review_hours)
                case _:
                    raise NotImplementedError(function)
            return
        register = Register(self.state, keeper)
        match function, arguments:
            case "grant", [person, duty] if sender == self.vault:
                register.grant(person, duty)
            case "setConflicts", [duty, mask] if sender == self.vault:
                register.set_conflicts(duty, mask)
            case "revoke", [vault, person, duty]:
                register.revoke(sender, vault, person, duty)
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
        if call.target == COMPANIONS.checks or keeper_at(call.target):
            return self._answer_of_companion(block, call)
        if call.target != self.vault:
            return self.outside.answer(self.vault, call, lambda sender, data: self._hear(block, sender, data))
        if not call.data:
            return b""
        if call.value:
            raise Reverted
        return self._hear(block, self.vault, call.data)

    def _answer_of_companion(self, block: Block, call: Call) -> bytes:
        if call.value or not call.data:
            raise Reverted
        keeper = keeper_at(call.target)
        try:
            if keeper is None:
                require_check(call.data, block, self.outside, self.chain_id)
            else:
                function, arguments = companion_call(keeper, call.data)
                self._keep(keeper, block, self.vault, function, arguments)
        except VaultError as refused:
            raise Reverted(revert_data_of(refused)) from refused
        return b""

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


def keeper_at(address: Address) -> str | None:
    """Return the name of a companion that keeps something for the vault, by its address."""
    return LEDGER if address == COMPANIONS.bypass_ledger else register_at(address)
