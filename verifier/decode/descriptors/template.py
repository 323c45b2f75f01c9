"""How a descriptor wants one function or message to be shown, as it is written: nothing is looked up yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from verifier.decode.content import Json, UnfitError, given, require_list, require_table, require_text
from verifier.decode.descriptors.formats import require_params
from verifier.decode.descriptors.paths import Path, parse_path
from verifier.model.text import Foreign, sanitise

MOST_FIELDS: Final = 256
"""So many fields a format may name."""

_MOST_NESTING: Final = 8
_FIELD: Final = frozenset(
    {"path", "value", "label", "format", "params", "visible", "separator", "encryption"}
)
_GROUP: Final = frozenset({"path", "label", "iteration", "fields"})
_FORMAT: Final = frozenset({"intent", "interpolatedIntent", "fields", "required", "excluded", "screens"})
# `mustBe` is what an early draft called `mustMatch`.
_LISTED: Final = {"ifNotIn": "ifNotIn", "mustMatch": "mustMatch", "mustBe": "mustMatch"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """When a field is to be shown."""

    # always, never, optional, ifNotIn, mustMatch
    rule: str
    # Of the last two.
    values: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTemplate:
    """One field."""

    # None where it shows a constant.
    path: Path | None
    constant: Json
    label: Foreign
    format: str
    params: Mapping[str, Json]
    visibility: Visibility
    # What stands before each element of a list; `{index}` is its number.
    separator: Foreign


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTemplate:
    """Fields below a path."""

    path: Path | None
    label: Foreign
    # sequential or bundled; empty where it does not say.
    iteration: str
    fields: tuple[FieldTemplate | GroupTemplate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Everything about one function or message."""

    # Title and text; the title is empty where the intent is plain text.
    intent: tuple[tuple[Foreign, Foreign], ...]
    # Empty where there is none.
    sentence: Foreign
    fields: tuple[FieldTemplate | GroupTemplate, ...]
    # What version 1 calls excluded.
    excluded: tuple[Path, ...]


def read_template(content: Json, definitions: Mapping[str, Json]) -> Template:
    """Return how a function or message is to be shown.

    :param definitions: fields that others refer to, by name
    :raises UnfitError: something in it is not understood.
    """
    table = require_table(content, "the format", _FORMAT)
    reader = _Reader(definitions)
    fields = tuple(reader.items(table.get("fields", []), 0))
    excluded = require_list(given(table, "excluded", []), "excluded")
    for path in require_list(given(table, "required", []), "required"):
        parse_path(require_text(path, "a required path"))
    return Template(
        intent=_intent(table.get("intent")),
        sentence=require_text(given(table, "interpolatedIntent", ""), "interpolatedIntent"),
        fields=fields,
        excluded=tuple(parse_path(require_text(path, "an excluded path")) for path in excluded),
    )


class _Reader:
    """Counts the fields while it reads them."""

    def __init__(self, definitions: Mapping[str, Json]) -> None:
        self._definitions = definitions
        self._count = 0

    def items(self, content: Json, depth: int) -> list[FieldTemplate | GroupTemplate]:
        if depth > _MOST_NESTING:
            raise UnfitError(f"its fields are nested deeper than {_MOST_NESTING} levels")
        return [self._item(item, depth) for item in require_list(content, "fields")]

    def _item(self, content: Json, depth: int) -> FieldTemplate | GroupTemplate:
        self._count += 1
        if self._count > MOST_FIELDS:
            raise UnfitError(f"it has more than {MOST_FIELDS} fields")
        table = require_table(content, "a field")
        return self._group(table, depth) if "fields" in table else self._field(table)

    def _group(self, table: dict[str, Json], depth: int) -> GroupTemplate:
        require_table(table, "a group of fields", _GROUP)
        iteration = require_text(given(table, "iteration", ""), "the iteration of a group")
        if iteration not in ("", "sequential", "bundled"):
            raise UnfitError(f"the iteration `{sanitise(iteration, most=40)}` is not understood here")
        return GroupTemplate(
            path=_path(table),
            label=require_text(given(table, "label", ""), "the label of a group"),
            iteration=iteration,
            fields=tuple(self.items(table["fields"], depth + 1)),
        )

    def _field(self, table: dict[str, Json]) -> FieldTemplate:
        table = self._defined(table)
        require_table(table, "a field", _FIELD)
        if table.get("encryption") is not None:
            raise UnfitError("a field is encrypted, and nothing is decrypted here")
        path = _path(table)
        constant = table.get("value")
        if (path is None) == (constant is None):
            raise UnfitError("a field should have either a path or a value")
        name = require_text(given(table, "format", "raw"), "the format of a field")
        params = require_table(given(table, "params", {}), "params")
        require_params(name, params)
        return FieldTemplate(
            path=path,
            constant=constant,
            label=require_text(given(table, "label", ""), "the label of a field"),
            format=name,
            params=params,
            visibility=_visibility(table.get("visible")),
            separator=require_text(given(table, "separator", ""), "the separator of a field"),
        )

    def _defined(self, table: dict[str, Json]) -> dict[str, Json]:
        """Return a field with the definition that it refers to filled in; what it says itself comes first."""
        if "$ref" not in table:
            return table
        path = parse_path(require_text(table["$ref"], "$ref"))
        if path.root != "$" or path.steps[:2] != ("display", "definitions") or len(path.steps) != 3:
            raise UnfitError(f"`{sanitise(str(path), most=120)}` leads to no definition")
        definition = self._definitions.get(str(path.steps[2]))
        if definition is None:
            raise UnfitError(f"there is no definition at {sanitise(str(path), most=120)}")
        base = require_table(definition, "a definition")
        if "$ref" in base or "fields" in base:
            raise UnfitError("a definition should be one field, and refer to no other")
        if "path" in table or "value" in table:
            base = {key: part for key, part in base.items() if key not in ("path", "value")}
        params = {
            **require_table(given(base, "params", {}), "params of a definition"),
            **require_table(given(table, "params", {}), "params"),
        }
        own = {key: part for key, part in table.items() if key != "$ref"}
        return {**base, **own, "params": _without_rivals(params, table.get("params"))}


def _without_rivals(params: dict[str, Json], own: Json) -> dict[str, Json]:
    """Drop `token` where the field itself gives `tokenPath`, and the other way round: the field's own word counts."""
    rivals = set()
    for key in own if isinstance(own, dict) else ():
        rivals.add(key.removesuffix("Path") if key.endswith("Path") else f"{key}Path")
    kept = own if isinstance(own, dict) else {}
    return {key: part for key, part in params.items() if key not in rivals or key in kept}


def _path(table: Mapping[str, Json]) -> Path | None:
    path = table.get("path")
    return None if path is None else parse_path(require_text(path, "a path"))


def _intent(content: Json) -> tuple[tuple[str, str], ...]:
    if content is None:
        return ()
    if isinstance(content, str):
        return (("", content),)
    table = require_table(content, "intent")
    if len(table) > 16:
        raise UnfitError("the intent has more than 16 parts")
    return tuple((title, require_text(text, "a part of the intent")) for title, text in table.items())


def _visibility(content: Json) -> Visibility:
    match content:
        case None:
            return Visibility(rule="always")
        case "always" | "never" | "optional":
            return Visibility(rule=str(content))
        case dict() if len(content) == 1 and (key := next(iter(content))) in _LISTED:
            values = require_list(content[key], f"visible.{key}")
            if values and not any(isinstance(value, dict | list) for value in values):
                return Visibility(rule=_LISTED[key], values=tuple(values))
        case _:
            pass
    raise UnfitError("`visible` of a field is not understood here")
