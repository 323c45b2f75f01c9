"""Follows foreign text through the syntax trees of the package, and tells where it would be shown as it came.

Foreign is what a field, parameter or result is annotated with as `Foreign`; every `str` of an error; what bytes
decode to; a value of several kinds where `match` finds that it is text; and an exception or a path made into text. It
stays foreign through f-strings, `+`, `%`, `join`, `format`, methods of strings, containers, comprehensions, local
names, and calls of functions of this package, into them and out of them. It ends in `sanitise`, in anything that
returns `Shown`, in `sentence()` of an error, and in `!a`. It must not reach

- `Shown(...)`, which mypy in turn demands of every finding, remark and description;
- a page, an answer of a command, or the terminal;
- the sentence of an error;
- a field that is not declared `Foreign`. So that nobody forgets to declare one, every `str` of the model is `Foreign`,
  `Shown`, or listed as this program's own words, with the reason.

What it cannot see: types are not inferred. A function or field counts by its name alone: two functions of one name
are one (but for private ones of different modules), and a field is foreign where any class declares it so. A name
that some class declares `Foreign` and another one `Shown`, and `name` and `method`, which everything has, count only
at `self` and at parameters, and what is taken out of them, whose annotation says whose field it is. Nor does it see
what is put into a container or an attribute one way and taken out another (`setattr`, `Any`, closures, `**options`),
JSON of an endpoint (`Answer.value`) before it stands in a declared field, or text that is foreign by what it says and
declared by nobody. For these, everything that a command writes is escaped once more at the door, and tests look at
what arrives at a terminal.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

FOREIGN: Final = "Foreign"
FIT: Final = "Shown"
SANITISERS: Final = frozenset(
    {"sanitise", "sentence", "show_address", "show_bytes", "show_moment", "show_duration"}
)
"""Results of these are fit to be shown, whatever they are given."""

# What gives numbers, truth values or types.
_HARMLESS: Final = frozenset(
    {
        "len",
        "int",
        "bool",
        "sum",
        "isinstance",
        "hasattr",
        "id",
        "ord",
        "hash",
        "type",
        "range",
        "require_name",
    }
)
# What gives on what it is given.
_CARRIERS: Final = frozenset(
    {
        "str",
        "repr",
        "format",
        "list",
        "tuple",
        "set",
        "frozenset",
        "dict",
        "sorted",
        "reversed",
        "map",
        "filter",
        "zip",
    }
    | {"iter", "next", "enumerate", "min", "max", "fromkeys", "join", "islice", "chain", "from_iterable"}
)
# Methods of strings that give a string with the same text in it.
_STRINGS: Final = frozenset(
    {
        "strip",
        "lstrip",
        "rstrip",
        "removeprefix",
        "removesuffix",
        "replace",
        "lower",
        "upper",
        "capitalize",
        "title",
    }
    | {
        "ljust",
        "rjust",
        "center",
        "split",
        "rsplit",
        "partition",
        "rpartition",
        "splitlines",
        "expandtabs",
        "casefold",
    }
    | {"items", "values", "keys", "get", "pop", "copy", "union"}
)
# Fields that so much has that their name tells nothing: they count where an annotation tells whose they are.
_OF_ALL: Final = frozenset({"name", "method"})
_PARTS_OF_PATHS: Final = frozenset({"name", "stem", "suffix", "parent"})
_PAGES: Final = frozenset({"page", "_page"})
_EXITS: Final = frozenset({"print", "_say"})
_TERMINALS: Final = frozenset({"sys.stdout", "sys.stderr"})


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Violation:
    """Foreign text that is shown, or goes where nobody would expect it."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(slots=True)
class _Package:
    """What is known of all modules together."""

    own: Mapping[str, str]
    # By class, then by field: the annotation.
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    bases: dict[str, list[str]] = field(default_factory=dict)
    # Of errors every `str` is foreign.
    errors: set[str] = field(default_factory=set)
    # Names of fields that some class declares foreign.
    foreign: set[str] = field(default_factory=set)
    # Names of fields that some class declares fit to be shown.
    contested: set[str] = field(default_factory=set)
    # By name: the parameters of functions.
    parameters: dict[str, list[list[str]]] = field(default_factory=dict)
    # Names of functions that return `Shown` wherever they are defined, and of those that give foreign text.
    fit: set[str] = field(default_factory=set)
    giving: set[str] = field(default_factory=set)
    # Functions, by name, with their parameters that are given foreign text somewhere.
    taking: set[tuple[str, str]] = field(default_factory=set)

    def annotation(self, owner: str, name: str) -> str:
        """Return how a class, or one that it is made from, annotates a field; empty where none does."""
        own = self.fields.get(owner, {}).get(name, "")
        inherited = (self.annotation(base, name) for base in self.bases.get(owner, ()) if base != owner)
        return own or next(filter(None, inherited), "")

    def size(self) -> int:
        return len(self.giving) + len(self.taking)


