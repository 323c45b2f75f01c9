"""The ways in which a contract is made wrong, each a small mistake that somebody could make.

Every operator looks at one node of the compiler's syntax tree, so comments, names and types are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tests.mutation.mutant import Change
from tests.mutation.syntax import Node, kind, span, type_of, walk

# What each operator of the language becomes, and which of ours that is.
SWAPS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "relation": {
        "<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",),
    },
    "arithmetic": {
        "+": ("-",), "-": ("+",), "*": ("/",), "/": ("*",), "%": ("/",), "**": ("*",),
        "+=": ("-=", "="), "-=": ("+=", "="), "*=": ("/=",), "/=": ("*=",), "++": ("--",), "--": ("++",),
    },
    "bits": {"&": ("|",), "|": ("&",), "^": ("&",), "&=": ("|=",), "|=": ("&=", "="), "^=": ("&=",)},
    "shift": {"<<": (">>",), ">>": ("<<",), "<<=": (">>=",), ">>=": ("<<=",)},
    "logic": {"&&": ("||",), "||": ("&&",)},
}  # fmt: skip
ASSEMBLY_SWAPS: Final = {
    "add": "sub", "sub": "add", "mul": "div", "div": "mul", "mod": "div", "and": "or", "or": "and", "xor": "or",
    "shl": "shr", "shr": "shl", "lt": "gt", "gt": "lt", "slt": "sgt", "sgt": "slt", "eq": "xor", "mulmod": "addmod",
    "addmod": "mulmod", "mstore": "mstore8", "gas": "not(0)", "callvalue": "returndatasize",
}  # fmt: skip
DROPPED_IN_ASSEMBLY: Final = frozenset({"iszero", "not"})
NUMBER: Final = re.compile(r"0x[0-9a-fA-F]+|[0-9]+")
WIDEST: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A node, the text of its file, and the nodes above it, outermost first."""

    node: Node
    above: tuple[Node, ...]
    text: bytes

    def source(self, node: Node | None = None) -> str:
        start, end = span(node or self.node)
        return self.text[start:end].decode("utf-8")

    def change(self, operator: str, text: str, node: Node | None = None) -> Change:
        start, end = span(node or self.node)
        return self.change_at(operator, start, end, text)

    def change_at(self, operator: str, start: int, end: int, text: str) -> Change:
        home = self.home()
        place = "file" if home is None else home["name"] or str(home["kind"])
        is_in_function = home is not None and kind(home) == "FunctionDefinition"
        return Change(
            operator=operator, start=start, end=end, text=text, place=place, is_in_function=is_in_function
        )

    def home(self) -> Node | None:
        """Return the function, modifier or constant that it is in."""
        nodes: list[Node] = [self.node, *reversed(self.above)]
        for node in nodes:
            if kind(node) in ("FunctionDefinition", "ModifierDefinition"):
                return node
            if kind(node) == "VariableDeclaration" and node.get("constant"):
                return node
        return None

    def is_loop_head(self) -> bool:
        """Whether it is in the head of a loop, and not in its body."""
        for outer, inner in pairwise((*self.above, self.node)):
            if kind(outer) == "ForStatement" and inner is not outer["body"]:
                return True
        return False

    def is_field(self) -> bool:
        """Whether it says where a field of a packed word lies, or how wide it is."""
        for node in reversed(self.above):
            if kind(node) == "BinaryOperation" and node["operator"] in ("<<", ">>", "&"):
                return True
            if kind(node) == "FunctionCall" and node["expression"].get("name", "").startswith("_with"):
                return True
        return False

    def in_loop(self, operator: str) -> str:
        return "loop" if self.is_loop_head() else operator


Operator = Callable[[Spot], Iterator[Change]]


def changes_of(tree: Node, source: str) -> Iterator[Change]:
    """Yield every change that the operators make to a file."""
    text = source.encode("utf-8")
    for node, above in walk(tree):
        spot = Spot(node=node, above=above, text=text)
        for operator in OPERATORS.get(kind(node), ()):
            yield from operator(spot)


# --------------------------------------------------------------------------------------------------- expressions


