"""The compiler's intermediate code, taken apart into functions, compared, and put together again.

A mutant differs from the original in few of these functions. Many mutants therefore fit into one object: where their
versions of a function differ, the function asks which mutant it is in, and calls that version. The number stands in the
bytecode as a constant, so one compilation serves them all: `code_of_mutant` writes the number over the constant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

TOKEN: Final = re.compile(
    r"""\s+|//[^\n]*|/\*.*?\*/|hex"[^"]*"|"(?:[^"\\]|\\.)*"|[A-Za-z_$][\w$.]*|[0-9]\w*|:=|->|[{}(),]""",
    re.DOTALL,
)
WORD: Final = re.compile(r"[A-Za-z_$]")
KEYWORDS: Final = frozenset(
    {
        "let",
        "if",
        "for",
        "switch",
        "case",
        "default",
        "leave",
        "break",
        "continue",
        "function",
        "true",
        "false",
    }
)
# A constant that nothing else in the code is.
NUMBER: Final = b"the number of the mutant is here"
ASK: Final = "which_mutant"


class UnlikeError(Exception):
    """Two objects differ in more than their functions' bodies, so they do not fit into one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function without its name. Its variables are numbered, so that equal functions have equal texts."""

    parameters: int
    results: int
    text: str


@dataclass(slots=True, kw_only=True)
class Object:
    """An object: the code that it begins with, its functions by name, and the objects and data inside it."""

    name: str
    head: str = ""
    functions: dict[str, Function] = field(default_factory=dict)
    objects: list[Object] = field(default_factory=list)
    data: list[str] = field(default_factory=list)

    def inner(self) -> Iterator[Object]:
        """Yield this object and all inside it."""
        yield self
        for each in self.objects:
            yield from each.inner()


Rename = Callable[[str], str]
"""From the name of a function, or of an object, in a mutant to its name in the original."""


def tokens_of(text: str) -> list[str]:
    """Return the tokens, without spaces and comments."""
    tokens = []
    position = 0
    for match in TOKEN.finditer(text):
        if match.start() != position:
            raise UnlikeError(f"cannot read {text[position : position + 40]!r}")
        position = match.end()
        token = match[0]
        if not token.isspace() and not token.startswith(("//", "/*")):
            tokens.append(token)
    return tokens


def read_object(text: str, rename: Rename = str) -> Object:
    """Return the object that the compiler wrote, its names renamed."""
    reader = _Reader(tokens_of(text), rename)
    found = reader.object()
    if reader.at != len(reader.tokens):
        raise UnlikeError("there is something behind the object")
    return found


class _Reader:
    def __init__(self, tokens: list[str], rename: Rename) -> None:
        self.tokens = tokens
        self.at = 0
        self.rename = rename

    def next(self, expected: str | None = None) -> str:
        token = self.tokens[self.at]
        if expected is not None and token != expected:
            raise UnlikeError(f"expected {expected}, found {token}")
        self.at += 1
        return token

    def object(self) -> Object:
        self.next("object")
        found = Object(name=self.rename(self.next()))
        self.next("{")
        while self.tokens[self.at] != "}":
            match self.tokens[self.at]:
                case "code":
                    self.next()
                    self.code(found)
                case "object":
                    found.objects.append(self.object())
                case "data":
                    found.data.append(" ".join(self.next() for _ in range(3)))
                case other:
                    raise UnlikeError(f"an object with {other} inside")
        self.next("}")
        return found

    def block(self) -> list[str]:
        """Return the tokens of a block, its braces included."""
        begin = self.at
        self.next("{")
        depth = 1
        while depth:
            token = self.next()
            depth += (token == "{") - (token == "}")
        return self.tokens[begin : self.at]

    def code(self, into: Object) -> None:
        self.next("{")
        head: list[str] = []
        while self.tokens[self.at] != "}":
            if self.tokens[self.at] == "function":
                self.function(into)
            elif self.tokens[self.at] == "{":
                head += self.block()
            else:
                head.append(self.next())
        self.next("}")
        # Other names than in functions, which must not hide these.
        into.head = self.numbered(head, "head")

    def function(self, into: Object) -> None:
        self.next("function")
        name = self.rename(self.next())
        begin = self.at
        while self.tokens[self.at] != "{":
            self.next()
        heading = self.tokens[begin : self.at]
        text = self.numbered(heading + self.block())
        middle = heading.index(")")
        count = [
            sum(bool(WORD.match(token)) for token in part) for part in (heading[:middle], heading[middle:])
        ]
        into.functions[name] = Function(parameters=count[0], results=count[1], text=text)

    def numbered(self, tokens: list[str], prefix: str = "v") -> str:
        """Return the text with functions renamed, and variables numbered as they come."""
        numbers: dict[str, str] = {}
        said = []
        for at, token in enumerate(tokens):
            if not WORD.match(token) or token in KEYWORDS or token.startswith('hex"'):
                said.append(self.rename(token) if token.startswith('"') else token)
            elif at + 1 < len(tokens) and tokens[at + 1] == "(":
                said.append(self.rename(token))
            else:
                said.append(numbers.setdefault(token, f"{prefix}{len(numbers)}"))
        return " ".join(said)


