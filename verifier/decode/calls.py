"""From a call's bytes to what it is: a function, its arguments with their bytes, faults, effects, and the calls inside.

Any bytes give a result. What nothing names, or what does not decode, is said to be so, and its words are there to show.
Depth, number and length of what is opened are bounded; what is beyond that is counted, and never silently left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from verifier.decode.bare import bare_function, is_bare, read_bare
from verifier.decode.lexicon import Lexicon
from verifier.decode.libraries import proven_multi_send
from verifier.decode.meaning.multisend import MULTI_SEND
from verifier.decode.meaning.scene import Fields, Inner, Meant, Scene, counted
from verifier.decode.meaning.table import Standard
from verifier.decode.meaning.vault import mean_own
from verifier.decode.naming import Named, lacks, name_call
from verifier.decode.plan import plan_of
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.call import AbiValue, Argument, DecodedCall, Naming
from verifier.model.effect import Allowance, Delegation, Effect, Move
from verifier.model.evidence import Evidence
from verifier.model.finding import ByteRange, Severity
from verifier.model.operation import Call, Operation
from verifier.model.quotes import quoted
from verifier.model.text import Shown, sanitise, show_bytes
from verifier.model.units import Amount

MOST_DEPTH: Final = 8
"""So many calls may be inside of one another."""
MOST_CALLS: Final = 512
"""So many are opened in one operation."""
_MOST_BYTES: Final = 384 * 1024
# So many arguments are told of a function that nothing here knows more of than its name.
_MOST_ARGUMENTS: Final = 6
# So many items of a list are shown in one value; each has a line of its own in the tree of arguments.
_MOST_ITEMS: Final = 32


def decode_operation(operation: Operation, lexicon: Lexicon) -> tuple[DecodedCall, ...]:
    """Return what each call of an operation is, with all calls inside of it."""
    return _decode(operation.calls, lexicon, lexicon.actor)


def decode_call(call: Call, lexicon: Lexicon, *, caller: Address | None = None) -> DecodedCall:
    """Return what a call is, with all calls inside of it.

    :param caller: who makes it; the vault, if it is left out, or somebody unknown where there is none
    """
    (decoded,) = _decode((call,), lexicon, caller or lexicon.actor)
    return decoded


def _decode(calls: Sequence[Call], lexicon: Lexicon, caller: Address) -> tuple[DecodedCall, ...]:
    opening = _Opening(lexicon)
    return tuple(opening.open(call, caller) for call in calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A call whose data was read, as far as that was possible."""

    named: Named
    arguments: tuple[Argument, ...] = ()
    meant: Meant
    evidence: Evidence


