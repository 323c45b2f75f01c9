"""Our own descriptors: of the schema's version 2, of all that a vault takes and a member signs, and shown whole."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from tests.core.descriptions import CHAIN, PAYEE, SENDER, TOKEN
from tests.core.release import read_release
from tests.vectors import read_vectors
from verifier.decode.descriptors.document import Document
from verifier.decode.descriptors.index import DescriptorBook, Descriptors
from verifier.decode.descriptors.own import NAMES, own_descriptors, own_documents
from verifier.decode.lexicon import Lexicon
from verifier.decode.signatures import interface
from verifier.decode.types import AbiType, Array, Leaf, Tuple
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.call import AbiValue
from verifier.model.description import Description
from verifier.model.evidence import Evidence
from verifier.model.member import Role
from verifier.model.operation import Call, Operation, Publication
from verifier.model.tier import TierTerms
from verifier.model.units import (
    BlockNumber,
    ChainId,
    Duration,
    Epoch,
    Hours,
    LaneIndex,
    MemberIndex,
    OperationId,
    Sequence,
    Timestamp,
    Units,
    Wei,
)
from verifier.sign import typed

VAULT: Final = Address(b"\x5f" * 20)
# Of somebody who knows nothing that could be believed less than the descriptors.
PLAIN: Final = Lexicon(vault=VAULT)
BOOK: Final = DescriptorBook(
    descriptors=Descriptors(own_documents(CHAIN, VAULT)), chain_id=CHAIN, accounts={}
)
OPERATION: Final = Operation(
    calls=(
        Call(target=TOKEN, value=Wei(0), data=bytes.fromhex("a9059cbb") + bytes(64)),
        Call(target=PAYEE, value=Wei(5), data=b""),
    ),
    lane=LaneIndex(17),
    sequence=Sequence(3),
    approve_by=Timestamp(1_709_191_632),
)
ID: Final = OperationId(b"\xab" * 32)
PUBLISHED: Final = Publication(block=BlockNumber(9), parent=0x01020304)
MESSAGES: Final[dict[str, dict[str, Any]]] = {
    "Approve": typed.typed_approval(OPERATION, PUBLISHED, chain_id=CHAIN, vault=VAULT),
    "Expedite": typed.typed_expedite(OPERATION, PUBLISHED, Timestamp(7), chain_id=CHAIN, vault=VAULT),
    "Veto": typed.typed_veto(ID, chain_id=CHAIN, vault=VAULT),
    "Withdraw": typed.typed_withdraw(ID, PUBLISHED, chain_id=CHAIN, vault=VAULT),
    "SuspendSelf": typed.typed_suspend_self(MemberIndex(3), Epoch(4), chain_id=CHAIN, vault=VAULT),
    "RegisterGroup": typed.typed_register_group(
        PAYEE, Role.APPROVER | Role.SECURITY, (1, 2, 3), chain_id=CHAIN, vault=VAULT
    ),
}


def document(name: str) -> Document:
    return next(one for one in own_documents(CHAIN, VAULT) if one.source.startswith(name))


def changing_functions() -> list[str]:
    """Return every function of the compiled vault that changes something: all that anybody may send it."""
    return [
        entry["name"]
        for entry in read_release("vault.abi.json")
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    ]


def example(type_: AbiType) -> AbiValue:
    """Return a value that no other type has."""
    match type_:
        case Leaf(kind="uint"):
            return 3
        case Leaf(kind="address"):
            return PAYEE
        case Leaf(kind="fixed"):
            return b"\xee" * type_.width
        case Leaf(kind="bytes"):
            return b"\xdd" * 5
        case Array():
            return tuple(example(type_.of) for _ in range(type_.length or 2))
        case Tuple():
            return tuple(example(member) for member in type_.members)
        case _:
            raise AssertionError(type_)


def leaves(value: AbiValue, type_: AbiType, path: str) -> list[str]:
    """Return the path of every value in there that holds no others."""
    if isinstance(value, tuple) and isinstance(type_, Array):
        return [p for i, item in enumerate(value) for p in leaves(item, type_.of, f"{path}.[{i}]")]
    if isinstance(value, tuple) and isinstance(type_, Tuple):
        parts = zip(type_.names, value, type_.members, strict=True)
        return [p for name, item, of in parts for p in leaves(item, of, f"{path}.{name}")]
    return [path]


def described(function: str, *arguments: AbiValue) -> Description:
    data = interface("vault").function(function).encode(*arguments)
    said = BOOK.describe(VAULT, data, lexicon=PLAIN, value=Wei(0), sender=SENDER)
    assert isinstance(said, Description), said
    return said


def words(said: Description) -> dict[str, str]:
    """Return what the fields say, by group and label."""
    return {f"{field.group} {field.label}".strip(): field.value for field in said.fields}


@pytest.mark.parametrize("name", NAMES)
def test_own_descriptors__of_a_vault__valid_by_the_schema(name: str) -> None:
    validator = Draft202012Validator(read_vectors("erc7730_v2.schema.json"))
    content: Any = own_descriptors(CHAIN, VAULT)[name]
    assert [error.message for error in validator.iter_errors(content)] == []
    assert content["$schema"].endswith("/erc7730-v2.schema.json")
    wrong = deepcopy(content)
    next(iter(wrong["display"]["formats"].values()))["fields"][-1]["format"] = "guess"
    assert not validator.is_valid(wrong), "the schema does look at fields"


@pytest.mark.parametrize("name", NAMES)
def test_own_descriptors__bound_to_one_vault__and_to_no_other(name: str) -> None:
    assert document(name).places == {(CHAIN, VAULT)}
    other = own_documents(ChainId(10), PAYEE)
    assert {place for one in other for place in one.places} == {(10, PAYEE)}


def test_own_descriptors__every_function_that_changes_something__has_a_format_and_no_other_one_has() -> None:
    functions = document("calldata").functions.values()
    assert sorted(function.name for _, function in functions) == sorted(changing_functions())
    own = interface("vault").by_selector
    for key, function in functions:
        known = own[function.selector]
        assert (known.name, known.inputs.names) == (function.name, function.inputs.names)
        assert ", " not in key, "canonical: no space after a comma"


@pytest.mark.parametrize("name", changing_functions())
def test_describe__a_function_of_the_vault__every_argument_is_shown_and_none_hidden(name: str) -> None:
    inputs = interface("vault").function(name).inputs
    arguments = [example(member) for member in inputs.members]
    said = described(name, *arguments)
    assert not said.hidden
    assert said.intent
    assert said.evidence is Evidence.PROVEN
    parts = zip(inputs.names, arguments, inputs.members, strict=True)
    expected = {path for known, value, type_ in parts for path in leaves(value, type_, known)}
    assert expected <= {field.path for field in said.fields}
    assert all(len(field.label) <= 20 for field in said.fields), "longer ones are cut by hardware wallets"


def test_describe__operation__its_calls_for_whoever_opens_them() -> None:
    operation = (((TOKEN, 7, b"\xa9\x05\x9c\xbb"), (PAYEE, 0, b"")), 17, 3, 1_709_191_632)
    said = described("withdraw", operation)
    assert [(call.target, call.value, call.data, call.caller) for call in said.calls] == [
        (TOKEN, 7, b"\xa9\x05\x9c\xbb", VAULT),
        (PAYEE, 0, b"", VAULT),
    ]
    assert words(said)["Approve by"] == "Thu 2024-02-29 07:27:12 UTC"


def test_describe__terms_of_tiers__the_same_as_the_model_reads_from_the_word() -> None:
    terms = TierTerms(
        quorum=3,
        security_approvals=1,
        delay=Duration(90_000),
        grace_hours=Hours(48),
        opens_at=36,
        closes_at=68,
        weekdays=0b11111,
        segregated=1,
        expedited_delay=Duration(3_600),
    )
    said = words(described("setTiers", (0, 0, terms.pack(), 0), 5))
    assert {label: said[f"HIGH_VALUE {label}"] for label in ("Quorum", "Security approvals", "Delay")} == {
        "Quorum": "3 approvals",
        "Security approvals": "1 approvals",
        "Delay": "1 day 1 hour (90000 seconds)",
    }
    assert said["HIGH_VALUE Grace"] == "48 hours"
    assert said["HIGH_VALUE Opens at"] == "36 quarter hours UTC"
    assert said["HIGH_VALUE Closes at"] == "68 quarter hours UTC"
    assert said["HIGH_VALUE Segregated"] == "yes (0x01)"
    assert said["HIGH_VALUE Expedited delay"] == "1 hour (3600 seconds)"
    assert said["HIGH_VALUE Weekdays, as bits"] == "0x1f"
    assert said["HIGH_VALUE Terms, packed"] == str(terms.pack())
    assert said["ROUTINE Quorum"] == "0 approvals"
    assert said["Supermajority"] == "5"


def test_describe__terms_of_an_asset__the_same_as_the_model_reads_from_the_word() -> None:
    terms = AssetTerms(decimals=6, routine_limit=Units(1_000), high_value_from=Units(10**12))
    said = words(described("setAsset", TOKEN, terms.pack()))
    assert said["Decimals"] == "6 decimals"
    assert said["Routine limit"] == "1,000 units of the limits (1000)"
    assert said["HIGH_VALUE from"] == "1,000,000,000,000 units of the limits (1000000000000)"
    assert said["Listed"] == "yes (0x01)"


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (Role.PROPOSER, "PROPOSER (1)"),
        (Role.APPROVER | Role.SECURITY | Role.BREAK_GLASS, "APPROVER, SECURITY, BREAK_GLASS (14)"),
        (Role.GUARDIAN | Role.AUDITOR, "GUARDIAN, AUDITOR (48)"),
        (64, "64, which the descriptor has no word for"),
    ],
)
def test_describe__roles__by_their_names(roles: int, expected: str) -> None:
    assert words(described("setRoles", PAYEE, int(roles)))["Roles"] == expected


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_describe_message__what_a_member_signs__every_value_is_shown(name: str) -> None:
    said = BOOK.descriptors.describe_message(MESSAGES[name], lexicon=PLAIN, signer=PAYEE)
    assert isinstance(said, Description), said
    assert not said.hidden
    assert (said.owner, said.evidence) == ("Fourth Signer", Evidence.PROVEN)

    def paths(value: Any, path: str) -> list[str]:
        if isinstance(value, dict):
            return [p for key, part in value.items() for p in paths(part, f"{path}.{key}" if path else key)]
        if isinstance(value, list):
            return [p for i, part in enumerate(value) for p in paths(part, f"{path}.[{i}]")]
        return [path]

    assert {field.path for field in said.fields} == set(paths(MESSAGES[name]["message"], ""))


def test_describe_message__all_that_sign_makes__and_nothing_else_has_a_format() -> None:
    names = {type_.name for _, type_ in document("eip712").messages.values()}
    assert names == set(MESSAGES)
    hashes = {
        typed.APPROVE_TYPEHASH,
        typed.EXPEDITE_TYPEHASH,
        typed.VETO_TYPEHASH,
        typed.WITHDRAW_TYPEHASH,
        typed.SUSPEND_SELF_TYPEHASH,
        typed.REGISTER_GROUP_TYPEHASH,
    }
    assert set(document("eip712").messages) == hashes


def test_describe_message__approval__the_whole_operation_with_its_calls() -> None:
    said = BOOK.descriptors.describe_message(MESSAGES["Approve"], lexicon=PLAIN)
    assert isinstance(said, Description)
    assert [(call.target, call.value, call.data) for call in said.calls] == [
        (call.target, call.value, call.data) for call in OPERATION.calls
    ]
    assert words(said)["Publication"] == str(PUBLISHED.pack())
