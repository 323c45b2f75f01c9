"""Descriptors of typed data (EIP-712): which messages they are about, and that a message is read strictly."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from tests.core.descriptions import CONTRACT, LEXICON, PAYEE, SENDER, TOKEN, descriptor, field
from verifier.decode.content import UnfitError
from verifier.decode.descriptors.document import read_document
from verifier.decode.descriptors.index import Descriptors
from verifier.decode.descriptors.keys import parse_message_key
from verifier.decode.descriptors.messages import domain_separator, read_message
from verifier.model.address import Address
from verifier.model.description import Description, Refusal

MAIL = "Mail(Person from,Person[] to,string contents)Person(string name,address wallet)"
PERMIT = "Permit(address token,uint160 amount,int16 shift,bool all,bytes data,bytes4 tag,uint48 expires)"
FIELDS = [
    field("amount", "tokenAmount", tokenPath="token"),
    field("token"),
    field("shift"),
    field("all"),
    field("data"),
    field("tag"),
    field("expires", "date", encoding="timestamp"),
]
MESSAGE = {
    "token": str(TOKEN),
    "amount": "1500000",
    "shift": -5,
    "all": True,
    "data": "0xaabb",
    "tag": "0x01020304",
    "expires": "0x65e03a50",
}
VALUES = [
    "1.500000 USDC (1500000)",
    f"{TOKEN} (USDC)",
    "-5",
    "true",
    "0xaabb",
    "0x01020304",
    "Thu 2024-02-29 08:03:28 UTC",
]


def types_of(key: str) -> dict[str, list[dict[str, str]]]:
    structs = {}
    for part in key.split(")")[:-1]:
        name, _, inner = part.partition("(")
        members = [member.split(" ") for member in inner.split(",")]
        structs[name] = [{"type": kind, "name": member} for kind, member in members]
    return structs


def typed(message: Any = None, **domain: Any) -> dict[str, Any]:
    return {
        "types": types_of(PERMIT),
        "primaryType": "Permit",
        "domain": {"name": "Example", "chainId": 1, "verifyingContract": str(CONTRACT)} | domain,
        "message": MESSAGE if message is None else message,
    }


def bound(**context: Any) -> dict[str, Any]:
    place = {"deployments": [{"chainId": 1, "address": str(CONTRACT)}]}
    formats = {PERMIT: {"intent": "Permit", "fields": FIELDS}}
    return descriptor(formats, context={"eip712": context or place})


def say(content: dict[str, Any], data: Any, **more: Any) -> Description | Refusal | None:
    descriptors = Descriptors([read_document(content, "file.json")])
    return descriptors.describe_message(data, lexicon=LEXICON, **more)


def test_describe_message__bound_to_chain_and_contract__every_value() -> None:
    said = say(bound(), typed(), signer=SENDER)
    assert isinstance(said, Description)
    assert [field.value for field in said.fields] == VALUES
    assert not said.hidden
    assert all(field.where is None for field in said.fields)


@pytest.mark.parametrize(
    ("context", "domain", "is_about"),
    [
        ({"deployments": [{"chainId": 1, "address": str(CONTRACT)}]}, {"chainId": 10}, False),
        ({"deployments": [{"chainId": 1, "address": str(CONTRACT)}]}, {"chainId": "0x1"}, True),
        (
            {"deployments": [{"chainId": 1, "address": str(CONTRACT)}]},
            {"verifyingContract": str(TOKEN)},
            False,
        ),
        ({"domain": {"chainId": 1, "verifyingContract": str(CONTRACT)}}, {}, True),
        ({"domain": {"chainId": 1, "verifyingContract": str(CONTRACT), "name": "Other"}}, {}, False),
        ({"domain": {"chainId": 1, "verifyingContract": str(CONTRACT), "version": "1"}}, {}, False),
        # Bound to nothing but a name that anybody may use.
        ({"domain": {"name": "Example"}}, {}, False),
    ],
)
def test_describe_message__domain__has_to_be_the_one_that_it_is_bound_to(
    context: dict[str, Any], domain: dict[str, Any], is_about: bool
) -> None:
    assert isinstance(say(bound(**context), typed(**domain)), Description) is is_about


def test_describe_message__bound_by_the_hash_of_the_domain__as_others_hash_it() -> None:
    data = typed(version="2", salt="0x" + "07" * 32)
    order = [("name", "string"), ("version", "string"), ("chainId", "uint256")]
    order += [("verifyingContract", "address"), ("salt", "bytes32")]
    full = deepcopy(data)
    full["types"]["EIP712Domain"] = [{"name": name, "type": kind} for name, kind in order]
    separator = encode_typed_data(full_message=full).header
    assert domain_separator(data["domain"]) == separator
    assert isinstance(say(bound(domainSeparator="0x" + separator.hex()), full), Description)
    assert say(bound(domainSeparator="0x" + separator.hex()), typed()) is None


def test_describe_message__proxy_of_the_contract__described_where_it_is_given() -> None:
    data = typed(verifyingContract=str(TOKEN))
    assert say(bound(), data) is None
    assert isinstance(say(bound(), data, implementation=CONTRACT), Description)


@pytest.mark.parametrize("change", ["amount", "order", "extra"])
def test_describe_message__another_type_of_the_same_name__not_described(change: str) -> None:
    data = deepcopy(typed())
    members = data["types"]["Permit"]
    if change == "amount":
        members[1]["type"] = "uint256"
    elif change == "order":
        members.reverse()
    else:
        members.append({"type": "bytes", "name": "more"})
    assert say(bound(), data) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": str(1 << 160)}, "amount is no uint160"),
        ({"amount": -1}, "amount is no uint160"),
        ({"amount": 1.5}, "should be a whole number"),
        ({"amount": True}, "should be a whole number"),
        ({"shift": 1 << 15}, "shift is no int16"),
        ({"token": "0x12"}, "40 hex digits"),
        ({"all": 1}, "all is no bool"),
        ({"data": "0xabc"}, "pairs of hex digits"),
        ({"tag": "0x0102"}, "tag is no bytes4"),
        ({"hidden": 1}, "has hidden, which its type has not"),
    ],
)
def test_describe_message__value_that_is_none_of_its_type__refused(change: dict[str, Any], said: str) -> None:
    refused = say(bound(), typed(MESSAGE | change))
    assert isinstance(refused, Refusal)
    assert said in refused.sentence


def test_describe_message__value_missing_or_not_typed_data__refused() -> None:
    short = {name: value for name, value in MESSAGE.items() if name != "all"}
    wrong: list[Any] = [
        typed(short),
        typed([]),
        {},
        [],
        None,
        typed() | {"types": {}},
        typed() | {"extra": 1},
    ]
    for data in wrong:
        assert isinstance(say(bound(), data), Refusal), data


@pytest.mark.parametrize("mistake", ["order", "kind"])
def test_read_message__domain_is_not_of_its_declared_type__refused(mistake: str) -> None:
    data = typed()
    members = [("name", "string"), ("chainId", "uint256"), ("verifyingContract", "address")]
    if mistake == "order":
        members.reverse()
    else:
        members[0] = ("name", "bytes")
    data["types"]["EIP712Domain"] = [{"name": name, "type": kind} for name, kind in members]
    with pytest.raises(UnfitError, match="domain"):
        read_message(data)


def test_parse_message_key__nested_types__the_type_hash_that_wallets_make() -> None:
    parsed = parse_message_key(MAIL)
    assert (parsed.name, parsed.typehash) == ("Mail", keccak(MAIL.encode()))
    assert parsed.members.text == "((string,address),(string,address)[],string)"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "Mail",
        "Mail()",
        "Mail(uint n)",
        "Mail(Person from)",
        "Mail(string a)Person(string name)",
        "Mail(string a, string b)",
        "Mail(Zeta z,Alpha a)Zeta(bool b)Alpha(bool b)",
        "Mail(Mail inner)",
        "Mail(string a,bool a)",
        "Mail(string a)Mail(string a)",
        "Mail(string[0] a)",
    ],
)
def test_parse_message_key__not_what_encode_type_gives__refused(key: str) -> None:
    with pytest.raises(UnfitError, match=r"."):
        parse_message_key(key)


def test_describe_message__version_1__type_from_the_schema_that_it_carries() -> None:
    content = bound()
    content["$schema"] = "https://example.org/specs/erc7730-v1.schema.json"
    content["display"]["formats"] = {"Permit": content["display"]["formats"][PERMIT]}
    content["context"]["eip712"]["schemas"] = [{"primaryType": "Permit", "types": types_of(PERMIT)}]
    said = say(content, typed())
    assert isinstance(said, Description)
    assert [field.value for field in said.fields] == VALUES
    content["context"]["eip712"]["schemas"] = ["https://example.org/schema.json"]
    with pytest.raises(UnfitError, match="no schema in it has that"):
        read_document(content, "file.json")


messages = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([str(PAYEE), "0x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*MESSAGE, "x"]), inner),
    max_leaves=12,
)


@given(messages, messages)
def test_describe_message__any_message_and_domain__a_description_a_refusal_or_nothing(
    message: Any, domain: Any
) -> None:
    for data in (typed(message), typed() | {"domain": domain}, typed() | {"types": domain}, message):
        said = say(bound(), data)
        assert said is None or isinstance(said, Refusal | Description)
        if isinstance(said, Refusal):
            assert said.sentence.startswith("This descriptor cannot be used: ")


def test_address_of_a_message__wrong_checksum__refused() -> None:
    wrong = str(Address(b"\xab" * 20)).swapcase().replace("0X", "0x")
    assert isinstance(say(bound(), typed(MESSAGE | {"token": wrong})), Refusal)
