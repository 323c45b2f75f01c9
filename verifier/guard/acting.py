"""Signing and sending one veto. What is signed is written down first, and only these bytes are sent, however often."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Final

from eth_hash.auto import keccak

from verifier.desk.actions import Action
from verifier.errors import (
    EndpointsDisagree,
    FourthSignerError,
    TransactionRejected,
    TransactionUnmined,
    VaultError,
)
from verifier.guard.intent import Intent, Stage
from verifier.guard.judging import Matter
from verifier.guard.plan import Guarded, GuardedChain, Means
from verifier.guard.saying import say_failed
from verifier.guard.scribe import Scribe
from verifier.model.account import AccountReading
from verifier.model.guarding import GWEI
from verifier.model.reading import LaneReading, Receipt, TransactionTerms, VaultReading
from verifier.model.text import Shown
from verifier.model.units import Wei

_NOTHING: Final = Wei(0)
# Nodes take a replacement that pays at least a tenth more, in both.
_MORE: Final = 2
# Seconds after which a transaction that no block took in is signed anew, with a higher fee.
_STUCK: Final = 120
_MOST_TRIES: Final = 20
# More than a veto or an objection takes, and more than a byte of either costs; what is not used costs nothing.
_PLAIN_GAS: Final = 100_000
_GAS_A_BYTE: Final = 40
_LOG: Final = logging.getLogger("fourth_signer.guard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """What signs and sends on one chain."""

    means: Means
    scribe: Scribe
    chain: GuardedChain

    def act(self, target: Guarded, matter: Matter, intent: Intent, action: Action) -> Intent:
        """Sign the transaction, write it down, and send it; what is signed already is sent again.

        Nothing is raised that a later look can mend: people are told what is in the way.

        :param matter: as it was read a moment ago, at a block that is agreed on
        """
        reading, lane = matter.reading, matter.review.lane
        try:
            if intent.stage is not Stage.SIGNED:
                account = self._account(target, reading)
                terms = self._terms(target, action, self._number(account, intent))
                intent = self._sign(target, reading, intent, action, terms, account)
            elif self._is_stuck(intent):
                account = self._account(target, reading)
                terms = self._higher(target, action, intent, account)
                intent = self._sign(target, reading, intent, action, terms, account)
            self.chain.writer.send(intent.transaction)
        except TransactionUnmined as error:
            _LOG.warning("%s", error.sentence())
            if intent.tries > 1:
                self._fail(reading, lane, intent, error)
        except TransactionRejected as error:
            self._fail(reading, lane, intent, error)
            return self._anew(target, reading, intent)
        except VaultError as error:
            # What the vault refuses was done by somebody else, or is not as it was read: the next look tells.
            self._fail(reading, lane, intent, error)
            return self._anew(target, reading, intent)
        except EndpointsDisagree as error:
            _LOG.warning("%s", error.sentence())
        except FourthSignerError as error:
            self._fail(reading, lane, intent, error)
        return intent

    def receipt(self, intent: Intent) -> Receipt | None:
        """Return what became of the transaction; None where nobody says.

        :raises VaultError: the vault refused it.
        """
        try:
            return self.chain.writer.send(intent.transaction)
        except VaultError:
            raise
        except FourthSignerError as error:
            _LOG.warning("%s", error.sentence())
            return None

    def _account(self, target: Guarded, reading: VaultReading) -> AccountReading:
        """Return the guard's own account at the block of a reading.

        :raises EvidenceError: nobody shows it.
        """
        member = self.means.member
        account = target.reader.read_accounts(reading, [member]).get(member)
        if account is None:
            agreeing = reading.head.agreeing
            what = "the guard's own account"
            raise EndpointsDisagree(what=what, needed=self.chain.quorum, agreeing=0, others=agreeing)
        return account

    def _number(self, account: AccountReading, intent: Intent) -> int:
        """Return the lowest number that no block has used, and none of the guard's other transactions under way.

        It is proven: with a number that one endpoint made up, no block would ever take the transaction in.
        """
        taken = {
            other.nonce
            for other in self.scribe.intents_of(self.chain.chain_id)
            if other.stage is Stage.SIGNED and other.operation_id != intent.operation_id
        }
        number = account.nonce
        while number in taken:
            number += 1
        return number

    def _terms(self, target: Guarded, action: Action, number: int) -> TransactionTerms:
        """Return what a transaction of this number needs; more than one of that number which hangs, and is over."""
        means = self.means
        terms = self.chain.writer.terms(
            sender=means.member, to=target.vault, data=action.data, value=_NOTHING
        )
        over = [
            other
            for other in self.scribe.intents_of(self.chain.chain_id)
            if other.stage is Stage.NEEDLESS and other.tries and other.nonce == number
        ]
        fee = max([int(terms.max_fee), *(other.fee * _MORE + 1 for other in over)])
        tip = max([int(terms.priority_fee), *(other.tip * _MORE + 1 for other in over)])
        return replace(terms, nonce=number, max_fee=Wei(fee), priority_fee=Wei(tip))

    def _higher(
        self, target: Guarded, action: Action, intent: Intent, account: AccountReading
    ) -> TransactionTerms:
        """Return terms for a transaction that waits too long: the same number, and more than before for it."""
        number = self._number(account, intent)
        if number != intent.nonce:
            # Another one used it, or the one before it never came: no block will take this one in.
            return self._terms(target, action, number)
        # Nobody is asked what it takes: nodes that have it already would say that it is done.
        return TransactionTerms(
            chain_id=self.chain.chain_id,
            nonce=intent.nonce,
            gas=intent.gas,
            max_fee=Wei(intent.fee * _MORE + 1),
            priority_fee=Wei(intent.tip * _MORE + 1),
        )

    def is_used(self, target: Guarded, reading: VaultReading, intent: Intent) -> bool:
        """Whether a block took in a transaction with this one's number.

        :raises FourthSignerError: nobody tells.
        """
        return self._account(target, reading).nonce > intent.nonce

    def _sign(
        self,
        target: Guarded,
        reading: VaultReading,
        intent: Intent,
        action: Action,
        terms: TransactionTerms,
        account: AccountReading,
    ) -> Intent:
        """:raises KeyHolderError: the key does not sign."""
        means = self.means
        if means.key is None:
            raise AssertionError("a dry run signs nothing")
        bounded = self._bounded(terms, action, account)
        raw = means.key.sign_transaction(bounded, to=target.vault, data=action.data, value=_NOTHING)
        signed = intent.moved(
            Stage.SIGNED,
            transaction=raw,
            nonce=bounded.nonce,
            gas=bounded.gas,
            fee=bounded.max_fee,
            tip=bounded.priority_fee,
            signed_at=means.clock.now(),
            tries=intent.tries + 1,
        )
        _LOG.info("signed %s for lane %d", f"0x{keccak(raw).hex()}", intent.lane)
        return self.scribe.write(reading, signed)

    def _bounded(self, terms: TransactionTerms, action: Action, account: AccountReading) -> TransactionTerms:
        """Return terms within the owners' limits, and within what the account has.

        No endpoint empties the account with a fee that it made up, nor keeps a veto back with gas that is too
        little, or that nobody can pay.
        """
        limits = self.means.terms.limits
        # Less than this is no honest estimate: a block would take it in, and it would do nothing.
        enough = min(_PLAIN_GAS + _GAS_A_BYTE * len(action.data), limits.gas)
        gas, fee = min(max(terms.gas, enough), limits.gas), min(terms.max_fee, limits.fee)
        if gas * fee > account.balance:
            # With nothing at all in the account, nodes say so.
            gas, fee = enough, Wei(min(fee, account.balance // enough) or fee)
        return replace(terms, gas=gas, max_fee=fee, priority_fee=min(terms.priority_fee, fee))

    def is_fresh(self, intent: Intent) -> bool:
        """Whether it was signed a moment ago, so that a block may still take it in."""
        # A clock that was put back tells nothing.
        return 0 <= self.means.clock.now() - intent.signed_at <= _STUCK

    def _is_stuck(self, intent: Intent) -> bool:
        return intent.stage is Stage.SIGNED and not self.is_fresh(intent) and intent.tries < _MOST_TRIES

    def _anew(self, target: Guarded, reading: VaultReading, intent: Intent) -> Intent:
        """Return an intent to be signed again where its number was used by another transaction."""
        if intent.stage is not Stage.SIGNED or intent.tries >= _MOST_TRIES:
            return intent
        try:
            is_used = self.is_used(target, reading, intent)
        except FourthSignerError as error:
            _LOG.warning("%s", error.sentence())
            return intent
        return self.scribe.write(reading, intent.moved(Stage.EXPLAINED)) if is_used else intent

    def _fail(
        self, reading: VaultReading, lane: LaneReading, intent: Intent, error: FourthSignerError
    ) -> None:
        """Have people told what is in the way, once for each time that it was signed."""
        _LOG.warning("lane %d: %s", intent.lane, error.sentence())
        fee = self.means.terms.limits.fee
        said = error.sentence()
        if intent.fee >= fee:
            said += f" Its fee is at the limit of {fee // GWEI} gwei; a higher `fee_gwei` lets it through."
        self.scribe.tell(say_failed(reading, lane, intent, Shown(said)))