# ------------------------------------------------------------------------------------- many mutants in one object


def merge(original: Object, mutants: Mapping[int, Object]) -> str:
    """Return the text of an object that is every one of the mutants, and the original under any other number."""
    return "\n".join(_merged(original, mutants))


def _merged(original: Object, mutants: Mapping[int, Object]) -> Iterator[str]:
    for mutant in mutants.values():
        if (mutant.name, mutant.head, mutant.data) != (original.name, original.head, original.data):
            raise UnlikeError("the code around the functions differs")
        if len(mutant.objects) != len(original.objects):
            raise UnlikeError("there are other objects inside")
    yield f"object {original.name} {{ code {{ {original.head}"
    yield f"function {ASK}() -> answer {{ answer := 0x{NUMBER.hex()} }}"
    names = dict.fromkeys(original.functions)
    for mutant in mutants.values():
        names |= dict.fromkeys(mutant.functions)
    for name in names:
        yield from _versions(name, original.functions.get(name), mutants)
    yield "}"
    for at, inner in enumerate(original.objects):
        yield from _merged(inner, {number: mutant.objects[at] for number, mutant in mutants.items()})
    yield from original.data
    yield "}"


def _versions(name: str, first: Function | None, mutants: Mapping[int, Object]) -> Iterator[str]:
    """Yield a function, or all its versions and the function that chooses among them."""
    numbers: dict[Function, list[int]] = {} if first is None else {first: []}
    for number, mutant in mutants.items():
        if name in mutant.functions:
            numbers.setdefault(mutant.functions[name], []).append(number)
    functions = list(numbers)
    usual = functions[0]
    if len(functions) == 1:
        yield f"function {name}{usual.text}"
        return
    if any((f.parameters, f.results) != (usual.parameters, usual.results) for f in functions):
        raise UnlikeError(f"{name} takes or gives something else")
    parameters = ", ".join(f"p{i}" for i in range(usual.parameters))
    results = ", ".join(f"r{i}" for i in range(usual.results))
    gives, takes = (f" -> {results}", f"{results} := ") if results else ("", "")
    yield f"function {name}({parameters}){gives} {{ switch {ASK}()"
    for at, function in enumerate(functions):
        for number in numbers[function]:
            if at:
                yield f"case {number} {{ {takes}{name}_version_{at}({parameters}) }}"
    yield f"default {{ {takes}{name}_version_0({parameters}) }} }}"
    for at, function in enumerate(functions):
        yield f"function {name}_version_{at}{function.text}"


def code_of_mutant(code: bytes, number: int) -> bytes:
    """Return the bytecode of a merged object as that of one mutant."""
    if NUMBER not in code:
        raise UnlikeError("nothing in the code asks which mutant it is")
    return code.replace(NUMBER, number.to_bytes(32, "big"))