def _between(spot: Spot, left: Node, right: Node, operator: str) -> tuple[int, int]:
    """Return where the operator between two operands stands."""
    begin = spot.text.index(operator.encode("ascii"), span(left)[1], span(right)[0])
    return begin, begin + len(operator)


def swap_operator(spot: Spot) -> Iterator[Change]:
    """Put another operator between two operands."""
    node = spot.node
    is_assignment = kind(node) == "Assignment"
    left, right = (
        (node["leftHandSide"], node["rightHandSide"])
        if is_assignment
        else (node["leftExpression"], node["rightExpression"])
    )
    operator = node["operator"]
    for name, swaps in SWAPS.items():
        if operator in swaps:
            start, end = _between(spot, left, right, operator)
            for other in swaps[operator]:
                yield spot.change_at(spot.in_loop(name), start, end, other)


def drop_operand(spot: Spot) -> Iterator[Change]:
    """Forget one half of a condition."""
    if spot.node["operator"] in ("&&", "||"):
        for side in ("leftExpression", "rightExpression"):
            yield spot.change("logic", spot.source(spot.node[side]))


def drop_unary(spot: Spot) -> Iterator[Change]:
    """Forget a negation; count the other way."""
    node = spot.node
    operator = node["operator"]
    name = {"!": "logic", "~": "bits", "-": "arithmetic"}.get(operator)
    if name:
        yield spot.change(name, spot.source(node["subExpression"]))
    elif operator in ("++", "--"):
        inner = spot.source(node["subExpression"])
        other = SWAPS["arithmetic"][operator][0]
        yield spot.change(spot.in_loop("arithmetic"), other + inner if node["prefix"] else inner + other)


def change_literal(spot: Spot) -> Iterator[Change]:
    """Say one more or one less, the other truth, another text."""
    node = spot.node
    text = spot.source()
    if any(kind(above) == "ArrayTypeName" for above in spot.above):
        return
    match node["kind"]:
        case "bool":
            yield spot.change("boolean", "false" if text == "true" else "true")
        case "string" if len(text) > len('""'):
            yield spot.change("constant", text[:-2] + ("b" if text[-2] == "a" else "a") + text[-1])
        case "number" if "address" not in type_of(node):
            name = "field" if spot.is_field() else spot.in_loop("constant")
            for other in numbers_beside(text):
                yield spot.change(name, other)


def numbers_beside(text: str) -> Iterator[str]:
    """Yield a number literal with one more, and with one less where there is less; a unit stays."""
    match = NUMBER.match(text)
    if match is None or text[match.end() : match.end() + 1] in ("e", "_", "."):
        yield f"({text} + 1)"
        yield f"({text} - 1)"
        return
    digits, rest = match[0], text[match.end() :]
    value = int(digits, 0) if digits.startswith("0x") else int(digits)
    for other in (value + 1, value - 1):
        if other >= 0:
            yield (f"0x{other:0{len(digits) - 2}x}" if digits.startswith("0x") else str(other)) + rest


def change_width(spot: Spot) -> Iterator[Change]:
    """Make `type(uintN).max` eight bits wider or narrower."""
    match = re.fullmatch(r"type\((u?int)(\d+)\)\.(max|min)", spot.source())
    if match:
        for width in (int(match[2]) - 8, int(match[2]) + 8):
            if 0 < width <= WIDEST:
                text = f"type({match[1]}{width}).{match[3]}"
                yield spot.change("field" if spot.is_field() else "constant", text)


def swap_arguments(spot: Spot) -> Iterator[Change]:
    """Exchange two neighbouring arguments of one type."""
    node = spot.node
    if node["kind"] == "typeConversion" or node["names"]:
        return
    for one, other in pairwise(node["arguments"]):
        texts = spot.source(one), spot.source(other)
        if texts[0] != texts[1] and type_of(one) == type_of(other):
            start, end = span(one)[0], span(other)[1]
            between = spot.text[span(one)[1] : span(other)[0]].decode("utf-8")
            yield spot.change_at("arguments", start, end, texts[1] + between + texts[0])


# ---------------------------------------------------------------------------------------------------- statements


