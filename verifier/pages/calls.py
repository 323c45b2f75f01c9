"""The calls of an operation as text: target, function, arguments, and every word of the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from verifier.decode.calls import show_value
from verifier.decode.lexicon import Lexicon
from verifier.desk.review import Review
from verifier.model.asset import NATIVE
from verifier.model.call import Argument, DecodedCall, Naming
from verifier.model.description import Description, Refusal
from verifier.model.finding import ByteRange
from verifier.model.text import Shown, show_moment
from verifier.pages.layout import MARKS, Page

NAMING: Final = {
    Naming.OWN: "named by this release's own ABI",
    Naming.BOOK: "named by an ABI of yours",
    Naming.DESCRIPTOR: "named by a descriptor bound to this contract",
    Naming.STANDARD: "named by a standard, from its selector",
    Naming.TARGET: "known by who is called",
    Naming.RECOVERED: "guessed from the contract's own code",
    Naming.NONE: "named by nothing",
}


def add_calls(page: Page, review: Review) -> None:
    """Add every call with its arguments and its raw words."""
    for i, call in enumerate(review.calls):
        if i:
            page.space()
        _add_call(page, call, review.lexicon, f"{i + 1}.")
        if i < len(review.descriptions):
            _add_description(page, review.descriptions[i])


def _add_description(page: Page, said: Description | Refusal | None) -> None:
    """Add a call in the words of a descriptor, with what the descriptor leaves out. Nothing rests on it."""
    if said is None:
        return
    page.space()
    if isinstance(said, Refusal):
        page.text(said.sentence, indent=5)
        return
    by = f", by {said.owner}" if said.owner else ""
    page.text(f"In the words of the descriptor {said.source}{by} ({said.evidence.name.lower()}):", indent=5)
    page.text(said.intent, indent=7)
    for field in said.fields:
        page.text(field.value, indent=7, hang=f"{field.label}: ")
    for hidden in said.hidden:
        page.text(f"{hidden.value} ({hidden.why})", indent=7, hang=f"not shown by it: {hidden.path}: ")
    for note in said.notes:
        page.text(note, indent=7)


def call_page(call: DecodedCall, lexicon: Lexicon, sentence: Shown, width: int) -> str:
    """Return one call by itself: what it does, what is wrong with its bytes, and the tree of what is inside."""
    page = Page(width)
    page.text(sentence)
    page.title("From the bytes alone")
    _add_call(page, call, lexicon, "1.")
    return str(page)


def _add_call(page: Page, call: DecodedCall, lexicon: Lexicon, number: str, indent: int = 2) -> None:
    page.text(call.sentence, indent=indent, hang=f"{number} ")
    inner = indent + min(len(number) + 1, 6)
    page.field("target", lexicon.name(call.call.target), indent=inner)
    page.field("value", lexicon.amount(NATIVE, call.call.value) if call.call.value else "none", indent=inner)
    if call.is_delegate:
        page.field("kind", "DELEGATECALL: the caller runs the target's code as its own", indent=inner)
    if call.call.data:
        function = call.function or "unknown"
        page.field("function", f"{function}, {NAMING[call.naming]}", indent=inner)
        if len(call.candidates) > 1:
            page.field(
                "or", ", ".join(name for name in call.candidates if name != call.function), indent=inner
            )
        opened = [child.where for child in call.children if child.where]
        _add_arguments(page, call.arguments, lexicon, inner, opened)
        _add_faults(page, call, inner)
        if call.where is None:
            _add_words(page, call, inner)
        else:
            place = f"bytes {call.where.start} to {call.where.stop} of the data around it"
            at = f"{len(call.call.data)} bytes, within {place}"
            page.field("data", at, indent=inner)
    for i, child in enumerate(call.children):
        _add_call(page, child, lexicon, f"{number}{i + 1}.", indent=inner)


def _add_faults(page: Page, call: DecodedCall, indent: int) -> None:
    """Add where the bytes are not what an honest encoder writes."""
    for fault in call.faults:
        mark = MARKS[fault.severity]
        where = f"bytes {fault.where.start} to {fault.where.stop}"
        page.field(mark, f"{where}: {fault.kind.value}", indent=indent)


def _add_arguments(
    page: Page,
    arguments: tuple[Argument, ...],
    lexicon: Lexicon,
    indent: int,
    opened: Sequence[ByteRange] = (),
) -> None:
    """:param opened: bytes that are shown as calls of their own below"""
    for i, argument in enumerate(arguments):
        name = argument.name or f"[{i}]"
        if argument.children:
            page.field(name, argument.word or argument.type, indent=indent)
            _add_arguments(page, argument.children, lexicon, indent + 2, opened)
        elif any(argument.where.start <= each.start and each.stop <= argument.where.stop for each in opened):
            page.field(
                name, f"{argument.where.stop - argument.where.start} bytes, opened below", indent=indent
            )
        else:
            page.field(name, _value(argument, lexicon), indent=indent)


def _value(argument: Argument, lexicon: Lexicon) -> str:
    shown = show_value(argument.value, lexicon)
    if argument.word == "Timestamp" and isinstance(argument.value, int):
        return f"{shown} ({show_moment(argument.value)})"
    return f"{shown} ({argument.word})" if argument.word else shown


def _add_words(page: Page, call: DecodedCall, indent: int) -> None:
    data = call.call.data
    page.field("data", f"{len(data)} bytes", indent=indent)
    size = len(str(len(data)))
    rows = [(0, call.selector), *((4 + 32 * i, word) for i, word in enumerate(call.words))]
    for at, word in rows:
        # A word is 64 digits wide: on a narrow terminal it takes two lines.
        page.text(word.hex(), indent=indent + 2, hang=f"{at:>{size}}  ")
