"""One round of questions about one block: what can be proven, from any endpoint; what cannot, by agreement.

    found = gather(panel, head, wanted={vault: slots}, questions=[Question(...)])

Proofs are asked of the first endpoint, together with the questions that all are asked; the next one is asked only for
what is missing then. Where no endpoint proves anything, so many as are configured have to say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_hash.auto import keccak

from verifier.chain.answer import Answer
from verifier.chain.doubts import Doubts
from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.panel import Outcomes, Panel, vote
from verifier.chain.proof import Account
from verifier.chain.proving import SIZES, Given, Proving, key
from verifier.chain.words import Wanted, Words
from verifier.errors import EndpointError, EndpointRefused
from verifier.model.address import Address
from verifier.model.evidence import Evidence, Fact
from verifier.model.reading import Head
from verifier.model.units import Wei

_UNSUPPORTED: Final = frozenset({-32601, -32004})
# A call that reverted, as most nodes and as some others say it.
_REVERTED: Final = frozenset({3, -32015})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Something that nothing proves: all endpoints are asked."""

    method: str
    params: Sequence[Any]
    # Returns what endpoints have to agree on.
    read: Callable[[Answer], Hashable]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came of one round."""

    words: Mapping[Address, Words]
    # Those that hash to what the account says; an account whose code nobody gave is missing.
    codes: Mapping[Address, bytes]
    # In the order of the questions: None where nobody answers, a fact of None where the call reverts.
    said: tuple[Fact[Any] | None, ...]
    doubts: Doubts


def gather(
    panel: Panel,
    head: Head,
    *,
    wanted: Wanted | None = None,
    codes: Iterable[Address] = (),
    questions: Sequence[Question] = (),
    must_prove: bool = False,
) -> Gathered:
    """Return what was asked for, at a block.

    :param codes: whose code is wanted; their accounts have to be among the wanted ones
    :param must_prove: whether to raise rather than to agree, where endpoints do prove, and only refuse to this time
    :raises EvidenceError: no endpoint proves what is wanted, or too few agree on it.
    """
    proving = Proving(head, wanted or {}, codes)
    order = panel.in_order(head)
    if proving.is_done and not questions:
        return Gathered(words={}, codes={}, said=(), doubts=Doubts())
    asked: list[Call] = [(question.method, question.params) for question in questions]
    plan = proving.plan(SIZES[0])

    def ask(endpoint: Endpoint) -> Given:
        return endpoint.try_many([*asked, *(plan.calls() if endpoint is order[0] else ())])

    outcomes = panel.ask_each(ask, order if questions else order[:1])
    first = outcomes[0][1]
    _prove(proving, order, first if isinstance(first, EndpointError) else first[len(asked) :])
    doubts = Doubts(failures=tuple(proving.failures))
    if proving.missing:
        _require_unprovable(proving, must_prove=must_prove)
        doubts = doubts.joined(_agree(panel, proving))
    answered = [
        (endpoint, outcome) for endpoint, outcome in outcomes if not isinstance(outcome, EndpointError)
    ]
    said = tuple(
        _tally(panel, head, question, [(endpoint, given[i]) for endpoint, given in answered])
        for i, question in enumerate(questions)
    )
    return Gathered(words=proving.words, codes=proving.codes, said=said, doubts=doubts)


def read_words(panel: Panel, head: Head, *, account: Address, slots: Sequence[int]) -> Words:
    """Return storage words of one contract at a block.

    :raises EvidenceError: no endpoint proves them, or too few agree on them.
    """
    return gather(panel, head, wanted={account: slots}).words[account]


def _prove(proving: Proving, order: Sequence[Endpoint], first: Given | EndpointError) -> None:
    """Take what the first endpoint gave, and ask the next ones for what is missing."""
    for endpoint in order:
        for size in SIZES:
            if proving.is_done:
                return
            plan = proving.plan(size)
            try:
                if endpoint is order[0] and size == SIZES[0]:
                    if isinstance(first, EndpointError):
                        raise first
                    given = first
                else:
                    given = endpoint.try_many(plan.calls())
            except EndpointError as exc:
                proving.failures.append(exc)
                break
            if not proving.take(plan, given):
                break


def _require_unprovable(proving: Proving, *, must_prove: bool) -> None:
    """Return if agreement may stand in for proofs: some endpoint says that it has none. Wrong ones are no reason."""
    refusals = [failure for failure in proving.failures if isinstance(failure, EndpointRefused)]
    if not refusals:
        raise proving.failures[0]
    if must_prove and not any(refused.code in _UNSUPPORTED for refused in refusals):
        raise refusals[0]


def _agree(panel: Panel, proving: Proving) -> Doubts:
    """Keep what as many endpoints as needed say, and return who says otherwise."""
    head, missing = proving.head, proving.missing
    outcomes = panel.ask_each(lambda endpoint: _say(endpoint, head, missing))
    what = "the storage of " + ", ".join(map(str, missing))
    said, agreeing = vote(panel, outcomes, what, lambda said: said)
    for (account, slots), (balance, code, nonce, words) in zip(missing.items(), said, strict=True):
        found = Account(balance=Wei(balance), nonce=nonce, code_hash=keccak(code), storage_root=b"")
        by_slot = dict(zip(slots, words, strict=True))
        proving.words[account] = Words(
            account=found, words=by_slot, evidence=min(head.evidence, panel.by_vote)
        )
        proving.codes[account] = code
    return Doubts(dissenting=_others(outcomes, agreeing))


_Said = tuple[tuple[int, bytes, int, tuple[int, ...]], ...]


def _say(endpoint: Endpoint, head: Head, missing: Wanted) -> _Said:
    block = hex(head.number)
    calls: list[Call] = []
    for account, slots in missing.items():
        calls += [
            (method, [str(account), block])
            for method in ("eth_getBalance", "eth_getCode", "eth_getTransactionCount")
        ]
        calls += [("eth_getStorageAt", [str(account), key(slot), block]) for slot in slots]
    answers = iter(endpoint.ask_many(calls))
    return tuple(
        (
            next(answers).quantity(),
            next(answers).data(),
            next(answers).quantity(),
            tuple(int.from_bytes(next(answers).data(32), "big") for _ in slots),
        )
        for slots in missing.values()
    )


def _others(outcomes: Outcomes[Any], agreeing: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        endpoint.name
        for endpoint, outcome in outcomes
        if not isinstance(outcome, EndpointError) and endpoint.name not in agreeing
    )


def _tally(
    panel: Panel, head: Head, question: Question, given: Sequence[tuple[Endpoint, Answer | EndpointRefused]]
) -> Fact[Any] | None:
    """Return what most endpoints answer; only as many as needed make it agreed."""
    votes: dict[Hashable, int] = {}
    for _, answer in given:
        if isinstance(answer, EndpointRefused):
            if answer.code in _REVERTED or answer.data:
                votes[None] = votes.get(None, 0) + 1
            continue
        try:
            value = question.read(answer)
        except EndpointError:
            continue
        votes[value] = votes.get(value, 0) + 1
    if not votes:
        return None
    value, count = max(votes.items(), key=lambda each: each[1])
    evidence = min(head.evidence, panel.by_vote) if count >= panel.needed else Evidence.CLAIMED
    return Fact(value=value, evidence=evidence)
