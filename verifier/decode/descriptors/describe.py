"""Following a descriptor: every field that it wants shown, and everything that it leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from verifier.decode.content import UnfitError
from verifier.decode.descriptors import values
from verifier.decode.descriptors.document import Document
from verifier.decode.descriptors.formats import FORMATS
from verifier.decode.descriptors.nodes import Node, resolve, show_node
from verifier.decode.descriptors.parameters import MOST_LABEL, Notebook, Parameters, Scope
from verifier.decode.descriptors.paths import ALL, Path, Slice, Step, parse_path
from verifier.decode.descriptors.surroundings import Surroundings
from verifier.decode.descriptors.template import FieldTemplate, GroupTemplate, Template
from verifier.errors import InputError
from verifier.model.description import DescribedField, Description, HiddenField, Refusal
from verifier.model.evidence import Evidence
from verifier.model.text import Shown, sanitise

MOST_LINES: Final = 512
"""So many lines a description may have. What needs more is read from the arguments themselves."""

_PLACEHOLDER: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NOT_NAMED: Final = "the descriptor does not name it"


def describe(document: Document, key: str, root: Node, surroundings: Surroundings) -> Description | Refusal:
    """Return what a descriptor says of some data, or why it cannot be followed.

    :param key: of the format
    :param root: the data, of the types of that key
    """
    try:
        scope = Scope(content=document.content, root=root, surroundings=surroundings)
        return _Telling(document, document.template(key), scope).description()
    except UnfitError as exc:
        return Refusal(source=document.source, why=sanitise(str(exc), most=400))
    except InputError as exc:
        return Refusal(source=document.source, why=sanitise(exc.sentence().removesuffix("."), most=400))


class _Told:
    """A field with its values, in the order in which they are shown."""

    def __init__(self, path: Path | None, fields: list[DescribedField], *, is_always: bool) -> None:
        self.path = path
        self.fields = fields
        self.is_always = is_always


class _Telling:
    """One description in the making."""

    def __init__(self, document: Document, template: Template, scope: Scope) -> None:
        self._document = document
        self._template = template
        self._scope = scope
        self._notebook = Notebook()
        self._told: list[_Told] = []
        self._fields: list[DescribedField] = []
        self._hidden: list[HiddenField] = []
        # The paths of values that stand in a line already, and why others were left out.
        self._seen: set[str] = set()
        self._lines = 0

    def description(self) -> Description:
        self._tell(self._template.fields, self._scope.root, (), Shown(""))
        self._tell_rest()
        intent, notes = self._intent()
        used = [self._document.evidence, *self._notebook.used]
        return Description(
            intent=intent,
            fields=tuple(self._fields),
            hidden=tuple(self._hidden),
            owner=self._document.owner,
            source=self._document.source,
            evidence=min(used, default=Evidence.CLAIMED),
            calls=tuple(self._notebook.calls),
            notes=notes,
        )

    def _tell(
        self,
        items: Iterable[FieldTemplate | GroupTemplate],
        base: Node,
        steps: tuple[Step, ...],
        group: Shown,
    ) -> None:
        for item in items:
            if isinstance(item, FieldTemplate):
                told = self._field(item, base, steps, group)
                self._told.append(told)
                self._fields.extend(told.fields)
            else:
                self._group(item, base, steps, group)

    def _group(self, item: GroupTemplate, base: Node, steps: tuple[Step, ...], group: Shown) -> None:
        label = sanitise(self._scope.text(item.label), most=MOST_LABEL) or group
        if item.path is not None and item.path.root in ("@", "$"):
            raise UnfitError("the path of a group should lead into the data")
        nodes = [base] if item.path is None else self._scope.find(item.path, base)
        inner = _joined(steps, item.path)
        if item.iteration == "bundled" and len(nodes) == 1 and not (item.path and item.path.is_many):
            self._bundle(item, nodes[0], inner, label)
        elif item.iteration == "sequential":
            for part in item.fields:
                for node in nodes:
                    self._tell([part], node, inner, label)
        else:
            for node in nodes:
                self._tell(item.fields, node, inner, label)

    def _bundle(self, item: GroupTemplate, base: Node, steps: tuple[Step, ...], label: Shown) -> None:
        """Tell the first element of each list of the group, then the second of each."""
        told = []
        for part in item.fields:
            if not isinstance(part, FieldTemplate):
                raise UnfitError("a bundled group has a group in it")
            told.append(self._field(part, base, steps, label))
        self._told.extend(told)
        lists = [one.fields for one in told if one.fields]
        if len({len(fields) for fields in lists}) > 1:
            raise UnfitError("the lists of a bundled group are of different lengths")
        self._fields.extend(field for bundle in zip(*lists, strict=True) for field in bundle)

    def _field(self, item: FieldTemplate, base: Node, steps: tuple[Step, ...], group: Shown) -> _Told:
        if item.path is None:
            nodes = [values.literal(item.constant)]
            if isinstance(item.constant, str) and item.constant.startswith("$."):
                nodes = [values.literal(self._scope.text(item.constant))]
        else:
            nodes = self._scope.find(item.path, base)
        nodes = _elements(nodes, is_raw=item.format == "raw")
        fields: list[DescribedField] = []
        for index, node in enumerate(nodes):
            parameters = Parameters(
                given=item.params,
                scope=self._scope,
                base=base,
                index=index,
                count=len(nodes),
                notebook=self._notebook,
            )
            fields.extend(self._value(item, node, parameters, group))
        rule = item.visibility.rule
        path = None if item.path is None else Path(root=item.path.root, steps=_joined(steps, item.path))
        return _Told(path, fields, is_always=rule in ("always", "optional"))

    def _value(
        self, item: FieldTemplate, node: Node, parameters: Parameters, group: Shown
    ) -> list[DescribedField]:
        self._count()
        lexicon = self._scope.surroundings.lexicon
        label = sanitise(self._scope.text(item.label) or node.path, most=MOST_LABEL)
        why = self._why_hidden(item, node)
        if why:
            self._hide(node, why)
            return []
        if item.separator:
            before = item.separator.replace("{index}", str(parameters.index))
            label = Shown(f"{sanitise(before, most=MOST_LABEL)}: {label}")
        # What is left of lists by now is empty, and has nothing to be put into a format.
        shown = show_node(node, lexicon) if node.is_array else FORMATS[item.format](node, parameters)
        if not node.path:
            shown = Shown(f"{shown} (a constant of the descriptor)")
        if not node.is_part:
            self._seen.add(node.path)
        return [
            DescribedField(label=label, value=shown, path=sanitise(node.path), where=node.where, group=group)
        ]

    def _why_hidden(self, item: FieldTemplate, node: Node) -> str:
        """Return why a value is not to be shown; empty where it is.

        :raises UnfitError: it is not one of those that it must be.
        """
        listed = any(values.is_same(value, node) for value in item.visibility.values)
        match item.visibility.rule:
            case "never":
                return "the descriptor hides it"
            case "ifNotIn" if listed:
                return "the descriptor hides it where it is this"
            case "mustMatch" if listed:
                return "the descriptor hides it, and says that it has to be this"
            case "mustMatch":
                shown = show_node(node, self._scope.surroundings.lexicon)
                raise UnfitError(f"{node.path} should not be {shown}, by what it says")
            case _:
                return ""

    def _hide(self, node: Node, why: str) -> None:
        if not node.path or node.path in self._seen:
            return
        self._count()
        if not node.is_part:
            self._seen.add(node.path)
        self._hidden.append(
            HiddenField(
                path=sanitise(node.path),
                value=show_node(node, self._scope.surroundings.lexicon),
                why=Shown(why),
                where=node.where,
            )
        )

    def _tell_rest(self) -> None:
        """List what no field shows, each at the outermost value of which nothing is shown."""
        for path in self._template.excluded:
            try:
                nodes = resolve(self._scope.root, path.steps) if path.root in ("", "#") else []
            except UnfitError:
                nodes = []  # it excludes what is not there
            for node in nodes:
                if not self._is_touched(node):
                    self._hide(node, "the descriptor hides it")
        left = [node for child in self._scope.root.children for node in self._untold(child)]
        for node in left:
            self._hide(node, "it is empty" if node.is_array and not node.children else _NOT_NAMED)

    def _is_touched(self, node: Node) -> bool:
        return node.path in self._seen or any(self._is_touched(child) for child in node.children)

    def _untold(self, node: Node) -> list[Node]:
        if node.path in self._seen:
            return []
        parts = [self._untold(child) for child in node.children]
        if all(part == [child] for part, child in zip(parts, node.children, strict=True)):
            return [node]
        return [left for part in parts for left in part]

    def _count(self) -> None:
        self._lines += 1
        if self._lines > MOST_LINES:
            raise UnfitError(f"it would take more than {MOST_LINES} lines to show")

    def _intent(self) -> tuple[Shown, tuple[Shown, ...]]:
        """Return the intent: with values in it where the descriptor's sentence can be filled in, else as it stands."""
        plain = Shown(
            ", ".join(
                f"{sanitise(title, most=MOST_LABEL)}: {sanitise(text)}" if title else sanitise(text)
                for title, text in self._template.intent
            )
        )
        if not self._template.sentence:
            return plain, ()
        try:
            return self._filled(self._template.sentence), ()
        except UnfitError as exc:
            return plain, (Shown(f"Its sentence cannot be filled in: {sanitise(str(exc))}."),)

    def _filled(self, sentence: str) -> Shown:
        parts, at = [], 0
        for found in _PLACEHOLDER.finditer(sentence[:2_000]):
            parts.append(sanitise(sentence[at : found.start()], most=400))
            at = found.end()
            match found[0]:
                case "{{" | "}}":
                    parts.append(Shown(found[0][0]))
                case "{" | "}":
                    raise UnfitError("a brace stands alone in it")
                case _:
                    parts.append(self._shown_at(parse_path(found[1].strip())))
        parts.append(sanitise(sentence[at:], most=400))
        return Shown("".join(parts))

    def _shown_at(self, path: Path) -> Shown:
        wanted = _plain(path)
        # In a group there is one for each element of the group.
        told = [one for one in self._told if one.path is not None and _plain(one.path) == wanted]
        fields = [field for one in told for field in one.fields]
        if not fields or not all(one.is_always for one in told):
            raise UnfitError(f"no field always shows {sanitise(str(path), most=120)}")
        return Shown(", ".join(field.value for field in fields))


def _elements(nodes: Sequence[Node], *, is_raw: bool) -> list[Node]:
    """Return the elements of lists in the place of the lists, and, as they are, of tuples; an empty list stays."""
    found: list[Node] = []
    for node in nodes:
        if node.children and (node.is_array or is_raw):
            found.extend(_elements(node.children, is_raw=is_raw))
        else:
            found.append(node)
    return found


def _joined(steps: tuple[Step, ...], path: Path | None) -> tuple[Step, ...]:
    if path is None:
        return steps
    return path.steps if path.root else (*steps, *path.steps)


def _plain(path: Path) -> tuple[str, tuple[Step, ...]]:
    """Return a path in a form in which those that mean the same are equal."""
    steps = path.steps
    while steps and isinstance(steps[-1], Slice) and steps[-1] == ALL:
        steps = steps[:-1]
    return path.root.replace("#", ""), steps