class _Opening:
    """Opens calls inside of calls, as long as the budget lasts."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._calls = MOST_CALLS
        self._bytes = _MOST_BYTES

    def open(
        self,
        call: Call,
        caller: Address,
        *,
        is_delegate: bool = False,
        where: ByteRange | None = None,
        depth: int = 0,
    ) -> DecodedCall:
        """Return what a call is. Those of the operation itself are opened whatever they cost."""
        self._calls -= 1
        self._bytes -= len(call.data)
        read = _read(call, caller, self._lexicon)
        meant = _run_as_own(call, caller, read, self._lexicon) if is_delegate else read.meant
        children, unopened = self._open_inner(meant.inner, depth)
        unopened += meant.unread
        decoded = read.named.decoded
        faults = (decoded.faults if decoded else ()) + meant.faults
        said = ("" if is_delegate else _say_value(call, self._lexicon)) + meant.said
        if any(fault.severity is Severity.DANGER for fault in faults) and (decoded is None or decoded.values):
            said += " An honest encoder would not have written these bytes."
        if unopened:
            inside = counted(unopened, "call")
            said += f" Nobody opened {inside} inside of it: too many, too deep, too long, or unknown."
        return DecodedCall(
            call=call,
            naming=read.named.naming,
            function=read.named.function.signature if read.named.function else "",
            arguments=read.arguments,
            faults=faults,
            sentence=Shown(said),
            evidence=read.evidence,
            caller=caller if self._lexicon.is_known(caller) else None,
            is_delegate=is_delegate,
            where=where,
            effects=_effects(call, caller, meant, is_delegate=is_delegate),
            candidates=meant.readings or read.named.candidates,
            is_understood=meant.is_known,
            children=children,
            unopened=unopened,
        )

    def _open_inner(self, inner: Sequence[Inner], depth: int) -> tuple[tuple[DecodedCall, ...], int]:
        """Return the calls inside of one, and how many more there are."""
        opened: list[DecodedCall] = []
        for each in inner:
            if depth + 1 >= MOST_DEPTH or self._calls <= 0 or self._bytes < len(each.call.data):
                break
            child = self.open(
                each.call, each.caller, is_delegate=each.is_delegate, where=each.where, depth=depth + 1
            )
            opened.append(child)
        return tuple(opened), len(inner) - len(opened)


def _read(call: Call, caller: Address, lexicon: Lexicon) -> _Read:
    if not call.data:
        evidence = lexicon.evidence(NATIVE) if call.value else Evidence.PROVEN
        return _Read(
            named=Named(naming=Naming.NONE),
            meant=Meant(said=_say_plain(call, caller, lexicon)),
            evidence=evidence,
        )
    if is_bare(call.target, lexicon):
        return _read_bare(call, caller, lexicon)
    named = name_call(call, lexicon)
    evidence = lexicon.evidence(NATIVE) if call.value else Evidence.PROVEN
    if named.inputs is None or named.decoded is None:
        meant = Meant(said=_say_unknown(call, lexicon), is_known=False)
        return _Read(named=named, meant=meant, evidence=evidence)
    if named.decoded.values is None:
        signature = named.function.signature if named.function else ""
        said = (
            f"Calls what should be {signature} of {lexicon.name(call.target)}, but its data cannot be read as that; "
            "look at its words."
        )
        return _Read(named=named, meant=Meant(said=said, is_known=False), evidence=evidence)
    arguments = plan_of(named.inputs).arguments_of(call.data, 4)
    meant = _mean(call, caller, named, arguments, lexicon)
    uses = {*meant.uses, *(effect.token for effect in meant.effects if isinstance(effect, Move | Allowance))}
    evidence = min([evidence, *map(lexicon.evidence, uses)])
    account = lexicon.accounts.get(call.target)
    if account and named.naming is Naming.STANDARD and lacks(account, call.data[:4]):
        said = f"{meant.said} But no function in the code of {lexicon.name(call.target)} has this selector."
        meant, evidence = replace(meant, said=said), min(evidence, account.evidence)
    return _Read(named=named, arguments=arguments, meant=meant, evidence=evidence)


def _read_bare(call: Call, caller: Address, lexicon: Lexicon) -> _Read:
    arguments, meant = read_bare(call, caller, lexicon)
    function = bare_function()
    named = Named(naming=Naming.TARGET, function=function, candidates=(function.signature,))
    evidence = lexicon.evidence(NATIVE) if call.value else Evidence.PROVEN
    return _Read(named=named, arguments=arguments, meant=meant, evidence=evidence)


def _mean(
    call: Call, caller: Address, named: Named, arguments: tuple[Argument, ...], lexicon: Lexicon
) -> Meant:
    if named.naming is Naming.OWN and named.function:
        scene = Scene(call=call, caller=caller, arguments=Fields(arguments), names=lexicon)
        return mean_own(scene, named.function)
    if not named.standards:
        return Meant(said=_say_named(call, named, arguments, lexicon), is_known=False)
    meanings = [_mean_as(standard, call, caller, lexicon) for standard in named.standards]
    first, *others = meanings
    if named.function and named.standards[0].function.signature != named.function.signature:
        # What this signer's own interface names is told by that name; the others' effects still count.
        first = Meant(said=_say_named(call, named, arguments, lexicon), is_known=False)
        others = meanings
    if not others:
        return first
    effects = [*first.effects, *(effect for other in others for effect in other.effects)]
    inner = first.inner or next((other.inner for other in others if other.inner), ())
    said = f"{first.said} The same bytes may be read as {_also(named)} too."
    return replace(first, said=said, effects=tuple(dict.fromkeys(effects)), inner=inner)


def _also(named: Named) -> str:
    taken = named.function.signature if named.function else ""
    return " or ".join(one for one in named.candidates if one != taken)


def _mean_as(standard: Standard, call: Call, caller: Address, lexicon: Lexicon) -> Meant:
    arguments = standard.function.plan.arguments_of(call.data, 4)
    return standard.meaning(Scene(call=call, caller=caller, arguments=Fields(arguments), names=lexicon))


def _run_as_own(call: Call, caller: Address, read: _Read, lexicon: Lexicon) -> Meant:
    """Return what it means that an account runs a target's code as its own: anything, whatever the name says."""
    said = f"Runs the code of {lexicon.name(call.target)} as if it were that of {lexicon.name(caller)}."
    inner = tuple(
        replace(each, caller=caller) if each.caller == call.target else each for each in read.meant.inner
    )
    anything = Delegation(account=caller, code=call.target)
    if read.meant.is_library:
        library = proven_multi_send(call.target, lexicon) if call.data[:4] == MULTI_SEND else ""
        known = f" That is Safe's {library}, by its code." if library else ""
        effects = read.meant.effects if library else (anything, *read.meant.effects)
        return replace(read.meant, said=f"{said}{known} {read.meant.said}", effects=effects, inner=inner)
    said += " It can do anything that this account can"
    said += f", whatever it is called: {read.meant.said}" if call.data else "."
    return replace(read.meant, said=said, effects=(anything,), inner=inner)


