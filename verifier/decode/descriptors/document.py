"""One descriptor: what it is bound to, and what it can describe. How that is to be shown is read when it is needed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from verifier.decode.content import (
    Json,
    UnfitError,
    given,
    require_address,
    require_bytes,
    require_integer,
    require_list,
    require_table,
    require_text,
)
from verifier.decode.descriptors.keys import (
    MessageType,
    message_type,
    parse_function_key,
    parse_message_key,
)
from verifier.decode.descriptors.template import Template, read_template
from verifier.decode.json_abi import parse_json_abi
from verifier.decode.signatures import Function, Interface
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.text import Shown, sanitise
from verifier.model.units import ChainId

VERSIONS: Final = (1, 2)
"""The major versions of the schema that are read here. In version 1 a key may lack the names of arguments."""

MOST_FORMATS: Final = 1_000
MOST_DEPLOYMENTS: Final = 10_000

_VERSION: Final = re.compile(r"(?:.*/)?erc7730-v([0-9]{1,4})(?:\.[0-9]{1,4}){0,2}\.schema\.json")
_SELECTOR: Final = re.compile(r"0x[0-9a-fA-F]{8}")
_TOP: Final = frozenset({"includes", "context", "metadata", "display"})
_CONTRACT: Final = frozenset({"deployments", "abi"})
_MESSAGE: Final = frozenset({"deployments", "domain", "domainSeparator", "schemas"})

Place = tuple[ChainId, Address]
"""An address on a chain."""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A descriptor, with what it includes joined in."""

    source: Shown
    content: Mapping[str, Json]
    # Who it says is behind the contract; empty where it does not say.
    owner: Shown
    # Where the contract is that it describes, or that verifies the messages.
    places: frozenset[Place]
    # What else the domain of a message has to say, by name.
    domain: Mapping[str, Json] = field(default_factory=dict)
    # What the domain of a message has to hash to; None where it does not say.
    separator: bytes | None = None
    # By selector, with the keys of their formats.
    functions: Mapping[bytes, tuple[str, Function]] = field(default_factory=dict)
    # By type hash, with the keys of their formats.
    messages: Mapping[bytes, tuple[str, MessageType]] = field(default_factory=dict)
    # Why it is believed: one that comes with this release is as good as the release.
    evidence: Evidence = Evidence.CLAIMED
    # Whether a function counts as known where only this names it: not so where whoever sent a bundle chose it.
    names: bool = True

    def template(self, key: str) -> Template:
        """Return how what stands under a key is to be shown.

        :raises UnfitError: something in it is not understood.
        """
        display = require_table(self.content.get("display"), "display")
        definitions = require_table(given(display, "definitions", {}), "display.definitions")
        return read_template(require_table(display.get("formats"), "display.formats")[key], definitions)


def read_document(content: Json, source: str, evidence: Evidence = Evidence.CLAIMED) -> Document:
    """Return the descriptor that a file holds, into which what it includes was joined.

    :param source: what the file is called
    :raises UnfitError: it is none, or there is something that is not understood.
    """
    top = require_table(content, "the descriptor", _TOP)
    _require_version(top)
    context = require_table(top.get("context"), "context", {"contract", "eip712"})
    if ("contract" in context) == ("eip712" in context):
        raise UnfitError("context should be either of a contract or of EIP-712")
    metadata = require_table(given(top, "metadata", {}), "metadata")
    owner = sanitise(require_text(given(metadata, "owner", ""), "metadata.owner"), most=60)
    display = require_table(top.get("display"), "display", {"definitions", "formats"})
    formats = require_table(display.get("formats"), "display.formats")
    if len(formats) > MOST_FORMATS:
        raise UnfitError(f"it has more than {MOST_FORMATS} formats")
    shown = sanitise(source)
    if "contract" in context:
        bound = require_table(context["contract"], "context.contract", _CONTRACT)
        return Document(
            source=shown,
            content=top,
            owner=owner,
            places=_places(bound.get("deployments")),
            functions=_functions(formats, bound.get("abi")),
            evidence=evidence,
        )
    bound = require_table(context["eip712"], "context.eip712", _MESSAGE)
    separator = bound.get("domainSeparator")
    return Document(
        source=shown,
        content=top,
        owner=owner,
        places=_places(bound.get("deployments")),
        domain=_domain(bound.get("domain")),
        separator=None if separator is None else require_bytes(separator, "domainSeparator"),
        messages=_messages(formats, bound.get("schemas")),
        evidence=evidence,
    )