def force_condition(spot: Spot) -> Iterator[Change]:
    """Let a condition always hold, and never."""
    condition = spot.node["condition"]
    if condition is not None:
        is_loop = kind(spot.node) in ("ForStatement", "WhileStatement", "DoWhileStatement")
        for text in ("false",) if is_loop else ("true", "false"):
            yield spot.change("loop" if is_loop else "condition", text, condition)


def delete_statement(spot: Spot) -> Iterator[Change]:
    """Leave a statement out. An `if` around it alone is `force_condition`'s."""
    outer = spot.above[-1]
    if kind(outer) == "ForStatement" and spot.node is outer.get("loopExpression"):
        return
    if kind(outer) == "IfStatement" and outer.get("falseBody") is None:
        return
    start, end = span(spot.node)
    # The compiler leaves the semicolon out of a statement.
    end = spot.text.index(b";", end) + 1
    yield spot.change_at("statement", start, end, "{}")


def return_something_else(spot: Spot) -> Iterator[Change]:
    """Return nothing, zero, or the other truth."""
    expression = spot.node.get("expression")
    if expression is None:
        return
    name = type_of(expression)
    if name == "bool":
        others = ["true", "false"]
    elif re.fullmatch(r"u?int\d+", name) or name.startswith("int_const"):
        others = ["0"]
    elif re.fullmatch(r"bytes\d+|address", name):
        others = [f"{name}(0)"]
    elif expression["typeDescriptions"]["typeIdentifier"].startswith("t_userDefinedValueType"):
        others = [f"{name}.wrap(0)"]
    else:
        others = []
    for other in others:
        yield spot.change("return", other, expression)


def remove_modifiers(spot: Spot) -> Iterator[Change]:
    """Leave a modifier out."""
    for invocation in spot.node["modifiers"]:
        if invocation.get("kind") == "modifierInvocation":
            yield spot.change("modifier", "", invocation)


# ------------------------------------------------------------------------------------------------------ assembly


def change_assembly_call(spot: Spot) -> Iterator[Change]:
    """Use another opcode, or forget a negation."""
    name = spot.node["functionName"]["name"]
    if name in ASSEMBLY_SWAPS:
        other = ASSEMBLY_SWAPS[name]
        if other.endswith(")"):
            yield spot.change("assembly", other)
        else:
            yield spot.change("assembly", other, spot.node["functionName"])
    elif name in DROPPED_IN_ASSEMBLY:
        yield spot.change("assembly", spot.source(spot.node["arguments"][0]))


def change_assembly_literal(spot: Spot) -> Iterator[Change]:
    """Say one more or one less; a word too far where words are counted."""
    if spot.node["kind"] == "number":
        for other in numbers_beside(spot.source()):
            yield spot.change("assembly", other)


def force_assembly_condition(spot: Spot) -> Iterator[Change]:
    """Let a condition always hold, and never."""
    for text in ("1", "0"):
        yield spot.change("assembly", text, spot.node["condition"])


def delete_in_assembly(spot: Spot) -> Iterator[Change]:
    """Leave a statement out."""
    yield spot.change("assembly", "{}")


OPERATORS: Final[dict[str, tuple[Operator, ...]]] = {
    "Assignment": (swap_operator,),
    "BinaryOperation": (swap_operator, drop_operand),
    "UnaryOperation": (drop_unary,),
    "Literal": (change_literal,),
    "MemberAccess": (change_width,),
    "FunctionCall": (swap_arguments,),
    "IfStatement": (force_condition,),
    "Conditional": (force_condition,),
    "ForStatement": (force_condition,),
    "WhileStatement": (force_condition,),
    "ExpressionStatement": (delete_statement,),
    "EmitStatement": (delete_statement,),
    "RevertStatement": (delete_statement,),
    "Break": (delete_statement,),
    "Continue": (delete_statement,),
    "Return": (return_something_else,),
    "FunctionDefinition": (remove_modifiers,),
    "YulFunctionCall": (change_assembly_call,),
    "YulLiteral": (change_assembly_literal,),
    "YulIf": (force_assembly_condition,),
    "YulAssignment": (delete_in_assembly,),
    "YulExpressionStatement": (delete_in_assembly,),
}
