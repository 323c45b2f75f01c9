"""What else an endpoint can tell of an operation: which words change, who takes part, and whose code they run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from eth_hash.auto import keccak

from verifier.chain import layout
from verifier.chain.answer import Answer
from verifier.chain.endpoint import Endpoint
from verifier.chain.gather import Gathered, gather
from verifier.chain.panel import Panel
from verifier.chain.proxies import IMPLEMENTATION_SLOTS, implementation_in, run_by
from verifier.chain.simulation_play import Play
from verifier.chain.simulation_run import TRACE, trace_options
from verifier.errors import EndpointAnswerMalformed, EndpointError
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.operation import Operation
from verifier.model.reading import Head
from verifier.model.simulation import StorageChange, Touched

# An operation has not the gas for more.
_MOST_ACCOUNTS: Final = 4_000
_MOST_CHANGES: Final = 10_000
# So many accounts are read; of the others, what the endpoint says has to do.
_MOST_READ: Final = 128
_NO_CODE: Final = keccak(b"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What an endpoint says takes part. That somebody does is its claim; what is there is not."""

    # None where it cannot tell.
    storage: tuple[StorageChange, ...] | None
    # Accounts with their code; None where it was not told.
    codes: Mapping[Address, bytes | None]


def trace(endpoint: Endpoint, play: Play, operation: Operation) -> Trace | None:
    """Return what takes part in an operation, or None where an endpoint cannot tell.

    :raises EndpointAnswerMalformed: it answers with what makes no sense.
    """
    try:
        before = endpoint.ask(TRACE, play.call, play.base, trace_options(play, "prestateTracer", {}))
        changes = trace_options(play, "prestateTracer", {"diffMode": True})
        difference = endpoint.ask(TRACE, play.call, play.base, changes)
    except EndpointAnswerMalformed:
        raise
    except EndpointError:
        return _listed(endpoint, play, operation)
    hidden = {layout.lane_id(operation.lane), layout.lane_state(operation.lane)}
    storage = tuple(
        change
        for change in _changes(difference)
        if change.contract != play.vault or change.slot not in hidden
    )
    return Trace(storage=storage, codes=_codes(before))


def _listed(endpoint: Endpoint, play: Play, operation: Operation) -> Trace | None:
    """Return who takes part by access lists: of each call by itself, now, as if none came before it."""
    codes: dict[Address, bytes | None] = {call.target: None for call in operation.calls}
    try:
        for call in operation.calls:
            asked = {
                "from": str(play.vault),
                "to": str(call.target),
                "input": "0x" + call.data.hex(),
                "value": hex(call.value),
            }
            answer = endpoint.ask("eth_createAccessList", asked, play.base)
            for entry in answer.at("accessList").items():
                codes[Address(entry.at("address").data(20))] = None
    except EndpointAnswerMalformed:
        raise
    except EndpointError:
        return None
    return Trace(storage=None, codes=codes)


def read_accounts(panel: Panel, head: Head, traces: Iterable[Trace]) -> Gathered:
    """Return what is at the accounts that take part, in some endpoint's words: their code hashes, the words in which
    proxies keep whose code they run, and the code that no trace told.

    :raises EvidenceError: no endpoint proves them, or too few agree on them.
    """
    codes: dict[Address, bytes | None] = {}
    for found in traces:
        for account, code in found.codes.items():
            if code != b"":
                codes[account] = codes.get(account) or code
    accounts = list(codes)[:_MOST_READ]
    wanted = dict.fromkeys(accounts, IMPLEMENTATION_SLOTS)
    return gather(
        panel, head, wanted=wanted, codes=[account for account in accounts if codes[account] is None]
    )


def touched_by(endpoint: Endpoint, found: Trace, there: Gathered | None) -> tuple[Touched, ...]:
    """Return the contracts that take part, with whose code they run.

    :param there: what is at these accounts; None where nobody could tell
    :raises EndpointAnswerMalformed: the code that was played is not the code that is there.
    """
    touched = []
    for account, code in sorted(found.codes.items()):
        words = there.words.get(account) if there else None
        known = there.codes.get(account) if there and code is None else code
        if words is not None:
            if code is not None and keccak(code) != words.account.code_hash:
                why = f"it played other code at {account} than is there"
                raise EndpointAnswerMalformed(endpoint=endpoint.name, method=TRACE, why=why)
            code_hash, evidence = words.account.code_hash, words.evidence
        else:
            code_hash, evidence = keccak(known or b""), Evidence.CLAIMED
        if code_hash == _NO_CODE:
            continue
        kept = implementation_in(dict(words.words)) if words else None
        touched.append(
            Touched(
                address=account,
                code_hash=code_hash,
                implementation=run_by(known or b"") or kept,
                evidence=evidence,
            )
        )
    return tuple(touched)


def _codes(state: Answer) -> dict[Address, bytes | None]:
    codes: dict[Address, bytes | None] = {}
    for account, entry in _accounts(state):
        code = entry.at("code")
        codes[account] = b"" if code.is_null else code.data()
    return codes


def _changes(difference: Answer) -> list[StorageChange]:
    """Return the words that change. A word that is not there is zero."""
    before = {account: _words(entry) for account, entry in _accounts(difference.at("pre"))}
    after = {account: _words(entry) for account, entry in _accounts(difference.at("post"))}
    changes = [
        StorageChange(
            contract=account,
            slot=slot,
            before=before.get(account, {}).get(slot, 0),
            after=after.get(account, {}).get(slot, 0),
        )
        for account in sorted({*before, *after})
        for slot in sorted({*before.get(account, {}), *after.get(account, {})})
    ]
    if len(changes) > _MOST_CHANGES:
        raise difference.malformed(
            f"more than {_MOST_CHANGES} words change, and no operation changes that many"
        )
    return [change for change in changes if change.before != change.after]


def _accounts(state: Answer) -> list[tuple[Address, Answer]]:
    found = _members(state)
    if len(found) > _MOST_ACCOUNTS:
        raise state.malformed(f"there are more than {_MOST_ACCOUNTS} accounts in it")
    return [(Address(key.data(20)), value) for key, value in found]


def _words(entry: Answer) -> dict[int, int]:
    storage = entry.at("storage")
    if storage.is_null:
        return {}
    return {int.from_bytes(key.data(32), "big"): value.quantity() for key, value in _members(storage)}


def _members(whole: Answer) -> list[tuple[Answer, Answer]]:
    content: Any = whole.value
    if not isinstance(content, dict):
        raise whole.malformed("an object was expected")
    endpoint, method = whole.endpoint, whole.method
    return [
        (Answer(endpoint, method, key), Answer(endpoint, method, value)) for key, value in content.items()
    ]
