"""Questions that a simulation asks before and after the operation, in the same block: what accounts have, and allow.

They are asked through a few bytes of code that are put at unused addresses for the time of the simulation. One reads
what an account has of the native coin, which no view of a chain gives. The other asks a token by its own views, in a
way that lets the token change nothing: it must not learn from a question that it is being watched, and behave.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from eth_hash.auto import keccak

from verifier.chain.simulation_events import Grant, Holding, Said
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.operation import Call, Operation

# Questions cost gas, and endpoints grant so much of it: in all, about the vault's balances, and of each other kind.
_MOST: Final = 256
MOST_CONTRACTS: Final = 128
_MOST_OF_A_KIND: Final = 48
# So many words of a call are looked through for accounts.
_MOST_WORDS: Final = 8
# A token behind proxies, which computes balances, stays below it. One that does not gives no answer.
_GAS: Final = 400_000

_NATIVE_ASKER: Final = Address(keccak(b"Fourth Signer: who has how much of the native coin?")[12:])
_NATIVE_CODE: Final = bytes.fromhex("6000353160005260206000f3")
"""CALLDATALOAD 0, BALANCE, MSTORE at 0, RETURN the word."""

_VIEW_ASKER: Final = Address(keccak(b"Fourth Signer: what does a token say?")[12:])
_VIEW_CODE: Final = bytes.fromhex(
    "6020360380602060003760006000916000600035"  # copy what follows the first word, an address, to 0
    "5afa60813d1016602357"  # STATICCALL the address with it; go on where that went well and answers up to 128 bytes
    "60006000fd5b3d600060003e3d6000f3"  # else REVERT; RETURN the answer
)

PROBE_OVERRIDES: Final[dict[str, Any]] = {
    str(asker): {"code": "0x" + code.hex()}
    for asker, code in ((_NATIVE_ASKER, _NATIVE_CODE), (_VIEW_ASKER, _VIEW_CODE))
}


def _selector(signature: str) -> bytes:
    return keccak(signature.encode("ascii"))[:4]


_BALANCE_OF: Final = _selector("balanceOf(address)")
_BALANCE_OF_ID: Final = _selector("balanceOf(address,uint256)")
_OWNER_OF: Final = _selector("ownerOf(uint256)")
_GET_APPROVED: Final = _selector("getApproved(uint256)")
_ALLOWANCE: Final = _selector("allowance(address,address)")
_IS_APPROVED_FOR_ALL: Final = _selector("isApprovedForAll(address,address)")
_PERMIT2_ALLOWANCE: Final = _selector("allowance(address,address,address)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question, and what it is about."""

    about: Holding | Grant
    # Which asker, and what it is given.
    to: Address
    data: bytes

    @property
    def call(self) -> dict[str, Any]:
        """The question, as endpoints take it. Nobody asks it, so that nobody's account changes by it."""
        return {"from": str(NOBODY), "to": str(self.to), "input": "0x" + self.data.hex(), "gas": hex(_GAS)}

    def read(self, answer: bytes | None) -> int | None:
        """Return a balance or an allowance; None where the answer is none.

        Of an ERC-721 token, 1 where it is the account's or the spender's. Of Permit2, the amount; how long it holds is
        for `read_until`.
        """
        words = 3 if isinstance(self.about, Grant) and self.about.through else 1
        if answer is None or len(answer) != 32 * words:
            return None
        number = int.from_bytes(answer[:32], "big")
        match self.about:
            case Holding(is_single=True):
                return int(number == int.from_bytes(self.about.account, "big"))
            case Grant() if self.about.token_id is not None:
                return int(number == int.from_bytes(self.about.spender, "big"))
            case _:
                return number

    def read_until(self, answer: bytes | None) -> int:
        """Return until when an allowance holds, in seconds; 0 where nothing says so."""
        return int.from_bytes(answer[32:64], "big") if answer and len(answer) == 96 else 0


