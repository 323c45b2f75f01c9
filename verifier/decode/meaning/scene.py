"""What a meaning is made from, and what it consists of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from verifier.decode.lexicon import Lexicon
from verifier.model.address import Address
from verifier.model.call import Argument, Fault
from verifier.model.effect import Effect
from verifier.model.finding import ByteRange
from verifier.model.operation import Call
from verifier.model.text import Shown
from verifier.model.units import Wei

T = TypeVar("T")

# So many of a list are named in a sentence; the tree has them all.
_MOST_LISTED: Final = 5


class Fields:
    """The arguments of a function, or the members of a struct, by name."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Sequence[Argument]) -> None:
        self._parts = {part.name or str(i): part for i, part in enumerate(parts)}

    def __getitem__(self, name: str) -> Any:
        return self._parts[name].value

    def get(self, name: str, default: Any = None) -> Any:
        part = self._parts.get(name)
        return default if part is None else part.value

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __iter__(self) -> Iterator[Argument]:
        return iter(self._parts.values())

    def part(self, name: str) -> Argument:
        return self._parts[name]

    def struct(self, name: str) -> Fields:
        return Fields(self._parts[name].children)

    def structs(self, name: str) -> Iterator[Fields]:
        """Yield the items of an array of structs."""
        return (Fields(item.children) for item in self._parts[name].children)

    def items(self, name: str) -> tuple[Argument, ...]:
        """Return the items of an array."""
        return self._parts[name].children

    def where(self, *names: str) -> ByteRange | None:
        """Return the bytes from the first to the last of some arguments, of all where none is named; None for none."""
        ranges = [self._parts[name].where for name in names or self._parts]
        start = min((each.start for each in ranges), default=0)
        stop = max((each.stop for each in ranges), default=0)
        return ByteRange(start=start, stop=stop) if start < stop else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A call whose arguments were read, and the facts beside them."""

    call: Call
    # Who makes it.
    caller: Address
    arguments: Fields
    names: Lexicon

    @property
    def target(self) -> Address:
        return self.call.target

    @property
    def here(self) -> Shown:
        """The target as it is shown."""
        return self.names.name(self.call.target)

    @property
    def of_caller(self) -> str:
        """Whose something is: nothing where it is that of who makes the call, the vault in most operations."""
        return "" if self.caller == self.names.actor else f" of {self.names.name(self.caller)}"

    @property
    def callers(self) -> str:
        if self.caller != self.names.actor:
            return f"{self.names.name(self.caller)}'s"
        return "the caller's" if self.names.vault is None else "the vault's"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """A call that is made inside of another one."""

    call: Call
    caller: Address
    # Whether the caller runs the target's code as its own.
    is_delegate: bool = False
    # Of the outer call's data.
    where: ByteRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a function does with its arguments."""

    said: str
    effects: tuple[Effect, ...] = ()
    inner: tuple[Inner, ...] = ()
    # Where the arguments hold a format of their own, what no honest encoder would have written there.
    faults: tuple[Fault, ...] = ()
    # Assets whose decimals the sentence uses, besides those of the effects.
    uses: tuple[Address, ...] = ()
    # What else the same bytes may mean, this meaning included; empty where they mean one thing.
    readings: tuple[str, ...] = ()
    # How many more things it makes happen that nothing here can read.
    unread: int = 0
    # Whether more is known of the function than names and types.
    is_known: bool = True
    # Whether it means the same when it runs as the caller's own code.
    is_library: bool = False


Meaning = Callable[[Scene], Meant]
Table = dict[str, Meaning]
"""The meanings of the functions of one data file, by name; those of one name share theirs."""


def inner_call(
    caller: Address,
    target: Address,
    data: Argument,
    *,
    value: int = 0,
    is_delegate: bool = False,
) -> Inner:
    """Return a call whose data is an argument of the call around it."""
    call = Call(target=target, value=Wei(value), data=data.value if isinstance(data.value, bytes) else b"")
    return Inner(call=call, caller=caller, is_delegate=is_delegate, where=data.where)


def listed(
    items: Sequence[T], show: Callable[[T], str], *, most: int = _MOST_LISTED, between: str = ", "
) -> str:
    """Return a list for a sentence, cut to so many: showing an address costs a hash, and a list may be long."""
    rest = len(items) - most
    return between.join(map(show, items[:most])) + (f"{between}and {rest} more" if rest > 0 else "")


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
