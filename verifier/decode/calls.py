"""From a call's bytes to what it is: a function, its arguments with their bytes, the faults, and one sentence.

Any bytes give a result. What nothing names, or what does not decode, is said to be so, and its words are there to show.
"""

from __future__ import annotations

from typing import Any

from verifier.decode import companions, own, tokens
from verifier.decode.lexicon import Lexicon
from verifier.decode.signatures import Function, interface
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.call import AbiValue, Argument, DecodedCall, Fault, Naming
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.operation import Call, Operation
from verifier.model.text import Shown, sanitise, show_bytes


def decode_operation(operation: Operation, lexicon: Lexicon) -> tuple[DecodedCall, ...]:
    """Return what each call of an operation is."""
    return tuple(decode_call(call, lexicon) for call in operation.calls)


def decode_call(call: Call, lexicon: Lexicon) -> DecodedCall:
    """Return what a call is."""
    if not call.data:
        return _decoded(call, Naming.NONE, _say_plain(call, lexicon), lexicon.evidence(NATIVE))
    naming, function = _find(call, lexicon)
    if function is None:
        return _decoded(call, Naming.NONE, _say_unknown(call, lexicon), Evidence.PROVEN)
    decoded = function.plan.decode(call.data, 4)
    if decoded.values is None:
        said = (
            f"Calls what should be {function.signature} of {lexicon.name(call.target)}, but its data cannot be read as "
            "that; look at its words."
        )
        return _decoded(call, naming, said, Evidence.PROVEN, function=function, faults=decoded.faults)
    said = _say_value(call, lexicon) + _say(function, naming, decoded.values, call.target, lexicon)
    if any(fault.severity is Severity.DANGER for fault in decoded.faults):
        said += " An honest encoder would not have written these bytes."
    used = [call.target] if naming is Naming.STANDARD else []
    if call.value:
        used.append(NATIVE)
    evidence = min((lexicon.evidence(asset) for asset in used), default=Evidence.PROVEN)
    arguments = function.plan.arguments_of(call.data, 4)
    return _decoded(
        call, naming, said, evidence, function=function, faults=decoded.faults, arguments=arguments
    )


def _find(call: Call, lexicon: Lexicon) -> tuple[Naming, Function | None]:
    """Return what names a function. For the vault itself and its companions nothing counts but their own ABI."""
    selector = call.data[:4]
    own_abi = "vault" if call.target == lexicon.vault else companions.abi_name_of(call.target, lexicon)
    if own_abi:
        return Naming.OWN, interface(own_abi).by_selector.get(selector)
    return Naming.STANDARD, interface("erc20").by_selector.get(selector)


def _say(
    function: Function, naming: Naming, values: tuple[AbiValue, ...], target: Address, lexicon: Lexicon
) -> str:
    arguments: dict[str, Any] = dict(zip(function.inputs.names, values, strict=True))
    if naming is Naming.STANDARD:
        return tokens.say(function.name, arguments, target, lexicon)
    if target == lexicon.vault:
        said, where = own.say(function.name, arguments, lexicon), "the vault itself"
    else:
        companion = companions.abi_name_of(target, lexicon)
        said, where = companions.say(companion, function.name, arguments, lexicon), lexicon.name(target)
    return said or f"Calls {function.signature} of {where}, which no operation has a use for."


def _say_plain(call: Call, lexicon: Lexicon) -> str:
    target = lexicon.name(call.target)
    if call.value == 0:
        return f"Calls {target} with neither value nor data."
    return f"Sends {lexicon.amount(NATIVE, call.value)} to {target}."


def _say_unknown(call: Call, lexicon: Lexicon) -> str:
    target, size = lexicon.name(call.target), len(call.data)
    said = _say_value(call, lexicon)
    if size < 4:
        return f"{said}Calls {target} with {show_bytes(call.data)}, too short to name a function."
    where = "the vault itself" if call.target == lexicon.vault else target
    return (
        f"{said}Calls a function of {where} that nothing here can name: selector {show_bytes(call.data[:4])}, "
        f"{size - 4} bytes of arguments."
    )


def _say_value(call: Call, lexicon: Lexicon) -> str:
    return f"Sends {lexicon.amount(NATIVE, call.value)} along. " if call.value else ""


def _decoded(
    call: Call,
    naming: Naming,
    said: str,
    evidence: Evidence,
    *,
    function: Function | None = None,
    faults: tuple[Fault, ...] = (),
    arguments: tuple[Argument, ...] = (),
) -> DecodedCall:
    return DecodedCall(
        call=call,
        naming=naming,
        function=function.signature if function else "",
        arguments=arguments,
        faults=faults,
        sentence=Shown(said),
        evidence=evidence,
    )


def show_value(value: AbiValue, lexicon: Lexicon) -> Shown:
    """Return a decoded value as it may be shown: addresses with labels, foreign text sanitised."""
    match value:
        case bool() | int():
            return Shown(str(value).lower() if isinstance(value, bool) else str(value))
        case Address():
            return lexicon.name(value)
        case bytes():
            return show_bytes(value)
        case str():
            return Shown(f'"{sanitise(value)}"')
        case tuple():
            return Shown("[" + ", ".join(show_value(item, lexicon) for item in value) + "]")
