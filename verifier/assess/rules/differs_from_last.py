"""What is another thing than in the last operation of the same kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case, Precedent, Site
from verifier.assess.rules.rule import FindingRule, Remark, Source
from verifier.model.address import Address
from verifier.model.call import AbiValue, Argument, DecodedCall
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.quotes import quoted
from verifier.model.text import Shown, sanitise, show_bytes, show_moment

_MOST_DIFFERENCES: Final = 6
_MOST_BYTES: Final = 32

Leaves = dict[str, AbiValue]


def _judge(case: Case) -> Iterator[Remark]:
    for i, call in enumerate(case.calls):
        found = _nearest(case, call)
        if found is None:
            continue
        precedent, differences = found
        if not differences:
            continue
        more = len(differences) - _MOST_DIFFERENCES
        shown = "; ".join(differences[:_MOST_DIFFERENCES]) + (f"; and {more} more" if more > 0 else "")
        site = Site(call=call, index=i)
        said = (
            f"{site.name}: the last one of this kind was executed {show_moment(precedent.executed_at)}, and this one "
            f"differs: {shown}. Ask about every difference that you did not expect."
        )
        # What came before is this client's word alone.
        yield Remark(said=said, evidence=Evidence.CLAIMED, site=site)


def _nearest(case: Case, call: DecodedCall) -> tuple[Precedent, list[str]] | None:
    """Return the latest operation with such a call, and in what the call that is most like this one differs."""
    for precedent in case.precedents:
        differences = [
            _differences(case, before, call)
            for before in precedent.calls
            if before.call.target == call.call.target and before.selector == call.selector
        ]
        if differences:
            return precedent, min(differences, key=len)
    return None


def _differences(case: Case, before: DecodedCall, now: DecodedCall) -> list[str]:
    former, present = _leaves(before), _leaves(now)
    found = []
    for name in dict.fromkeys((*present, *former)):
        if name not in former:
            found.append(f"{name} is new: {_show(case, present[name])}")
        elif name not in present:
            found.append(f"{name} is gone: it was {_show(case, former[name])}")
        elif former[name] != present[name]:
            was, becomes = former[name], present[name]
            found.append(f"{name} was {_show(case, was)} and is {_show(case, becomes)}{_ratio(was, becomes)}")
    return found


def _leaves(call: DecodedCall) -> Leaves:
    """Return every value that is no tuple or array, by its name; the whole data where it could not be read."""
    leaves: Leaves = {"value": int(call.call.value)} if call.call.value else {}
    if call.call.data and not call.arguments:
        leaves["data"] = call.call.data
    for i, argument in enumerate(call.arguments):
        _add_leaves(leaves, argument, argument.name or f"argument {i + 1}")
    return leaves


def _add_leaves(leaves: Leaves, argument: Argument, name: str) -> None:
    if not isinstance(argument.value, tuple):
        leaves[str(sanitise(name))] = argument.value
        return
    for i, child in enumerate(argument.children):
        _add_leaves(leaves, child, f"{name}.{child.name or i + 1}")


def _ratio(was: AbiValue, becomes: AbiValue) -> str:
    """Return by how much a number grew, where that is much."""
    if isinstance(was, bool) or not isinstance(was, int) or not isinstance(becomes, int):
        return ""
    if was <= 0 or becomes < 2 * was:
        return ""
    return f" ({becomes // was} times as much)"


def _show(case: Case, value: AbiValue) -> Shown:
    match value:
        case bool() | int():
            return Shown(str(value).lower() if isinstance(value, bool) else str(value))
        case Address():
            return case.name(value)
        case bytes():
            return show_bytes(value, most=_MOST_BYTES)
        case str():
            return quoted(sanitise(value))
        case tuple():
            return Shown(f"a list of {len(value)}")


RULES = (
    FindingRule(
        id="differs-from-last",
        severity=Severity.NOTICE,
        rests_on="the call's bytes, and this client's memory of operations that were executed",
        meaning="The vault called this function of this contract before, with other arguments. What was changed in a "
        "routine is where an attack hides; what is the same as ever was looked at before.",
        judge=_judge,
        needs=frozenset({Source.MEMORY}),
    ),
)