def _effects(call: Call, caller: Address, meant: Meant, *, is_delegate: bool) -> tuple[Effect, ...]:
    if is_delegate or not call.value:
        return meant.effects
    sent = Move(token=NATIVE, sender=caller, recipient=call.target, amount=Amount(call.value))
    return (sent, *meant.effects)


def _say_plain(call: Call, caller: Address, lexicon: Lexicon) -> str:
    target = lexicon.name(call.target)
    if call.value == 0:
        return f"Calls {target} with neither value nor data."
    whose = "" if caller == lexicon.actor else f" of {lexicon.name(caller)}"
    return f"Sends {lexicon.amount(NATIVE, call.value)}{whose} to {target}."


def _say_unknown(call: Call, lexicon: Lexicon) -> str:
    target, size = lexicon.name(call.target), len(call.data)
    if size < 4:
        return f"Calls {target} with {show_bytes(call.data)}, too short to name a function."
    where = "the vault itself" if call.target == lexicon.vault else target
    return (
        f"Calls a function of {where} that nothing here can name: selector {show_bytes(call.data[:4])}, "
        f"{size - 4} bytes of arguments."
    )


def _say_named(call: Call, named: Named, arguments: tuple[Argument, ...], lexicon: Lexicon) -> str:
    """Return a function of which nothing more is known than its name, or not even that, with its arguments."""
    shown = [
        f"{sanitise(argument.name, most=60) or argument.type} {_cut(show_value(argument.value, lexicon))}"
        for argument in arguments[:_MOST_ARGUMENTS]
    ]
    if len(arguments) > _MOST_ARGUMENTS:
        shown.append(f"{len(arguments) - _MOST_ARGUMENTS} more")
    told = f" with {', '.join(shown)}" if shown else " without arguments"
    target = lexicon.name(call.target)
    if named.function is None:
        return (
            f"Calls a function of {target} that nothing here can name: selector {show_bytes(call.data[:4])}, by its "
            f"code probably{told}."
        )
    return f"Calls {sanitise(named.function.signature)} of {target}{told}."


def _cut(shown: Shown, most: int = 120) -> str:
    return shown if len(shown) <= most else f"{shown[:most]}..."


def _say_value(call: Call, lexicon: Lexicon) -> str:
    return f"Sends {lexicon.amount(NATIVE, call.value)} along. " if call.value and call.data else ""


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
            return quoted(sanitise(value))
        case tuple():
            shown: list[str] = [show_value(item, lexicon) for item in value[:_MOST_ITEMS]]
            if len(value) > _MOST_ITEMS:
                shown.append(f"and {len(value) - _MOST_ITEMS} more")
            return Shown("[" + ", ".join(shown) + "]")
