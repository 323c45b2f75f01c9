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
                intent = self._sign(target, reading, intent, action, self._terms(target, action))
            elif self._is_stuck(intent):
                intent = self._sign(
                    target, reading, intent, action, self._higher(target, reading, action, intent)
                )
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

    def _terms(self, target: Guarded, action: Action) -> TransactionTerms:
        means = self.means
        return self.chain.writer.terms(sender=means.member, to=target.vault, data=action.data, value=_NOTHING)

    def _higher(
        self, target: Guarded, reading: VaultReading, action: Action, intent: Intent
    ) -> TransactionTerms:
        """Return terms for a transaction that waits too long: the same number, and more than before for it."""
        if self._is_used(target, reading, intent):
            # By another transaction, so that no block will take this one in any more.
            return self._terms(target, action)
        # Nobody is asked what it takes: nodes that have it already would say that it is done.
        return TransactionTerms(
            chain_id=self.chain.chain_id,
            nonce=intent.nonce,
            gas=intent.gas,
            max_fee=Wei(intent.fee * _MORE + 1),
            priority_fee=Wei(intent.tip * _MORE + 1),
        )

    def _is_used(self, target: Guarded, reading: VaultReading, intent: Intent) -> bool:
        """Whether a block took in a transaction with this one's number."""
        member = self.means.member
        account = target.reader.read_accounts(reading, [member]).get(member)
        return account is not None and account.nonce > intent.nonce

    def _sign(
        self, target: Guarded, reading: VaultReading, intent: Intent, action: Action, terms: TransactionTerms
    ) -> Intent:
        """:raises KeyHolderError: the key does not sign."""
        means = self.means
        if means.key is None:
            raise AssertionError("a dry run signs nothing")
        bounded = self._bounded(terms)
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

    def _bounded(self, terms: TransactionTerms) -> TransactionTerms:
        """Return terms within the owners' limits: no endpoint empties the account with a fee that it made up."""
        limits = self.means.terms.limits
        fee = min(terms.max_fee, limits.fee)
        return replace(
            terms,
            gas=min(terms.gas, limits.gas),
            max_fee=fee,
            priority_fee=min(terms.priority_fee, fee),
        )

    def is_fresh(self, intent: Intent) -> bool:
        """Whether it was signed a moment ago, so that a block may still take it in."""
        return self.means.clock.now() - intent.signed_at <= _STUCK

    def _is_stuck(self, intent: Intent) -> bool:
        return intent.stage is Stage.SIGNED and not self.is_fresh(intent) and intent.tries < _MOST_TRIES

    def _anew(self, target: Guarded, reading: VaultReading, intent: Intent) -> Intent:
        """Return an intent to be signed again where its number was used by another transaction."""
        if intent.stage is not Stage.SIGNED or intent.tries >= _MOST_TRIES:
            return intent
        try:
            is_used = self._is_used(target, reading, intent)
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
