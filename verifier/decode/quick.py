"""The quick reader: for canonical bytes only, and in doubt it says nothing.

Canonical data is a sequence: every part begins where the one before it ends. So the reader of a type is a short piece
of Python that goes through the data once, with one `struct` for each run of bytes of fixed length. It is written
here, from the type alone (numbers and our own words; no text of an ABI gets into it), and compiled once. Whatever it
does not expect is left to the exact reader, which finds the same in canonical bytes, and faults in all others.

For `transfer(address,uint256)` it is:

    def read(data, p):
        c1, v2, v3 = u4(data, p)
        if c1 != k5: return None
        p += 64
        if p != len(data): return None
        return (address(Address, v2), number(v3))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct
from struct import error as StructError  # noqa: N812  (an error's name ends in Error here)
from typing import Any, Final

from verifier.decode.run import Run
from verifier.decode.sealing import seal_branch, seal_leaf
from verifier.decode.source import MOST_BRANCHES_A_WORD
from verifier.decode.types import AbiType, Array, Leaf, Tuple
from verifier.model.address import Address

Quick = Callable[[bytes, int], tuple[Any, ...] | None]
"""Returns the values of the arguments that begin at a place, if they are canonical up to the end of the data."""

DOUBTS: Final = (StructError, UnicodeDecodeError, OverflowError)
"""What it raises, beside returning None, where bytes are not as expected."""

# Longer types would be slow to compile, and are left to the exact reader.
_MOST_WORDS: Final = 256
_OFFSET: Final = Struct(">28sI")
# By the length of a value, modulo 32.
_PADDINGS: Final = tuple(bytes(-length % 32) for length in range(32))


class _UnfitError(Exception):
    """The type is not one for a quick reader; it never leaves this file."""


def quick_reader(arguments: Tuple, *, ranged: bool) -> Quick | None:
    """Return the quick reader of a list of arguments; None where the type is too long or too deep for one.

    With ranges, each value is an Argument.
    """
    writer = _Writer(ranged=ranged)
    source = writer.source(arguments)
    if source is None:
        return None
    exec(compile(source, "<quick reader>", "exec"), writer.known)  # noqa: S102  (nothing foreign is in it)
    read: Quick = writer.known["read"]
    return read


def source_of(arguments: Tuple, *, ranged: bool = False) -> str | None:
    """Return the source of a quick reader, for whoever wants to look at it; None where there is none."""
    return _Writer(ranged=ranged).source(arguments)


class _Writer:
    """Writes the source of one reader. In it, `p` is how far the data was read."""

    def __init__(self, *, ranged: bool) -> None:
        self._ranged = ranged
        # What the source refers to.
        self.known: dict[str, Any] = {
            "Address": Address,
            "address": bytes.__new__,  # what comes from a field of 20 bytes has 20 bytes
            "branch": seal_branch,
            "leaf": seal_leaf,
            "number": int.from_bytes,
            "offsets": _OFFSET.iter_unpack,
            "paddings": _PADDINGS,
            "zeros": bytes(28),
        }
        self._lines = ["def read(data, p):"]
        self._indent = 1
        self._count = 0
        self._words = 0
        self._run = Run(fresh=self._fresh)

    def source(self, arguments: Tuple) -> str | None:
        try:
            value = self._tuple(arguments.members, arguments.names)
        except _UnfitError:
            return None
        self._flush()
        self._doubt_if(["p != len(data)"])
        self._say(f"return {value}")
        return "\n".join(self._lines)

    def _value(self, type_: AbiType, name: str) -> str:
        """Go on with a value that stands here. Return the expression that makes it of what was read.

        The name is an expression too: of what the value is called.
        """
        if type_.branches * 32 > type_.head * MOST_BRANCHES_A_WORD:
            raise _UnfitError  # canonical or not, such data may be more than the exact reader reads
        match type_:
            case Leaf(is_dynamic=True):
                return self._blob(type_, name)
            case Leaf():
                return self._word(type_, name)
            case Array(length=None):
                return self._items(type_, name)
            case Array():
                length = type_.length or 0
                self._spend(length)  # before as many members are made
                start = self._place()
                value = self._tuple((type_.of,) * length, [str(i) for i in range(length)])
                return self._sealed(type_, name, value, start, f"{start} + {length * type_.of.head}")
            case Tuple():
                start = self._place()
                value = self._tuple(type_.members, type_.names)
                return self._sealed(type_, name, value, start, f"{start} + {type_.frame}")

    def _tuple(self, members: Sequence[AbiType], names: Sequence[str]) -> str:
        """A head, and tails in the order of the members. The first one follows its head, so its offset is constant."""
        head = sum(member.head for member in members)
        dynamic = [i for i, member in enumerate(members) if member.is_dynamic]
        base = self._run.place() if len(dynamic) > 1 else ""
        called = [self._know("n", name) if self._ranged else "" for name in names]
        values, offsets = [""] * len(members), {}
        for i, member in enumerate(members):
            if not member.is_dynamic:
                values[i] = self._value(member, called[i])
                continue
            self._spend(1)
            if i == dynamic[0]:
                self._run.constant(head.to_bytes(32, "big"))
            else:
                offsets[i] = self._run.count()
        for i in dynamic:
            if i in offsets:
                self._doubt_if([f"{offsets[i]} + {base} != p"])
            values[i] = self._value(members[i], called[i])
        return f"({_listed(values)})"

    def _word(self, leaf: Leaf, name: str) -> str:
        self._spend(1)
        start = self._place()
        return self._sealed(leaf, name, self._run.word(leaf), start, f"{start} + 32")

    def _items(self, array: Array, name: str) -> str:
        """An array: its length, and that many items."""
        self._spend(1)
        of = array.of
        count = self._run.count()
        self._flush()
        begin, items = self._fresh("b"), self._fresh("a")
        self._say(f"{begin} = p")
        self._say(f"p += {of.head} * {count}")
        self._say(f"{items} = []")
        own_name = f"str(len({items}))"
        # A slice ends where the data does, so that a loop does as well; `p` is beyond the data then.
        if of.is_dynamic:
            high, offset = self._fresh("c"), self._fresh("v")
            self._say(f"for {high}, {offset} in offsets(data[{begin}:p]):")
            self._indent += 1
            self._doubt_if([f"{offset} + {begin} != p", f"{high} != zeros"])
            value = self._value(of, own_name)
        else:
            value = self._value(of, own_name)
            run = self._next_run()
            unpack = f"{self._know('u', run.struct().iter_unpack)}(data[{begin}:p])"
            if self._ranged:
                places = f"range({begin}, p, {of.head})"
                self._say(f"for {run.origin}, ({_listed(run.names)}) in zip({places}, {unpack}):")
            else:
                self._say(f"for {_listed(run.names)} in {unpack}:")
            self._indent += 1
            self._doubt_if(self._doubts(run))
        self._say(f"{items}.append({value})")
        self._indent -= 1
        stop = f"{begin} + {of.head} * {count}"
        return self._sealed(array, name, f"tuple({items})", f"{begin} - 32", stop)

    def _blob(self, leaf: Leaf, name: str) -> str:
        """A length, as many bytes, and padding."""
        self._spend(1)
        count = self._run.count()
        self._flush()
        begin, end, value = self._fresh("b"), self._fresh("e"), self._fresh("v")
        self._say(f"{begin} = p")
        self._say(f"{end} = p + {count}")
        self._say(f"p = {end} + (-{count} & 31)")
        self._doubt_if([f"data[{end}:p] != paddings[{count} & 31]"])
        self._say(f"{value} = data[{begin}:{end}]{'.decode()' if leaf.kind == 'string' else ''}")
        return self._sealed(leaf, name, value, begin, end)

    def _sealed(self, type_: AbiType, name: str, value: str, start: str, stop: str) -> str:
        """Return the expression that makes an Argument of a value, or, without ranges, leaves it as it is."""
        if not self._ranged:
            return value
        make = "leaf" if isinstance(type_, Leaf) else "branch"
        text, word = self._know("t", type_.text), self._know("w", type_.word)
        return f"{make}({name}, {text}, {word}, {value}, {start}, {stop})"

    def _place(self) -> str:
        """Return the expression of the place where the run is now; only ranges need one."""
        return self._run.place() if self._ranged else ""

    def _flush(self) -> None:
        """Write what reads the run up to here, and begin another one."""
        run = self._next_run()
        if run.origin:
            self._say(f"{run.origin} = p")
        if not run.size:
            return
        self._say(f"{_listed(run.names)} = {self._know('u', run.struct().unpack_from)}(data, p)")
        self._doubt_if(self._doubts(run))
        self._say(f"p += {run.size}")

    def _next_run(self) -> Run:
        """Begin another run; return the one before."""
        run, self._run = self._run, Run(fresh=self._fresh)
        return run

    def _doubts(self, run: Run) -> list[str]:
        expected = [f"{name} != {self._know('k', content)}" for name, content in run.constants.items()]
        return expected + run.doubts

    def _doubt_if(self, conditions: Sequence[str]) -> None:
        if conditions:
            self._say(f"if {' or '.join(conditions)}: return None")

    def _know(self, letter: str, what: Any) -> str:
        """Return the name by which the source refers to a thing."""
        name = self._fresh(letter)
        self.known[name] = what
        return name

    def _fresh(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"

    def _say(self, line: str) -> None:
        self._lines.append("    " * self._indent + line)

    def _spend(self, words: int) -> None:
        self._words += words
        if self._words > _MOST_WORDS:
            raise _UnfitError


def _listed(names: Sequence[str]) -> str:
    """Return names, or expressions, as a tuple has them between its brackets: also if it is only one."""
    return "".join(f"{name}, " for name in names).rstrip() if len(names) == 1 else ", ".join(names)