def _require_version(top: Mapping[str, Json]) -> None:
    schema = require_text(given(top, "$schema", ""), "$schema")
    found = _VERSION.fullmatch(schema)
    if not found:
        raise UnfitError("`$schema` names no released version of the schema of ERC-7730")
    if int(found[1]) not in VERSIONS:
        raise UnfitError(
            f"it is written for version {int(found[1])} of the schema, and 1 and 2 are read here"
        )


def _places(content: Json) -> frozenset[Place]:
    entries = [] if content is None else require_list(content, "deployments")
    if len(entries) > MOST_DEPLOYMENTS:
        raise UnfitError(f"it has more than {MOST_DEPLOYMENTS} deployments")
    places = set()
    for entry in entries:
        table = require_table(entry, "a deployment", {"chainId", "address"})
        chain = require_integer(table.get("chainId"), "the chainId of a deployment")
        places.add((ChainId(chain), require_address(table.get("address"), "the address of a deployment")))
    return frozenset(places)


def _domain(content: Json) -> dict[str, Json]:
    domain = {} if content is None else require_table(content, "context.eip712.domain")
    if "chainId" in domain:
        require_integer(domain["chainId"], "the chainId of the domain")
    if "verifyingContract" in domain:
        require_address(domain["verifyingContract"], "the verifyingContract of the domain")
    return domain


def _functions(formats: Mapping[str, Json], abi: Json) -> dict[bytes, tuple[str, Function]]:
    # An address of an ABI on the web is not followed.
    known = parse_json_abi(abi) if isinstance(abi, list) else None
    functions: dict[bytes, tuple[str, Function]] = {}
    for key in formats:
        function = _function(key, known)
        if function.selector in functions:
            raise UnfitError(f"two formats are about {function.signature}")
        functions[function.selector] = key, function
    return functions


def _function(key: str, known: Interface | None) -> Function:
    if _SELECTOR.fullmatch(key):
        found = known.by_selector.get(bytes.fromhex(key[2:])) if known else None
        if found is None:
            raise UnfitError(f"a format is about the selector {key}, and no ABI in it says what that takes")
        return found
    function = parse_function_key(key)
    named = known.by_selector.get(function.selector) if known else None
    # The names in a key come first, as they do in version 2.
    return named if named is not None and not any(function.inputs.names) else function


def _messages(formats: Mapping[str, Json], schemas: Json) -> dict[bytes, tuple[str, MessageType]]:
    messages: dict[bytes, tuple[str, MessageType]] = {}
    known = _schemas(schemas) if isinstance(schemas, list) else {}
    for key in formats:
        if "(" in key:
            types = [parse_message_key(key)]
        elif key in known:
            types = known[key]
        else:
            raise UnfitError(f"a format is about `{sanitise(key, most=60)}`, and no schema in it has that")
        for type_ in types:
            if type_.typehash in messages:
                raise UnfitError(f"two formats are about one type {sanitise(type_.name, most=60)}")
            messages[type_.typehash] = key, type_
    return messages


def _schemas(content: list[Json]) -> dict[str, list[MessageType]]:
    """Return the types of version 1 by name. An address of a schema on the web is not followed."""
    schemas: dict[str, list[MessageType]] = {}
    for entry in content:
        if isinstance(entry, str):
            continue
        table = require_table(entry, "a schema")
        primary = require_text(table.get("primaryType"), "primaryType")
        schemas.setdefault(primary, []).append(message_type(primary, read_structs(table.get("types"))))
    return schemas


def read_structs(content: Json) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the members of each struct of typed data, as pairs of type and name.

    :raises UnfitError: it is not written as `eth_signTypedData_v4` takes it.
    """
    structs: dict[str, tuple[tuple[str, str], ...]] = {}
    for name, raw in require_table(content, "types").items():
        members = []
        for part in require_list(raw, f"the type {sanitise(name, most=60)}"):
            table = require_table(part, f"a member of the type {sanitise(name, most=60)}")
            kind = require_text(table.get("type"), "the type of a member")
            members.append((kind, require_text(table.get("name"), "the name of a member")))
        structs[name] = tuple(members)
    return structs
