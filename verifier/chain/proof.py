"""Merkle proofs of an account and its storage words against a header's state root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import rlp
from eth_hash.auto import keccak
from trie import HexaryTrie

from verifier.chain.answer import Answer
from verifier.errors import ProofInvalid
from verifier.model.address import Address
from verifier.model.units import Wei

_EMPTY_ROOT: Final = keccak(rlp.encode(b""))
_EMPTY_CODE_HASH: Final = keccak(b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a state trie holds of an account."""

    balance: Wei
    code_hash: bytes
    storage_root: bytes

    @property
    def has_code(self) -> bool:
        return self.code_hash != _EMPTY_CODE_HASH


ABSENT: Final = Account(balance=Wei(0), code_hash=_EMPTY_CODE_HASH, storage_root=_EMPTY_ROOT)


def prove(
    answer: Answer, *, account: Address, slots: Sequence[int], state_root: bytes
) -> tuple[Account, list[int]]:
    """Return the account and the words at these slots, from an answer to `eth_getProof` for them.

    :raises EndpointAnswerMalformed: it is no such answer.
    :raises ProofInvalid: it does not prove what it says.
    """
    record = _value(answer.at("accountProof"), root=state_root, key=account, what=f"the account {account}")
    found = _open_account(answer, record)
    proofs = answer.at("storageProof").items()
    if len(proofs) != len(slots):
        raise answer.malformed(f"{len(slots)} storage proofs were expected, and {len(proofs)} came")
    words = []
    for slot, proof in zip(slots, proofs, strict=True):
        what = f"storage word {slot:#x} of {account}"
        raw = _value(proof.at("proof"), root=found.storage_root, key=slot.to_bytes(32, "big"), what=what)
        word = _word(answer, raw, what) if raw else 0
        if proof.at("value").quantity() != word:
            raise ProofInvalid(endpoint=answer.endpoint, what=what)
        words.append(word)
    return found, words


def _open_account(answer: Answer, record: bytes) -> Account:
    if not record:
        return ABSENT
    parts = _decode(answer, record, "the account")
    is_account = (
        isinstance(parts, list) and len(parts) == 4 and all(isinstance(part, bytes) for part in parts)
    )
    if not is_account or [len(part) for part in parts[2:]] != [32, 32]:
        raise ProofInvalid(endpoint=answer.endpoint, what="the account")
    _, balance, storage_root, code_hash = parts
    return Account(
        balance=Wei(int.from_bytes(balance, "big")), code_hash=code_hash, storage_root=storage_root
    )


def _value(proof: Answer, *, root: bytes, key: bytes, what: str) -> bytes:
    """Return what a trie holds under a key; empty where it holds nothing."""
    nodes = [node.data() for node in proof.items()]
    if root == _EMPTY_ROOT:
        return b""
    try:
        raw = HexaryTrie.get_from_proof(root, keccak(key), [rlp.decode(node) for node in nodes])
    except Exception as exc:  # whatever a hostile proof makes the libraries raise, it proves nothing
        raise ProofInvalid(endpoint=proof.endpoint, what=what) from exc
    return bytes(raw)


def _word(answer: Answer, raw: bytes, what: str) -> int:
    content = _decode(answer, raw, what)
    if not isinstance(content, bytes) or len(content) > 32:
        raise ProofInvalid(endpoint=answer.endpoint, what=what)
    return int.from_bytes(content, "big")


def _decode(answer: Answer, raw: bytes, what: str) -> Any:
    try:
        return rlp.decode(raw)
    except Exception as exc:  # as above
        raise ProofInvalid(endpoint=answer.endpoint, what=what) from exc
