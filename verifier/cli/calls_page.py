"""The calls of an operation as text: target, function, arguments, and every word of the data."""

from __future__ import annotations

from verifier.cli.layout import Page
from verifier.decode.calls import show_value
from verifier.decode.lexicon import Lexicon
from verifier.desk.review import Review
from verifier.model.asset import NATIVE
from verifier.model.call import Argument, DecodedCall, Naming
from verifier.model.text import show_moment

_NAMING = {
    Naming.OWN: "named by this release's own ABI",
    Naming.STANDARD: "named by a standard, from its selector",
    Naming.NONE: "named by nothing",
}


def add_calls(page: Page, review: Review) -> None:
    """Add every call with its arguments and its raw words."""
    for i, call in enumerate(review.calls):
        if i:
            page.space()
        _add_call(page, call, review.lexicon, f"{i + 1}.")


def _add_call(page: Page, call: DecodedCall, lexicon: Lexicon, number: str, indent: int = 2) -> None:
    page.text(call.sentence, indent=indent, hang=f"{number} ")
    inner = indent + len(number) + 1
    page.field("target", lexicon.name(call.call.target), indent=inner)
    page.field("value", lexicon.amount(NATIVE, call.call.value) if call.call.value else "none", indent=inner)
    if call.call.data:
        function = call.function or "unknown"
        page.field("function", f"{function}, {_NAMING[call.naming]}", indent=inner)
        _add_arguments(page, call.arguments, lexicon, inner)
        _add_words(page, call, inner)
    for i, child in enumerate(call.children):
        _add_call(page, child, lexicon, f"{number}{i + 1}.", indent=inner)


def _add_arguments(page: Page, arguments: tuple[Argument, ...], lexicon: Lexicon, indent: int) -> None:
    for i, argument in enumerate(arguments):
        name = argument.name or f"[{i}]"
        if argument.children:
            page.field(name, argument.word or argument.type, indent=indent)
            _add_arguments(page, argument.children, lexicon, indent + 2)
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
