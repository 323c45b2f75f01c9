"""What else an endpoint can tell of an operation: which words change, who takes part, and whose code they run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from eth_hash.auto import keccak

from verifier.chain import layout
from verifier.chain.answer import Answer
from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.panel import Panel
from verifier.chain.proof import prove
from verifier.chain.simulation_play import Play
from verifier.chain.simulation_run import TRACE, trace_options
from verifier.errors import EndpointAnswerMalformed, EndpointError
from verifier.model.account import DELEGATED_CODE
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.operation import Operation
from verifier.model.reading import Head
from verifier.model.simulation import StorageChange, Touched

# An operation has not the gas for more.
_MOST_ACCOUNTS: Final = 4_000
_MOST_CHANGES: Final = 10_000
# So many accounts are proven; of the others, what the endpoint says has to do.
_MOST_PROVEN: Final = 128
_NO_CODE: Final = keccak(b"")


def _slot(name: str, *, less: int = 0) -> int:
    return int.from_bytes(keccak(name.encode("ascii")), "big") - less


# Where contracts keep whose code they run: ERC-1967, what OpenZeppelin had before it, and ERC-1822.
_IMPLEMENTATION_SLOTS: Final = (
    _slot("eip1967.proxy.implementation", less=1),
    _slot("org.zeppelinos.proxy.implementation"),
    _slot("PROXIABLE"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What an endpoint says takes part."""

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


def touched_by(panel: Panel, endpoint: Endpoint, head: Head, found: Trace) -> tuple[Touched, ...]:
    """Return the contracts that take part, with whose code they run: proven where some endpoint proves it.

    :raises EndpointError: the code that was played is not the code that is there, or nobody tells what is there.
    """
    accounts = [account for account, code in found.codes.items() if code is None or code]
    proven = _proven(panel, head, accounts[:_MOST_PROVEN])
    evidence = Evidence.PROVEN if head.evidence is Evidence.AGREED else head.evidence
    unknown = [account for account in accounts if found.codes[account] is None and account not in proven]
    told = dict(zip(unknown, _codes_at(endpoint, head, unknown), strict=True))
    touched = []
    for account in accounts:
        code = found.codes[account]
        if code is None:
            code = told.get(account)
        if account in proven:
            code_hash, implementation = proven[account]
            if code is not None and keccak(code) != code_hash:
                why = f"it played other code at {account} than is there"
                raise EndpointAnswerMalformed(endpoint=endpoint.name, method=TRACE, why=why)
        else:
            code_hash, implementation = keccak(code or b""), None
        if code_hash == _NO_CODE:
            continue
        touched.append(
            Touched(
                address=account,
                code_hash=code_hash,
                implementation=_delegate(code) or implementation,
                evidence=evidence if account in proven else Evidence.CLAIMED,
            )
        )
    return tuple(sorted(touched, key=lambda one: one.address))


def _proven(
    panel: Panel, head: Head, accounts: list[Address]
) -> Mapping[Address, tuple[bytes, Address | None]]:
    """Return code hashes and implementations by proofs; nothing where no endpoint gives any."""
    slots = list(_IMPLEMENTATION_SLOTS)
    keys = [f"0x{slot:064x}" for slot in slots]
    calls: list[Call] = [("eth_getProof", [str(account), keys, hex(head.number)]) for account in accounts]

    def attempt(endpoint: Endpoint) -> dict[Address, tuple[bytes, Address | None]]:
        found = {}
        for account, answer in zip(accounts, endpoint.ask_many(calls), strict=True):
            record, words = prove(answer, account=account, slots=slots, state_root=head.state_root)
            found[account] = (record.code_hash, _address_in(words))
        return found

    try:
        return panel.ask_any(attempt)
    except EndpointError:
        return {}


def _codes_at(endpoint: Endpoint, head: Head, accounts: list[Address]) -> list[bytes]:
    calls: list[Call] = [("eth_getCode", [str(account), hex(head.number)]) for account in accounts]
    return [answer.data() for answer in endpoint.ask_many(calls)]


def _address_in(words: Iterable[int]) -> Address | None:
    """Return the first word that is an address."""
    return next((Address(word.to_bytes(20, "big")) for word in words if 0 < word < 1 << 160), None)


def _delegate(code: bytes | None) -> Address | None:
    """Return whose code an account runs by EIP-7702."""
    if code and len(code) == 23 and code.startswith(DELEGATED_CODE):
        return Address(code[3:])
    return None


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
