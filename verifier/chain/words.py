"""Storage words and the account of one contract, at one block, with the evidence there is for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from eth_hash.auto import keccak

from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.panel import Panel, vote
from verifier.chain.proof import Account, prove
from verifier.errors import EndpointRefused
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.reading import Head
from verifier.model.units import Wei

# So many words are asked for in one proof: nodes cap the size of their answers.
_MOST_WORDS: Final = 256
_UNSUPPORTED: Final = frozenset({-32601, -32004})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What was asked for, by slot."""

    account: Account
    words: dict[int, int]
    evidence: Evidence

    def __getitem__(self, slot: int) -> int:
        return self.words[slot]


def read_words(panel: Panel, head: Head, *, account: Address, slots: Sequence[int]) -> Words:
    """Return storage words at a block, proven where some endpoint gives proofs, else by agreement.

    :raises EvidenceError: no endpoint proves them, or too few agree on them.
    """
    try:
        found, words = panel.ask_any(lambda endpoint: _prove(endpoint, head, account, slots))
    except EndpointRefused as refused:
        if refused.code not in _UNSUPPORTED:
            raise
        return _agree(panel, head, account, slots)
    # A proof is worth no more than the header that it leads to.
    evidence = Evidence.PROVEN if head.evidence is Evidence.AGREED else head.evidence
    return Words(account=found, words=words, evidence=evidence)


def _prove(
    endpoint: Endpoint, head: Head, account: Address, slots: Sequence[int]
) -> tuple[Account, dict[int, int]]:
    parts = [slots[i : i + _MOST_WORDS] for i in range(0, len(slots), _MOST_WORDS)] or [slots]
    block = hex(head.number)
    calls: list[Call] = [
        ("eth_getProof", [str(account), [_key(slot) for slot in part], block]) for part in parts
    ]
    words: dict[int, int] = {}
    found: Account | None = None
    for part, answer in zip(parts, endpoint.ask_many(calls), strict=True):
        found, values = prove(answer, account=account, slots=part, state_root=head.state_root)
        words.update(zip(part, values, strict=True))
    assert found is not None  # noqa: S101 - there is one part at least
    return found, words


def _agree(panel: Panel, head: Head, account: Address, slots: Sequence[int]) -> Words:
    """Return what as many endpoints as needed say, where the chain cannot be proven."""
    outcomes = panel.ask_each(lambda endpoint: _say(endpoint, head, account, slots))
    (found, words), _ = vote(panel, outcomes, f"the storage of {account}", lambda said: said)
    return Words(account=found, words=dict(zip(slots, words, strict=True)), evidence=head.evidence)


def _say(
    endpoint: Endpoint, head: Head, account: Address, slots: Sequence[int]
) -> tuple[Account, tuple[int, ...]]:
    block = hex(head.number)
    calls: list[Call] = [("eth_getBalance", [str(account), block]), ("eth_getCode", [str(account), block])]
    calls += [("eth_getStorageAt", [str(account), _key(slot), block]) for slot in slots]
    balance, code, *words = endpoint.ask_many(calls)
    found = Account(balance=Wei(balance.quantity()), nonce=0, code_hash=keccak(code.data()), storage_root=b"")
    return found, tuple(int.from_bytes(word.data(32), "big") for word in words)


def _key(slot: int) -> str:
    return f"0x{slot:064x}"