def violations_in(modules: Mapping[str, str], own: Mapping[str, str]) -> list[Violation]:
    """Return what is wrong in a package.

    :param modules: the text of each, by its path
    :param own: fields of the model that hold this program's own words, such as `Finding.rule`, with the reason
    """
    trees = {path: ast.parse(text) for path, text in modules.items()}
    package = _Package(own=own)
    for path, tree in trees.items():
        _declare(package, path, tree)
    walks = [_Walk(package, path, *scope) for path, tree in trees.items() for scope in _scopes(tree)]
    before = -1
    while package.size() != before:
        before = package.size()
        for walk in walks:
            walk.run()
    found: set[Violation] = set(_undeclared(package, trees))
    for walk in walks:
        found.update(walk.report())
    return sorted(found)


def _declare(package: _Package, path: str, tree: ast.Module) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            is_error = "/errors/" in path
            fields = {
                one.target.id: ast.unparse(one.annotation)
                for one in node.body
                if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
            }
            package.fields[node.name] = fields
            package.bases[node.name] = [_name_of(base) for base in node.bases]
            if is_error:
                package.errors.add(node.name)
            else:
                package.foreign |= {name for name, kind in fields.items() if _mentions(kind, FOREIGN)}
                package.contested |= {name for name, kind in fields.items() if _mentions(kind, FIT)}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
            name = _local(path, node.name)
            package.parameters.setdefault(name, []).append(
                [each for each in names if each not in ("self", "cls")]
            )
            kind = ast.unparse(node.returns) if node.returns else ""
            if _mentions(kind, FOREIGN):
                package.giving.add(name)
            if _mentions(kind, FIT):
                package.fit.add(name)


def _undeclared(package: _Package, trees: Mapping[str, ast.Module]) -> Iterator[Violation]:
    for path, tree in trees.items():
        if "/model/" not in path:
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef):
                continue
            for one in node.body:
                if not isinstance(one, ast.AnnAssign) or not isinstance(one.target, ast.Name):
                    continue
                name = f"{node.name}.{one.target.id}"
                if _mentions(ast.unparse(one.annotation), "str") and name not in package.own:
                    what = f"{name} is text: declare it Foreign or Shown, or list it as own words"
                    yield Violation(path=path, line=one.lineno, what=what)


def _mentions(annotation: str, name: str) -> bool:
    return name in _words_of(annotation)