def probes_for(
    vault: Address, operation: Operation, said: Said, contracts: Iterable[Address]
) -> tuple[Probe, ...]:
    """Return what to ask about an operation: what events name, what its calls name, and what any contract that takes
    part may have moved of the vault's without an event.

    :param said: what events name; how much they say does not count here
    :param contracts: that take part, as far as is known
    """
    kinds: tuple[tuple[int, Iterable[Holding | Grant]], ...] = (
        (MOST_CONTRACTS, _vault_holdings(vault, operation, said, contracts)),
        (_MOST_OF_A_KIND, (about for about in said.grants if about.owner == vault)),
        (_MOST_OF_A_KIND, _grants_named(vault, operation)),
        (_MOST_OF_A_KIND, (about for about in said.moves if about.account == vault)),
        (_MOST_OF_A_KIND, _holdings_named(operation)),
        (_MOST_OF_A_KIND, (about for about in said.moves if about.account != vault)),
        (_MOST_OF_A_KIND, (about for about in said.grants if about.owner != vault)),
    )
    asked: dict[Holding | Grant, Probe] = {}
    for most, kind in kinds:
        new = (about for about in dict.fromkeys(kind) if about not in asked)
        for about in islice(new, min(most, _MOST - len(asked))):
            asked[about] = _probe(about)
    return tuple(asked.values())


def _vault_holdings(
    vault: Address, operation: Operation, said: Said, contracts: Iterable[Address]
) -> Iterator[Holding]:
    yield Holding(token=NATIVE, account=vault)
    targets = [call.target for call in operation.calls if call.data]
    emitters = [about.token for about in said.moves if about.token_id is None]
    for token in dict.fromkeys([*targets, *emitters, *contracts]):
        if token not in (vault, NATIVE):
            yield Holding(token=token, account=vault)


def _holdings_named(operation: Operation) -> Iterator[Holding]:
    """Yield what a recipient may get: events may not tell of it."""
    for call in operation.calls:
        if call.value:
            yield Holding(token=NATIVE, account=call.target)
        for account in _accounts_in(call):
            yield Holding(token=call.target, account=account)


def _grants_named(vault: Address, operation: Operation) -> Iterator[Grant]:
    for call in operation.calls:
        for account in _accounts_in(call):
            yield Grant(token=call.target, owner=vault, spender=account)


def _accounts_in(call: Call) -> list[Address]:
    """Return words that may be accounts: no small numbers, and nothing in front of an address."""
    data = call.data[4 : 4 + 32 * _MOST_WORDS]
    words = [data[i : i + 32] for i in range(0, len(data) - 31, 32)]
    return [Address(word[12:]) for word in words if not any(word[:12]) and any(word[12:20])]


def _probe(about: Holding | Grant) -> Probe:
    if isinstance(about, Holding) and about.token == NATIVE:
        return Probe(about=about, to=_NATIVE_ASKER, data=_words(about.account))
    view = _holding_view(about) if isinstance(about, Holding) else _grant_view(about)
    keeper = about.through or about.token if isinstance(about, Grant) else about.token
    return Probe(about=about, to=_VIEW_ASKER, data=_words(keeper) + view)


def _holding_view(about: Holding) -> bytes:
    if about.token_id is None:
        return _BALANCE_OF + _words(about.account)
    if about.is_single:
        return _OWNER_OF + _words(about.token_id)
    return _BALANCE_OF_ID + _words(about.account, about.token_id)


def _grant_view(about: Grant) -> bytes:
    if about.through is not None:
        return _PERMIT2_ALLOWANCE + _words(about.owner, about.token, about.spender)
    if about.is_for_all:
        return _IS_APPROVED_FOR_ALL + _words(about.owner, about.spender)
    if about.token_id is not None:
        return _GET_APPROVED + _words(about.token_id)
    return _ALLOWANCE + _words(about.owner, about.spender)


def _words(*values: Address | int) -> bytes:
    parts: Sequence[bytes] = [
        value.to_bytes(32, "big") if isinstance(value, int) else value.rjust(32, b"\0") for value in values
    ]
    return b"".join(parts)
