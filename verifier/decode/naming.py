"""What names a call: the most trusted source whose types the bytes honestly encode, and all others that fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.decode import companions
from verifier.decode.lexicon import Lexicon
from verifier.decode.meaning.table import Standard, standard_of, standards
from verifier.decode.plan import Decoded, plan_of
from verifier.decode.recovered import may_have, recover
from verifier.decode.signatures import Function, interface
from verifier.decode.types import Tuple
from verifier.model.account import AccountReading
from verifier.model.call import FaultKind, Naming
from verifier.model.operation import Call
from verifier.model.text import show_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a call's data is read as."""

    naming: Naming
    # None where nothing names the function, though its types may be known.
    function: Function | None = None
    inputs: Tuple | None = None
    decoded: Decoded | None = None
    # The meaning that the taken signature has, then those of the others that fit.
    standards: tuple[Standard, ...] = ()
    # Every signature that fits; one that is only guessed has its selector for a name.
    candidates: tuple[str, ...] = ()


def name_call(call: Call, lexicon: Lexicon) -> Named:
    """Return what names a call. For the vault itself and its companions nothing counts but their own interface."""
    selector = call.data[:4]
    own = "vault" if call.target == lexicon.vault else companions.abi_name_of(call.target, lexicon)
    if own:
        function = interface(own).by_selector.get(selector)
        found = [(Naming.OWN, function)] if function else []
        return _choose(found, call) or Named(naming=Naming.OWN if found else Naming.NONE)
    if len(selector) < 4:
        return Named(naming=Naming.NONE)
    return _choose(list(_found(call, lexicon)), call) or _recovered(call, lexicon)


def _found(call: Call, lexicon: Lexicon) -> Iterator[tuple[Naming, Function]]:
    """Yield all that name it, the most trusted first."""
    target, selector = call.target, call.data[:4]
    for address in (target, None):
        if (book := lexicon.books.get(address)) and (function := book.by_selector.get(selector)):
            yield Naming.BOOK, function
    if lexicon.descriptors and (function := lexicon.descriptors.function_of(target, selector)):
        yield Naming.DESCRIPTOR, function
    for one in standards().get(selector, ()):
        yield Naming.STANDARD, one.function


def _choose(found: list[tuple[Naming, Function]], call: Call) -> Named | None:
    """Return the first that the bytes are an honest encoding of; else the first that can be read; else the first."""
    by_signature: dict[str, tuple[Naming, Function]] = {}
    for naming, function in found:
        by_signature.setdefault(function.signature, (naming, function))
    read = [
        (naming, function, function.plan.decode(call.data, 4)) for naming, function in by_signature.values()
    ]
    if not read:
        return None
    fitting = [one for one in read if one[2].is_canonical]
    readable = [one for one in read if one[2].values is not None]
    taken = (fitting or readable or read)[0]
    naming, function, decoded = taken
    # What follows the arguments stops no contract, so that the bytes may do these as well.
    extended = [one for one in readable if one is not taken and _is_extended(one[2])]
    kept = [one[1] for one in [*(fitting or readable[:1]), *extended]]
    meanings = () if naming is Naming.OWN else tuple(filter(None, map(standard_of, kept)))
    return Named(
        naming=naming,
        function=function,
        inputs=function.inputs,
        decoded=decoded,
        standards=meanings,
        candidates=tuple(one.signature for one in kept),
    )


def _is_extended(decoded: Decoded) -> bool:
    """Whether bytes after the end are all that is wrong."""
    return bool(decoded.faults) and all(fault.kind is FaultKind.TRAILING for fault in decoded.faults)


def _recovered(call: Call, lexicon: Lexicon) -> Named:
    account = lexicon.accounts.get(call.target)
    selector = call.data[:4]
    for code in (account.implementation_code, account.code) if account else ():
        inputs = recover(code).get(selector) if code else None
        if inputs is None:
            continue
        decoded = plan_of(inputs).decode(call.data, 4)
        if decoded.is_canonical:
            guess = f"{show_bytes(selector)}{inputs.text}"
            return Named(naming=Naming.RECOVERED, inputs=inputs, decoded=decoded, candidates=(guess,))
    return Named(naming=Naming.NONE)


def lacks(account: AccountReading, selector: bytes) -> bool:
    """Return whether the code of an account is known, and no function in it has this selector."""
    if not account.is_contract:
        return False
    if account.implementation is not None:
        code = account.implementation_code
        return bool(code) and not may_have(code, selector) and selector.lstrip(b"\0") not in account.code
    return not may_have(account.code, selector)