@cache
def _words_of(annotation: str) -> frozenset[str]:
    tree = ast.parse(annotation or "None", mode="eval")
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _local(path: str, name: str) -> str:
    """Return what a function counts as: a private one is its module's own."""
    return f"{path}:{name}" if name.startswith("_") else name


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _scopes(tree: ast.Module) -> Iterator[tuple[Function | ast.Module, str]]:
    """Yield the module and every function, each with the class around it."""
    yield tree, ""

    def within(node: ast.AST, owner: str) -> Iterator[tuple[Function | ast.Module, str]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield child, owner
                yield from within(child, owner)
            else:
                yield from within(child, child.name if isinstance(child, ast.ClassDef) else owner)

    yield from within(tree, "")


class _Walk:
    """One function, in which every name is foreign for good once it was given foreign text."""

    def __init__(self, package: _Package, path: str, scope: Function | ast.Module, owner: str) -> None:
        self.found: set[Violation] = set()
        self._package = package
        self._path = path
        self._scope = scope
        self._owner = owner
        self._names: set[str] = set()
        self._exceptions: set[str] = set()
        self._reports = False
        # Parameters, with the names in their annotations.
        self._annotated: dict[str, frozenset[str]] = {}
        self._nodes = list(self._in_scope())

    def report(self) -> set[Violation]:
        """Return what is wrong, once everything is known."""
        self._reports = True
        self._pass()
        return self.found

    def run(self) -> None:
        """Find out which names hold foreign text, and what is given to other functions."""
        if isinstance(self._scope, Function):
            arguments = self._scope.args
            for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                kind = ast.unparse(one.annotation) if one.annotation else ""
                self._annotated[one.arg] = _words_of(kind)
                is_given = (_local(self._path, self._scope.name), one.arg) in self._package.taking
                may_be = not kind or (_mentions(kind, "str") and not _mentions(kind, FIT))
                if _mentions(kind, FOREIGN) or _mentions(kind, "Path") or (is_given and may_be):
                    self._names.add(one.arg)
        count = -1
        while count != len(self._names):
            count = len(self._names)
            self._pass()

    # ------------------------------------------------------------------------------------------ statements

    def _pass(self) -> None:
        for node in self._nodes:
            self._look_at(node)

    def _look_at(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, value)
            case ast.AugAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
                self._bind(target, value)
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                self._bind(target, value)
            case ast.ExceptHandler(name=str() as name):
                self._exceptions.add(name)
            case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value):
                self._give(value)
            case ast.Call():
                self._call(node)
            case ast.Match(subject=ast.Name(id=subject), cases=cases):
                for one in cases:
                    if _is_text(one.pattern):
                        self._look_at_text(subject, one.body)
            case _:
                pass

    def _look_at_text(self, name: str, body: Sequence[ast.stmt]) -> None:
        """Look at what is done with a value of several kinds where it is text: that is nobody's own then."""
        before = set(self._names)
        self._names.add(name)
        for statement in body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Call | ast.Return | ast.Yield):
                    self._look_at(node)
        self._names = before

    def _in_scope(self) -> Iterator[ast.AST]:
        """Yield what stands in this scope, and not in one inside of it."""
        waiting: list[ast.AST] = list(self._scope.body)
        while waiting:
            node = waiting.pop()
            yield node
            if not isinstance(node, Function):
                waiting.extend(ast.iter_child_nodes(node))

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        """Take a name for foreign. Of several on the left, those whose own part on the right is; else all of them."""
        parts: list[ast.expr] = []
        if isinstance(value, ast.Tuple):
            parts = value.elts
        elif isinstance(value, ast.Call) and _name_of(value.func) == "zip":
            parts = value.args
        if isinstance(target, ast.Tuple) and len(target.elts) == len(parts):
            for one, part in zip(target.elts, parts, strict=True):
                self._bind(one, part)
            return
        root = value.value if isinstance(value, ast.Subscript) else value
        if isinstance(target, ast.Name) and isinstance(root, ast.Name) and root.id in self._annotated:
            self._annotated.setdefault(target.id, self._annotated[root.id])
        if self._is_foreign(value):
            self._names |= {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}

    def _give(self, value: ast.expr) -> None:
        if not isinstance(self._scope, Function) or not self._is_foreign(value):
            return
        name = self._scope.name
        if self._owner in self._package.errors and name == "sentence":
            self._report(value, "the sentence of an error")
        kind = ast.unparse(self._scope.returns) if self._scope.returns else ""
        if not kind or _mentions(kind, "str") or _mentions(kind, FOREIGN):
            self._package.giving.add(_local(self._path, name))

    def _call(self, call: ast.Call) -> None:
        name, arguments = _name_of(call.func), [*call.args, *(keyword.value for keyword in call.keywords)]
        on = call.func.value if isinstance(call.func, ast.Attribute) else None
        is_page = isinstance(on, ast.Name) and on.id in _PAGES
        is_terminal = name == "write" and on is not None and ast.unparse(on) in _TERMINALS
        is_answer = name == "Answer" and "/cli/" in self._path
        if name == FIT or name in _EXITS or is_page or is_answer or is_terminal:
            for one in arguments:
                if self._is_foreign(one):
                    self._report(one, f"{'a page' if is_page else name}")
            return
        if name in SANITISERS:
            return
        self._fill(call, name)
        local = _local(self._path, name)
        for parameters in self._package.parameters.get(local, ()):
            pairs = list(zip(parameters, call.args, strict=False))
            pairs += [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg in parameters]
            self._package.taking |= {(local, str(one)) for one, value in pairs if self._is_foreign(value)}

    def _fill(self, call: ast.Call, name: str) -> None:
        """Report foreign text that is put into a field which is not declared so."""
        fields = self._package.fields.get(name, {})
        if name in self._package.errors:
            return
        for keyword in call.keywords:
            kind = fields.get(keyword.arg or "")
            is_own = f"{name}.{keyword.arg}" in self._package.own
            is_declared = is_own or not kind or _mentions(kind, FOREIGN) or not _mentions(kind, "str")
            if not is_declared and self._is_foreign(keyword.value):
                self._report(keyword.value, f"{name}.{keyword.arg}, which is not declared {FOREIGN}")

    def _report(self, node: ast.expr, where: str) -> None:
        if self._reports:
            what = f"foreign text reaches {where} as it came: {ast.unparse(node)[:80]}"
            self.found.add(Violation(path=self._path, line=node.lineno, what=what))

    # ----------------------------------------------------------------------------------------- expressions

    def _is_foreign(self, node: ast.expr | None) -> bool:
        match node:
            case None | ast.Constant() | ast.Compare() | ast.Lambda():
                return False
            case ast.Name(id=name):
                return name in self._names or name in self._exceptions
            case ast.Attribute(value=value, attr=name):
                return self._is_foreign_field(value, name)
            case ast.Call():
                return self._gives_foreign(node)
            case ast.FormattedValue(value=value, conversion=conversion):
                return conversion != ord("a") and self._is_foreign(value)
            case ast.IfExp(body=body, orelse=other):
                return self._is_foreign(body) or self._is_foreign(other)
            case ast.Subscript(value=value):
                return self._is_foreign(value)
            case ast.ListComp(elt=part) | ast.SetComp(elt=part) | ast.GeneratorExp(elt=part):
                return self._is_foreign(part)
            case ast.DictComp(key=key, value=value):
                return self._is_foreign(key) or self._is_foreign(value)
            case ast.UnaryOp(op=ast.Not()):
                return False
            case _:
                return any(
                    self._is_foreign(each)
                    for each in ast.iter_child_nodes(node)
                    if isinstance(each, ast.expr)
                )

    def _is_foreign_field(self, value: ast.expr, name: str) -> bool:
        if isinstance(value, ast.Name) and value.id == "self":
            kind = self._package.annotation(self._owner, name)
            is_error = self._owner in self._package.errors
            is_own = f"{self._owner}.{name}" in self._package.own
            return (_mentions(kind, FOREIGN) or (is_error and _mentions(kind, "str"))) and not is_own
        if isinstance(value, ast.Name) and value.id in self._exceptions:
            return name not in ("code", "start", "lineno", "colno", "strerror", "sqlite_errorcode", "status")
        if isinstance(value, ast.Name) and (kinds := self._annotated.get(value.id)):
            known = [self._package.fields[kind].get(name) for kind in kinds if kind in self._package.fields]
            if known and None not in known:
                return any(_mentions(kind or "", FOREIGN) for kind in known)
        if isinstance(value, ast.Name) and value.id in self._names and name in _PARTS_OF_PATHS:
            return True
        return name in self._package.foreign - self._package.contested - _OF_ALL

    def _gives_foreign(self, call: ast.Call) -> bool:
        name = _name_of(call.func)
        on = call.func.value if isinstance(call.func, ast.Attribute) else None
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        if name in SANITISERS or name in _HARMLESS or name == FIT:
            return False
        if name == "Path":
            return True
        if name == "decode" and on is not None and len(call.args) < 2 and not self._is_ascii(call):
            return True
        if name == "map" and call.args and _name_of(call.args[0]) in SANITISERS:
            return False
        if name in _CARRIERS:
            return self._is_foreign(on) or any(map(self._is_foreign, arguments))
        if on is not None and name in _STRINGS:
            return self._is_foreign(on) or (name == "replace" and any(map(self._is_foreign, arguments)))
        local = _local(self._path, name)
        return local in self._package.giving and local not in self._package.fit

    def _is_ascii(self, call: ast.Call) -> bool:
        return bool(call.args) and isinstance(call.args[0], ast.Constant) and call.args[0].value == "ascii"


def _is_text(pattern: ast.pattern) -> bool:
    inner = pattern.pattern if isinstance(pattern, ast.MatchAs) else pattern
    return isinstance(inner, ast.MatchClass) and _name_of(inner.cls) == "str"


def _name_of(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
