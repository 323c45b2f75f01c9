"""The calls of an operation as a tree of values, each with the bytes that it came from. Pure: no widget stands here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.decode.calls import show_value
from verifier.decode.lexicon import Lexicon
from verifier.desk.review import Review
from verifier.model.asset import NATIVE
from verifier.model.call import Argument, DecodedCall
from verifier.model.description import Description, Refusal
from verifier.model.finding import ByteRange, Severity
from verifier.model.text import Shown, show_moment
from verifier.pages.calls import NAMING

Key = tuple[str | int, ...]
"""The way to a node: it names the same value in the next reading of the same operation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A call, or a value in one."""

    key: Key
    # What it is called, and what it is; cut by the screen where it is too long.
    name: str
    said: str
    # The byte string that it stands in, and where; None where it stands in none, such as a target.
    data: bytes
    where: ByteRange | None
    # Whole, with all there is to say about it; each is a line of its own.
    details: tuple[str, ...]
    severity: Severity = Severity.INFO
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """Yield this node and all inside of it, outermost first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def at(self, data: bytes, place: int) -> Node | None:
        """Return the innermost node whose bytes hold one byte of a byte string."""
        found, size = None, 0
        for node in self.walk():
            where = node.where
            if where is None or node.data is not data or not where.start <= place < where.stop:
                continue
            if found is None or where.stop - where.start <= size:
                found, size = node, where.stop - where.start
        return found


def nodes_of(review: Review) -> tuple[Node, ...]:
    """Return a node for each call of an operation."""
    marks: dict[tuple[int, ...], Severity] = {}
    for finding in review.findings:
        if finding.call is not None:
            site = (finding.call, *finding.path)
            marks[site] = max(marks.get(site, Severity.INFO), finding.severity)
    return tuple(
        _call(
            call,
            review.lexicon,
            (i,),
            marks,
            described=review.descriptions[i] if i < len(review.descriptions) else None,
        )
        for i, call in enumerate(review.calls)
    )


def _call(
    call: DecodedCall,
    lexicon: Lexicon,
    path: tuple[int, ...],
    marks: dict[tuple[int, ...], Severity],
    *,
    data: bytes | None = None,
    base: int = 0,
    described: Description | Refusal | None = None,
) -> Node:
    """Return a call as a node.

    :param data: the byte string that the call's own data is a part of, from `base` on; None where it stands for itself
    """
    whole = call.call.data if data is None else data
    key: Key = ("call", *path)
    children = [
        _fact((*key, "target"), "target", lexicon.name(call.call.target)),
        _fact(
            (*key, "value"), "value", lexicon.amount(NATIVE, call.call.value) if call.call.value else "none"
        ),
    ]
    children += _arguments(call.arguments, lexicon, key, whole, base)
    if not call.arguments and call.call.data:
        children += _words(call, key, whole, base)
    for i, fault in enumerate(call.faults):
        where = _moved(fault.where, base)
        children.append(
            Node(
                key=(*key, "fault", i),
                name="not canonical",
                said=fault.kind.value,
                data=whole,
                where=where,
                details=(f"Bytes {where.start} to {where.stop}: {fault.kind.value}.",),
                severity=fault.severity,
            )
        )
    for i, child in enumerate(call.children):
        children.append(_inner(call, child, lexicon, (*path, i), marks, whole, base))
    number = ".".join(str(i + 1) for i in path)
    name = call.function.partition("(")[0] or ("unknown function" if call.call.data else "no data")
    return Node(
        key=key,
        name=f"{number}. {name}",
        said=call.sentence,
        data=whole,
        where=ByteRange(start=base, stop=base + len(call.call.data)) if call.call.data else None,
        details=(call.sentence, *_about(call), *_descriptor(described)),
        severity=max(call.severity, marks.get(path, Severity.INFO)),
        children=tuple(children),
    )


def _inner(
    outer: DecodedCall,
    call: DecodedCall,
    lexicon: Lexicon,
    path: tuple[int, ...],
    marks: dict[tuple[int, ...], Severity],
    whole: bytes,
    base: int,
) -> Node:
    """Return a call inside of another one: in the same bytes where its data stands there as it is."""
    where = call.where
    if where is not None and call.call.data:
        at = outer.call.data.find(call.call.data, where.start, where.stop)
        if at >= 0:
            return _call(call, lexicon, path, marks, data=whole, base=base + at)
    return _call(call, lexicon, path, marks)


def _about(call: DecodedCall) -> Iterator[str]:
    if call.is_delegate:
        yield "DELEGATECALL: the caller runs the target's code as its own."
    if call.call.data:
        yield f"Function {call.function or 'unknown'}, {NAMING[call.naming]}."
    if len(call.candidates) > 1:
        others = ", ".join(name for name in call.candidates if name != call.function)
        yield f"It may be as well: {others}."
    if call.unopened:
        yield f"{call.unopened} more calls inside of it were not opened: nothing is known of them."


def _descriptor(said: Description | Refusal | None) -> Iterator[str]:
    if isinstance(said, Refusal):
        yield said.sentence
    elif said is not None:
        yield f"The descriptor {said.source} says ({said.evidence.name.lower()}): {said.intent}"


def _arguments(
    arguments: tuple[Argument, ...], lexicon: Lexicon, key: Key, data: bytes, base: int
) -> list[Node]:
    nodes = []
    for i, argument in enumerate(arguments):
        own: Key = (*key, "argument", i)
        inside = _arguments(argument.children, lexicon, own, data, base)
        shown = show_value(argument.value, lexicon)
        if argument.word == "Timestamp" and isinstance(argument.value, int):
            shown = Shown(f"{shown} ({show_moment(argument.value)})")
        where = _moved(argument.where, base)
        kind = f"{argument.type}, {argument.word}" if argument.word else argument.type
        nodes.append(
            Node(
                key=own,
                name=argument.name or f"[{i}]",
                said=f"{len(argument.children)} inside" if argument.children else shown,
                data=data,
                where=where,
                details=(shown, f"{kind}; bytes {where.start} to {where.stop} of {len(data)}."),
                children=tuple(inside),
            )
        )
    return nodes


def _words(call: DecodedCall, key: Key, data: bytes, base: int) -> Iterator[Node]:
    """Yield the raw words of data that nothing reads as arguments."""
    parts = [
        ("selector", call.selector, 0),
        *((f"word {i}", w, 4 + 32 * i) for i, w in enumerate(call.words)),
    ]
    for name, word, at in parts:
        where = ByteRange(start=base + at, stop=base + at + len(word))
        shown = f"0x{word.hex()}"
        details = (shown, f"Bytes {where.start} to {where.stop} of {len(data)}.")
        yield Node(key=(*key, "word", at), name=name, said=shown, data=data, where=where, details=details)


def _fact(key: Key, name: str, said: str) -> Node:
    return Node(key=key, name=name, said=said, data=b"", where=None, details=(said,))


def _moved(where: ByteRange, base: int) -> ByteRange:
    return ByteRange(start=where.start + base, stop=where.stop + base)
