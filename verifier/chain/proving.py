"""Proofs of many accounts, their words and their code, asked for in one batch and checked one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from eth_hash.auto import keccak

from verifier.chain.answer import Answer
from verifier.chain.endpoint import Call
from verifier.chain.proof import Account, prove
from verifier.chain.words import Wanted, Words, proven_by
from verifier.errors import EndpointError, EndpointRefused, ProofInvalid
from verifier.model.address import Address
from verifier.model.reading import Head

# So many words are asked for in one proof, and so many of an endpoint that refuses these: some cap the size of proofs.
SIZES: Final = (256, 32)
# Codes: parameters that are not taken, requests or answers that are too large.
_TOO_MUCH: Final = frozenset({-32602, -32600, -32003, -32005, -32008})

Given = Sequence[Answer | EndpointRefused]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which proofs and codes are asked for, in their order."""

    proofs: tuple[tuple[Address, tuple[int, ...]], ...]
    codes: tuple[Address, ...]
    head: Head

    def calls(self) -> list[Call]:
        block = hex(self.head.number)
        calls: list[Call] = [
            ("eth_getProof", [str(account), [key(slot) for slot in slots], block])
            for account, slots in self.proofs
        ]
        return calls + [("eth_getCode", [str(account), block]) for account in self.codes]


class Proving:
    """What has been proven so far of what is wanted, and what went wrong."""

    def __init__(self, head: Head, wanted: Wanted, codes: Iterable[Address]) -> None:
        """Take what is wanted.

        :param codes: whose code is wanted too; their accounts have to be among the wanted ones
        """
        self.head = head
        self.wanted = {account: tuple(dict.fromkeys(slots)) for account, slots in wanted.items()}
        self.words: dict[Address, Words] = {}
        self.codes: dict[Address, bytes] = {}
        self.failures: list[EndpointError] = []
        self._coded = tuple(dict.fromkeys(codes))

    @property
    def missing(self) -> Wanted:
        """What no proof has been given for."""
        return {account: slots for account, slots in self.wanted.items() if account not in self.words}

    @property
    def missing_codes(self) -> tuple[Address, ...]:
        return tuple(account for account in self._coded if account not in self.codes)

    @property
    def is_done(self) -> bool:
        return not self.missing and not self.missing_codes

    def plan(self, size: int) -> Plan:
        """Return what to ask for next, with so many words at most in one proof."""
        proofs = [
            (account, slots[i : i + size])
            for account, slots in self.missing.items()
            for i in range(0, max(len(slots), 1), size)
        ]
        return Plan(
            proofs=tuple((account, tuple(slots)) for account, slots in proofs),
            codes=self.missing_codes,
            head=self.head,
        )

    def take(self, plan: Plan, given: Given) -> bool:
        """Check what was given to a plan, keep what is proven, and return whether less at once may be given."""
        count = len(plan.proofs)
        by_account: dict[Address, list[tuple[tuple[int, ...], Answer | EndpointRefused]]] = {}
        for (account, slots), answer in zip(plan.proofs, given[:count], strict=True):
            by_account.setdefault(account, []).append((slots, answer))
        too_much = False
        for account, parts in by_account.items():
            try:
                self._prove(account, parts)
            except EndpointRefused as refused:
                self.failures.append(refused)
                too_much |= refused.code in _TOO_MUCH
            except EndpointError as exc:
                self.failures.append(exc)
        for account, answer in zip(plan.codes, given[count:], strict=True):
            self._take_code(account, answer)
        return too_much

    def _prove(
        self, account: Address, parts: Sequence[tuple[tuple[int, ...], Answer | EndpointRefused]]
    ) -> None:
        words: dict[int, int] = {}
        found: Account | None = None
        for slots, answer in parts:
            if isinstance(answer, EndpointRefused):
                raise answer
            found, values = prove(answer, account=account, slots=slots, state_root=self.head.state_root)
            words.update(zip(slots, values, strict=True))
        if found is not None:
            self.words[account] = Words(account=found, words=words, evidence=proven_by(self.head))

    def _take_code(self, account: Address, answer: Answer | EndpointRefused) -> None:
        """Keep a code that hashes to what the account says."""
        words = self.words.get(account)
        if words is None:
            return
        try:
            if isinstance(answer, EndpointRefused):
                raise answer
            code = answer.data()
            if keccak(code) != words.account.code_hash:
                raise ProofInvalid(endpoint=answer.endpoint, what=f"the code of {account}")
        except EndpointError as exc:
            self.failures.append(exc)
        else:
            self.codes[account] = code


def key(slot: int) -> str:
    """Return a slot as nodes want it."""
    return f"0x{slot:064x}"
