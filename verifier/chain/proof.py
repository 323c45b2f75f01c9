"""Merkle proofs of an account and its storage words against a header's state root.

All nodes of an answer are looked up by their hash, so that what many proofs share is hashed once. Each proof has to be
whole all the same: it begins at the root, and each of its nodes names the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import rlp
from eth_hash.auto import keccak
from trie import HexaryTrie

from verifier.chain.answer import Answer
from verifier.errors import ProofInvalid
from verifier.model.address import Address
from verifier.model.text import Foreign
from verifier.model.units import Wei

_EMPTY_ROOT: Final = keccak(rlp.encode(b""))
_EMPTY_CODE_HASH: Final = keccak(b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a state trie holds of an account."""

    balance: Wei
    nonce: int
    code_hash: bytes
    storage_root: bytes

    @property
    def has_code(self) -> bool:
        return self.code_hash != _EMPTY_CODE_HASH


ABSENT: Final = Account(balance=Wei(0), nonce=0, code_hash=_EMPTY_CODE_HASH, storage_root=_EMPTY_ROOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trie:
    """The nodes that one answer has, each hashed once."""

    endpoint: Foreign
    hashes: Mapping[bytes, bytes]
    # By their hash.
    nodes: Mapping[bytes, bytes]

    def value(self, path: Sequence[bytes], *, root: bytes, key: bytes, what: str) -> bytes:
        """Return what the trie holds under a key; empty where it holds nothing.

        :raises ProofInvalid: the path does not begin at the root, is broken, or does not lead to the key.
        """
        if root == _EMPTY_ROOT:
            return b""
        is_whole = bool(path) and self.hashes[path[0]] == root
        if not is_whole or not all(self._names(node, after) for node, after in pairwise(path)):
            raise ProofInvalid(endpoint=self.endpoint, what=what)
        try:
            return bytes(HexaryTrie(self.nodes, root).get(keccak(key)))
        except Exception as exc:  # whatever a hostile proof makes the libraries raise, it proves nothing
            raise ProofInvalid(endpoint=self.endpoint, what=what) from exc

    def _names(self, node: bytes, after: bytes) -> bool:
        """Whether a node has the hash of the next one in it, or that one itself, where it is shorter than its hash."""
        return self.hashes[after] in node or (len(after) < 32 and after in node)


def prove(
    answer: Answer, *, account: Address, slots: Sequence[int], state_root: bytes
) -> tuple[Account, list[int]]:
    """Return the account and the words at these slots, from an answer to `eth_getProof` for them.

    :raises EndpointAnswerMalformed: it is no such answer.
    :raises ProofInvalid: it does not prove what it says.
    """
    proofs = answer.at("storageProof").items()
    if len(proofs) != len(slots):
        raise answer.malformed(f"{len(slots)} storage proofs were expected, and {len(proofs)} came")
    path = _read(answer.at("accountProof"))
    paths = [_read(proof.at("proof")) for proof in proofs]
    hashes = {node: keccak(node) for nodes in (path, *paths) for node in nodes}
    trie = Trie(endpoint=answer.endpoint, hashes=hashes, nodes={name: node for node, name in hashes.items()})
    name = str(account)
    what = f"the account {name}"
    found = _open_account(answer, trie.value(path, root=state_root, key=account, what=what))
    words = []
    for slot, proof, nodes in zip(slots, proofs, paths, strict=True):
        what = f"storage word {slot:#x} of {name}"
        raw = trie.value(nodes, root=found.storage_root, key=slot.to_bytes(32, "big"), what=what)
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
    nonce, balance, storage_root, code_hash = parts
    return Account(
        balance=Wei(int.from_bytes(balance, "big")),
        nonce=int.from_bytes(nonce, "big"),
        code_hash=code_hash,
        storage_root=storage_root,
    )


def _read(proof: Answer) -> tuple[bytes, ...]:
    return tuple(node.data() for node in proof.items())


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
