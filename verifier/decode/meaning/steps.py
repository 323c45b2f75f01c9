"""Steps of a list: a byte each, and what each takes in another list beside it, as Uniswap's routers are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from verifier.decode.meaning.scene import Fields, Scene
from verifier.decode.plan import Plan
from verifier.decode.signatures import interface
from verifier.model.address import NOBODY, Address
from verifier.model.call import Argument, Fault
from verifier.model.effect import Effect
from verifier.model.finding import ByteRange, Severity

ALL: Final = 1 << 255
"""An amount that stands for all that a router holds."""
MOST_LISTED: Final = 64
"""So many steps of one list are read."""
MOST_TOLD: Final = 8
"""So many of them are told in a sentence."""
_MOST_STEPS: Final = 256
_MOST_DEPTH: Final = 4
_CALLER: Final = Address((1).to_bytes(20, "big"))
_ROUTER: Final = Address((2).to_bytes(20, "big"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step does."""

    said: str
    effects: tuple[Effect, ...] = ()
    faults: tuple[Fault, ...] = ()
    # How many things it makes happen that nothing here can read, itself included.
    unread: int = 0


@dataclass(slots=True)
class Budget:
    """How much may still be opened of one call: lists inside of lists are short, and may be very many."""

    steps: int = _MOST_STEPS
    depth: int = _MOST_DEPTH


Read = Callable[[int, Argument], Step]


def read_list(kinds: bytes, parts: Sequence[Argument], read: Read, budget: Budget) -> list[Step]:
    """Return what each step does; what is beyond the bounds, or has no partner in the other list, is none of them."""
    steps: list[Step] = []
    for kind, part in zip(kinds[:MOST_LISTED], parts, strict=False):
        if budget.steps <= 0:
            break
        budget.steps -= 1
        steps.append(read(kind, part))
    return steps


def told(steps: Sequence[Step]) -> str:
    return "; ".join(f"({i + 1}) {step.said}" for i, step in enumerate(steps[:MOST_TOLD])) or "none"


def rest_of(kinds: bytes, parts: Sequence[Argument], steps: Sequence[Step]) -> str:
    """Return what has to be said of a list beside its first steps."""
    said = ""
    if len(kinds) > MOST_TOLD:
        said += f"; and {len(kinds) - MOST_TOLD} more"
    beyond = min(len(kinds), len(parts)) - len(steps)
    if beyond > 0:
        said += f", of which {beyond} were not read"
    if len(kinds) != len(parts):
        said += "; its lists differ in length, which no honest router takes"
    return said


def unread_of(kinds: bytes, parts: Sequence[Argument], steps: Sequence[Step]) -> int:
    return max(len(kinds), len(parts)) - len(steps) + sum(step.unread for step in steps)


@lru_cache(maxsize=256)
def plans_of(source: str, name: str) -> tuple[Plan, ...]:
    """Return how a step may be written: the plans of one name of a data file, the usual one first."""
    return tuple(each.plan for each in interface(source).functions if each.name == name)


def is_sound(plan: Plan, data: bytes) -> bool:
    """Whether an honest encoder may have written these bytes, but for some behind their end."""
    decoded = plan.decode(data)
    return decoded.values is not None and all(fault.severity < Severity.DANGER for fault in decoded.faults)


def unpacked(plans: Sequence[Plan], part: Argument) -> tuple[Fields | None, tuple[Fault, ...]]:
    """Return the arguments that stand in one argument's bytes, None if these cannot be read, and what is wrong.

    All ranges are counted in the call's data.
    """
    data = part.value if isinstance(part.value, bytes) else b""
    plan = next((each for each in plans if is_sound(each, data)), plans[0])
    shift = part.where.start
    faults = tuple(
        Fault(kind=fault.kind, where=shifted(fault.where, shift)) for fault in plan.decode(data).faults
    )
    arguments = plan.arguments_of(data)
    return (Fields([moved(each, shift) for each in arguments]) if arguments else None), faults


def stops(fault: Fault) -> bool:
    """Whether a list is not opened for it: parts that overlap would be read over and over."""
    return fault.severity is Severity.DANGER


def to_whom(scene: Scene, recipient: Address) -> Address:
    """Return whom a step means: 1 is who calls, 2 the router itself."""
    if recipient == _CALLER:
        return scene.caller
    return scene.target if recipient == _ROUTER else recipient


def coin_of(scene: Scene, token: Address) -> str:
    return "the native coin" if token == NOBODY else scene.names.name(token)


def shifted(where: ByteRange, by: int) -> ByteRange:
    return ByteRange(start=where.start + by, stop=where.stop + by)


def moved(argument: Argument, by: int) -> Argument:
    """Return an argument of a step with its bytes counted in the call's data."""
    return Argument(
        name=argument.name,
        type=argument.type,
        word=argument.word,
        value=argument.value,
        where=shifted(argument.where, by),
        children=tuple(moved(child, by) for child in argument.children),
    )
