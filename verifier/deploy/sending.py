"""Sending what is missing of a founding, one transaction after the other.

Before each one the chain is asked whether the piece is there by now: whoever brought it, the same bytes make the same
contract. So a run that was cut off at any moment is gone on with by running it again, and nothing is deployed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from verifier.deploy.create2 import DEPLOYER
from verifier.deploy.looking import runtime_codes, state_of
from verifier.deploy.view import ChainView, number_in
from verifier.errors import EndpointRefused
from verifier.errors.deploying import ChainUnfit, DeploymentStuck, FundsMissing
from verifier.model.address import Address
from verifier.model.deployment import ChainState, Fees, Founding, Piece, PieceState, Quote, Sent, Step
from verifier.model.text import Shown, sanitise, show_bytes
from verifier.model.units import ChainId, Wei

MOST_GAS: Final = 16_777_216
"""A transaction takes no more on chains since Osaka (EIP-7825)."""
_MARGIN: Final = 20  # a twentieth more than the estimate
_CREATION: Final = 53_000
_A_BYTE: Final = 56  # of calldata, at the most, and of code that is looked through
_CODE: Final = 24_576 * 200
_WORDS: Final = 3_000_000


class Signer(Protocol):
    """Whoever pays: an account whose key is somewhere else."""

    @property
    def address(self) -> Address: ...

    def sign(self, transaction: Mapping[str, Any]) -> bytes:
        """Return a transaction signed, as it is sent.

        :param transaction: of EIP-1559: to, data, gas, nonce, chainId, value, maxFeePerGas, maxPriorityFeePerGas
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How patient to be, and what is said meanwhile."""

    # Waits a little; raises where it has waited long enough.
    pause: Callable[[], None]
    # Tells the person.
    say: Callable[[Shown], None]
    # Whether to outbid a transaction of this account that no block takes.
    replaces: bool = False


@dataclass(slots=True, kw_only=True)
class Deployment:
    """One run, on one chain."""

    view: ChainView
    chain_id: ChainId
    signer: Signer
    manner: Manner
    sent: list[Sent] = field(default_factory=list)
    # What was said yes to, in wei; and what each nonce may have cost of it. An endpoint may keep back what became of a
    # transaction, or say that another one took its place, so that the next one is sent: it counts all the same.
    _agreed: int = 0
    _costs: dict[int, int] = field(default_factory=dict)
    # Of its next transaction: an endpoint may be several machines, and one that lags does not know the last one yet.
    _next_nonce: int = 0

    def quote(self, founding: Founding, state: ChainState) -> Quote:
        """Return what is still to be sent, and what it may cost.

        :raises ChainUnfit: one transaction would be too large.
        """
        account = self.signer.address
        steps = tuple(self._steps(founding, state))
        for step in steps:
            if step.gas > MOST_GAS:
                why = (
                    f"the {step.piece.name} would take {step.gas} gas, and a transaction takes {MOST_GAS}; move "
                    "assets, counterparties or rules into later operations with `networks`"
                )
                raise ChainUnfit(chain_id=self.chain_id, why=why)
        fees = self.view.fees()
        if self.manner.replaces:
            # To outbid takes more, and no more than is shown.
            fees = replace(fees, most=_raised(fees).most)
        return Quote(account=account, balance=self.view.balance(account), fees=fees, steps=steps)

    def run(self, founding: Founding, quote: Quote) -> tuple[PieceState, ...]:
        """Send what is missing, and return how every piece came to be there.

        :raises FundsMissing: before anything is sent.
        :raises DeploymentStuck: a transaction failed, or no block takes it; what was sent before it stays.
        """
        if quote.balance < quote.total:
            raise FundsMissing(
                account=str(quote.account), needed=f"{quote.total} wei", actual=f"{quote.balance} wei"
            )
        self._agreed = quote.total
        gas = {step.piece.address: step.gas for step in quote.steps}
        return tuple(
            self._bring(piece, gas.get(piece.address, MOST_GAS), quote.fees) for piece in founding.pieces
        )

    def _steps(self, founding: Founding, state: ChainState) -> Iterator[Step]:
        overrides = None
        for piece, is_there in zip(founding.pieces, state.states, strict=True):
            if is_there is not PieceState.ABSENT:
                continue
            if piece is founding.vault:
                overrides = runtime_codes(self.view, founding, state.states)
            yield Step(piece=piece, gas=self._gas(piece, overrides))

    def _gas(self, piece: Piece, overrides: Mapping[Address, bytes] | None) -> int:
        try:
            gas = self.view.estimate(self.signer.address, DEPLOYER, piece.calldata, overrides)
        except EndpointRefused:
            # It cannot pretend that the companions are there: more than it can ever be.
            return min(_CREATION + _A_BYTE * len(piece.calldata) + _CODE + _WORDS, MOST_GAS)
        return gas + gas // _MARGIN

    def _bring(self, piece: Piece, gas: int, shown: Fees) -> PieceState:
        """Return once a piece is there."""
        is_outbid = False
        while True:
            if self._is_there(piece):
                return PieceState.PRESENT
            nonce = max(self.view.nonce(self.signer.address), self._next_nonce)
            waiting = self.view.nonce(self.signer.address, with_pending=True) - nonce
            if waiting > 0 and not (self.manner.replaces and not is_outbid):
                self._await_others(piece, nonce, waiting)
                continue
            is_outbid = is_outbid or waiting > 0
            fees = self._fees(piece, shown)
            most = shown.most if waiting > 0 else None
            transaction = self._send(piece, gas, nonce, fees, most)
            if transaction is not None and self._await(piece, transaction, nonce):
                return PieceState.DEPLOYED

    def _is_there(self, piece: Piece) -> bool:
        return state_of(self.view, self.chain_id, piece) is PieceState.PRESENT

    def _await_others(self, piece: Piece, nonce: int, waiting: int) -> None:
        """Wait until this account has nothing in the air: what is missing may be just that."""
        self.manner.say(
            Shown(
                f"{waiting} earlier transaction{'s' if waiting > 1 else ''} of {self.signer.address} wait for a block, "
                f"the first with nonce {nonce}; waiting for it."
            )
        )
        while self.view.nonce(self.signer.address) <= nonce and not self._is_there(piece):
            if self.view.nonce(self.signer.address, with_pending=True) <= nonce:
                return  # dropped
            self.manner.pause()

    def _fees(self, piece: Piece, shown: Fees) -> Fees:
        """Return what to offer: never more than was shown to whoever said yes.

        :raises DeploymentStuck: gas costs more by now.
        """
        now = self.view.fees()
        if now.base > shown.most:
            why = f"gas costs {now.base} wei by now, and no more than {shown.most} was agreed to"
            raise DeploymentStuck(what=piece.name, why=why)
        most = Wei(min(now.most, shown.most))
        return Fees(base=now.base, priority=Wei(min(now.priority, most)), most=most)

    def _send(self, piece: Piece, gas: int, nonce: int, fees: Fees, most: Wei | None) -> bytes | None:
        """Return the hash of a transaction that the endpoint took; None where the account has moved on meanwhile.

        :param most: what a unit of gas may cost, to outbid an earlier one; None where there is none
        :raises DeploymentStuck: the endpoint does not take it, or it would cost more than was agreed to.
        """
        while True:
            self._count(piece, nonce, gas * fees.most)
            raw = self.signer.sign(self._transaction(piece, gas, nonce, fees))
            try:
                transaction = self.view.send_raw(raw)
            except EndpointRefused as exc:
                if most is not None and "underpriced" in exc.message.lower():
                    fees = _outbidding(piece, fees, most)
                    continue
                if self.view.nonce(self.signer.address, with_pending=True) > nonce:
                    return None  # known already, or another one of this account came first
                why = f"the endpoint does not take the transaction ({sanitise(exc.message)})"
                raise DeploymentStuck(what=piece.name, why=why) from exc
            self._next_nonce = nonce + 1
            self.manner.say(Shown(f"Sent the {piece.name}: {show_bytes(transaction)}, nonce {nonce}."))
            return transaction

    def _count(self, piece: Piece, nonce: int, cost: int) -> None:
        """:raises DeploymentStuck: with this one, more than was agreed to may have been spent."""
        self._costs[nonce] = max(cost, self._costs.get(nonce, 0))
        if sum(self._costs.values()) > self._agreed:
            why = (
                f"with one more transaction it may cost more than the {self._agreed} wei that were agreed to; run it "
                "again, to see what is left and what that costs"
            )
            raise DeploymentStuck(what=piece.name, why=why)

    def _transaction(self, piece: Piece, gas: int, nonce: int, fees: Fees) -> dict[str, Any]:
        return {
            "type": 2,
            "chainId": int(self.chain_id),
            "nonce": nonce,
            "to": str(DEPLOYER),
            "value": 0,
            "data": piece.calldata,
            "gas": gas,
            "maxFeePerGas": int(fees.most),
            "maxPriorityFeePerGas": int(fees.priority),
        }

    def _await(self, piece: Piece, transaction: bytes, nonce: int) -> bool:
        """Return whether a transaction brought a piece; not where it was replaced by another one.

        :raises DeploymentStuck: it failed.
        """
        while True:
            receipt = self.view.receipt(transaction)
            if receipt is not None:
                return self._took(piece, transaction, nonce, receipt)
            if self.view.nonce(self.signer.address) > nonce and self.view.receipt(transaction) is None:
                self.manner.say(Shown(f"Another transaction took nonce {nonce}; looking again."))
                return False
            self.manner.pause()

    def _took(self, piece: Piece, transaction: bytes, nonce: int, receipt: Mapping[str, Any]) -> bool:
        gas = number_in(receipt, "gasUsed")
        self.sent.append(
            Sent(
                piece=piece.name,
                transaction=transaction,
                block=number_in(receipt, "blockNumber"),
                gas_used=gas,
                paid=Wei(gas * number_in(receipt, "effectiveGasPrice")),
            )
        )
        is_success = number_in(receipt, "status") == 1
        if is_success:
            # What failed may be said to have cost nothing, so that it is sent once more.
            self._costs[nonce] = min(self._costs[nonce], self.sent[-1].paid)
        while not self._is_there(piece):
            if is_success:
                # The receipt came from another machine than the code.
                self.manner.pause()
                continue
            why = f"transaction {show_bytes(transaction)} reverted, and nothing is at {piece.address}"
            raise DeploymentStuck(what=piece.name, why=why)
        # Where it failed and the piece is there all the same, somebody else was faster with the same bytes.
        return is_success


def _outbidding(piece: Piece, fees: Fees, most: Wei) -> Fees:
    """Return fees that may replace a transaction that these do not.

    :raises DeploymentStuck: there is no more to offer.
    """
    if fees.most >= most:
        why = (
            f"{most} wei for a unit of gas do not outbid the earlier transaction, and no more was agreed to; let a "
            "block take that one, or run it again"
        )
        raise DeploymentStuck(what=piece.name, why=why)
    more = _raised(fees)
    return replace(more, priority=Wei(min(more.priority, most)), most=Wei(min(more.most, most)))


def _raised(fees: Fees) -> Fees:
    """Return fees with which a transaction replaces one that offers these: nodes ask for a tenth more."""
    return replace(
        fees, priority=Wei(fees.priority + fees.priority // 4 + 1), most=Wei(fees.most + fees.most // 4 + 1)
    )
