"""A member's key in a Ledger or Trezor, which shows what it signs; asked by a process of its own.

Its libraries want other versions than ours, and may crash or hang: so they run in a child that is asked one thing in
one line of JSON, and that is believed in nothing.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from verifier.errors import KeyAnswerMalformed, KeyOfOther, KeyRefused, KeyUnreachable
from verifier.keys.answers import read_address, read_signature
from verifier.keys.child import Child
from verifier.keys.secret import Unstored
from verifier.model.address import Address
from verifier.model.message import TypedMessage
from verifier.model.operation import Signature
from verifier.model.reading import TransactionTerms
from verifier.model.text import Shown
from verifier.model.units import Wei
from verifier.sign.messages import require_signed_by
from verifier.sign.transaction import Transaction

VERSION: Final = 1
"""Of the lines that parent and child exchange."""

CHILD: Final = Path(__file__).with_name("device_process.py")
"""A program of its own: it needs nothing of this package, so that any Python that has the plugin can run it."""

_PATIENCE: Final = 300.0
"""Seconds that a person may take in front of a device."""

_PATH: Final = re.compile(r"m(/[0-9]{1,10}'?){1,10}")


class Maker(StrEnum):
    """Whose device it is."""

    LEDGER = "ledger"
    TREZOR = "trezor"


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicePlace:
    """Where a key is: the device, and the path by which it derives the key, such as m/44'/60'/0'/0/0."""

    maker: Maker
    path: str

    def __post_init__(self) -> None:
        if not _PATH.fullmatch(self.path):
            raise KeyUnreachable(
                holder=f"the {self.maker.title()}",
                why=f"{self.path} is no path to a key",
                advice="Give one such as m/44'/60'/0'/0/0.",
            )


class DeviceKey(Unstored):
    """The port KeyHolder over one key in one device. A child process lives as long as one signature takes."""

    def __init__(
        self,
        place: DevicePlace,
        member: Address,
        *,
        command: Sequence[str] | None = None,
        patience: float = _PATIENCE,
    ) -> None:
        """Take where the key is and whose it should be; the device is not asked yet.

        :param command: what starts the child; None is this Python, and another may have what devices want
        :param patience: seconds until a device is given up
        """
        self._place = place
        self._address = member
        # Isolated, so that neither this folder nor the environment offers it modules.
        self._command = tuple(command or (sys.executable, "-I", str(CHILD)))
        self._patience = patience

    @property
    def address(self) -> Address:
        return self._address

    def describe(self) -> Shown:
        return Shown(f"the {self._place.maker.title()} at {self._place.path}")

    def __repr__(self) -> str:
        return f"DeviceKey({self._place.maker}, {self._place.path}, {self._address})"

    def sign(self, message: TypedMessage) -> Signature:
        """As the port says. A Ledger shows the two hashes, a Trezor all of the message.

        :raises KeyUnreachable: it is not plugged in, is locked, or its plugin is not installed.
        :raises KeyRefused: the person in front of it said no.
        :raises KeyAnswerMalformed: what came back is no answer.
        """
        question = {
            "action": "sign_message",
            "typed_data": dict(message.typed_data),
            "domain_hash": _hex(message.domain_hash),
            "struct_hash": _hex(message.struct_hash),
        }
        return self._sign(question, message.digest)

    def sign_transaction(
        self, terms: TransactionTerms, *, to: Address | None, data: bytes, value: Wei
    ) -> bytes:
        """As `sign`, for a transaction of the member's own."""
        transaction = Transaction.on(terms, to=to, data=data, value=value)
        question = {
            "action": "sign_transaction",
            "transaction": {
                "chain_id": terms.chain_id,
                "nonce": terms.nonce,
                "gas": terms.gas,
                # Text, like all that may be beyond 2^53.
                "max_fee": str(terms.max_fee),
                "priority_fee": str(terms.priority_fee),
                "to": None if to is None else str(to),
                "value": str(value),
                "data": _hex(data),
            },
        }
        return transaction.signed(self._sign(question, transaction.digest))

    def _sign(self, question: Mapping[str, Any], digest: bytes) -> Signature:
        with Child(self._command, self.describe(), patience=self._patience) as child:
            actual = read_address(self._ask(child, {"action": "address"}).get("address"), self.describe())
            if actual != self._address:
                raise KeyOfOther(holder=self.describe(), expected=self._address, actual=actual)
            signature = read_signature(self._ask(child, question).get("signature"), self.describe())
        require_signed_by(self._address, signature, digest)
        return signature

    def _ask(self, child: Child, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the child answers, if it is no excuse."""
        head = {
            "version": VERSION,
            "device": self._place.maker,
            "path": self._place.path,
            "member": str(self._address),
        }
        answer = child.ask(json.dumps({**head, **question}))
        if answer.get("version") != VERSION:
            raise KeyAnswerMalformed(holder=self.describe(), why="it is of another version")
        match answer.get("error"):
            case None:
                return answer
            case "refused":
                raise KeyRefused(holder=self.describe(), why=_why(answer))
            case "missing":
                raise KeyUnreachable(
                    holder=self.describe(),
                    why=f"what speaks to it is not installed ({_why(answer)})",
                    advice=f"Run `pip install 'fourth-signer[{self._place.maker}]'`.",
                )
            case _:
                raise KeyUnreachable(
                    holder=self.describe(),
                    why=_why(answer),
                    advice="Plug it in, unlock it, open its Ethereum app, and try again.",
                )


def _why(answer: Mapping[str, Any]) -> str:
    why = answer.get("why")
    words = why.strip().rstrip(".") if isinstance(why, str) else ""
    return words or "it does not say why"


def _hex(raw: bytes) -> str:
    return "0x" + raw.hex()
