"""The formats of ERC-7730: each adds words to a value, and none takes the value's place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.descriptions import (
    CONTRACT,
    LEXICON,
    PAYEE,
    SENDER,
    TOKEN,
    book_of,
    description,
    field,
    one,
    refusal,
    shown,
)
from verifier.decode.descriptors.keys import parse_function_key
from verifier.model.address import Address
from verifier.model.description import Description
from verifier.model.evidence import Evidence
from verifier.model.units import ChainId, Wei

MAX = (1 << 256) - 1
UINT = "f(uint256 n)"
TWO = "f(uint256 n,address token)"
MODES = {"owner": "Example", "enums": {"mode": {"1": "stable", "0x02": "variable"}}}


@pytest.mark.parametrize(
    ("form", "params", "value", "expected"),
    [
        ("raw", {}, 1000, "1000"),
        # The examples of the ERC, with the number itself beside them.
        ("amount", {}, 0x2C1C986F1C48000, "0.198661440000000000 ETH (198661440000000000)"),
        ("date", {"encoding": "timestamp"}, 1709191632, "Thu 2024-02-29 07:27:12 UTC"),
        ("date", {"encoding": "blockheight"}, 19332140, "block 19332140"),
        ("duration", {}, 8250, "2 hours 17 minutes (8250 seconds)"),
        ("unit", {"base": "h"}, 10, "10h"),
        ("unit", {"base": "d", "decimals": 1}, 15, "1.5d (15)"),
        ("unit", {"base": "s", "prefix": True}, 36000, "36ks (36000)"),
        ("unit", {"base": "%", "decimals": 4}, 3000, "0.3% (3000)"),
        ("unit", {"base": "bps", "decimals": 0}, 0, "0bps"),
        ("chainId", {}, 10, "chain 10"),
        ("enum", {"ref": "$.metadata.enums.mode"}, 1, "stable (1)"),
        ("enum", {"ref": "$.metadata.enums.mode"}, 2, "variable (2)"),
        ("enum", {"ref": "$.metadata.enums.mode"}, 3, "3, which the descriptor has no word for"),
        ("amount", {"threshold": "0xff"}, 254, "0.000000000000000254 ETH (254)"),
        ("amount", {"threshold": "0xff"}, 255, "All: 0.000000000000000255 ETH (255)"),
    ],
)
def test_describe__a_number__in_the_words_of_its_format(
    form: str, params: dict[str, Any], value: int, expected: str
) -> None:
    assert shown(one(UINT, field("n", form, **params), metadata=MODES), value) == [expected]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"form": "date", "encoding": "seconds"}, "neither a timestamp nor a blockheight"),
        ({"form": "date"}, "neither a timestamp nor a blockheight"),
        ({"form": "enum", "ref": "$.metadata.enums.none"}, "there is nothing at"),
        ({"form": "enum", "ref": "$.metadata.owner"}, "leads to no enum"),
        ({"form": "unit", "base": "h", "decimals": 1000}, "the decimals or the prefix"),
        ({"form": "nftName"}, "not the collection"),
        ({"form": "number"}, "the format `number` is not understood"),
        ({"form": "raw", "colour": "red"}, "the parameter `colour` of the format raw is not understood"),
        ({"form": "tokenAmount", "token": str(TOKEN), "tokenPath": "n"}, "both token and tokenPath"),
        ({"form": "addressName"}, "is of the type uint256, and should be an address"),
        ({"form": "interoperableAddressName"}, "should be bytes"),
        ({"form": "calldata", "callee": str(TOKEN)}, "should be bytes"),
    ],
)
def test_describe__a_format_that_does_not_fit__refused_with_what_is_wrong(
    params: dict[str, Any], said: str
) -> None:
    form = params.pop("form")
    sentence = refusal(one(UINT, field("n", form, **params), metadata=MODES), MAX)
    assert sentence.startswith("This descriptor cannot be used: file0.json: ")
    assert said in sentence


def test_describe__token_amount__decimals_of_the_vault_and_the_raw_integer() -> None:
    content = one(TWO, field("n", "tokenAmount", tokenPath="token"), field("token", "addressName"))
    said = description(content, 1_500_000, TOKEN)
    assert said.fields[0].value == "1.500000 USDC (1500000)"
    assert said.evidence is Evidence.CLAIMED
    # A token that the vault does not know has no decimals here, whoever says so.
    assert shown(content, 1_500_000, CONTRACT)[0] == f"1500000 base units of {CONTRACT}"


def test_describe__token_amount_of_the_contract_itself__what_the_descriptor_calls_it_is_said_as_its_words() -> (
    None
):
    token = {"name": "Example", "ticker": "EX", "decimals": 2}
    content = one(UINT, field("n", "tokenAmount", tokenPath="@.to"), metadata={"token": token})
    said = f"150 base units of {CONTRACT} (which the descriptor calls 1.50 EX)"
    assert shown(content, 150) == [said]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (4_999_999, "4.999999 USDC (4999999)"),
        (5_000_000, "Everything: 5.000000 USDC (5000000)"),
        (MAX, f"Everything: {MAX // 10**6:,}.{MAX % 10**6:06} USDC ({MAX})"),
    ],
)
def test_describe__token_amount_from_its_threshold_on__the_message_beside_the_amount(
    value: int, expected: str
) -> None:
    metadata = {"owner": "Example", "constants": {"all": "0x4c4b40"}}
    limits = {"threshold": "$.metadata.constants.all", "message": "Everything"}
    content = one(TWO, field("n", "tokenAmount", tokenPath="token", **limits), metadata=metadata)
    assert shown(content, value, TOKEN)[0] == expected


def test_describe__token_amount_of_the_address_for_native__the_chains_coin() -> None:
    native = "0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE"
    content = one(TWO, field("n", "tokenAmount", tokenPath="token", nativeCurrencyAddress=[native]))
    assert shown(content, 10**18, Address.parse(native)) == ["1.000000000000000000 ETH (1000000000000000000)"]
    assert shown(content, 1, TOKEN) == ["0.000001 USDC (1)"]


def test_describe__token_on_another_chain__nothing_that_is_known_here_is_said_of_it() -> None:
    key = "f(uint256 n,address token,uint256 chain)"
    there = {"tokenPath": "token", "chainIdPath": "chain"}
    fields = field("n", "tokenAmount", **there), field("token", "tokenTicker", chainIdPath="chain")
    assert shown(one(key, *fields), 7, TOKEN, 10) == [
        f"7 base units of {TOKEN} on chain 10",
        f"{TOKEN} on chain 10",
    ]
    assert shown(one(key, *fields), 7, TOKEN, 1) == ["0.000007 USDC (7)", f"{TOKEN} (USDC)"]


def test_describe__negative_amount__said_to_be_one() -> None:
    content = one("f(int256 n,address token)", field("n", "tokenAmount", tokenPath="token"))
    assert shown(content, -1_950_000, TOKEN) == ["minus 1.950000 USDC (1950000)"]


def test_describe__address__only_this_signers_own_name_for_it() -> None:
    content = one("f(address a)", field("a", "addressName", sources=["ens"], types=["eoa"]))
    assert shown(content, PAYEE) == [f"{PAYEE} (Payroll)"]
    assert shown(content, CONTRACT) == [str(CONTRACT)]


def test_describe__address_that_stands_for_the_sender__says_both() -> None:
    zero = Address(bytes(20))
    content = one("f(address a)", field("a", "addressName", senderAddress=str(zero)))
    assert shown(content, zero) == [f"{zero}, which stands for {SENDER} (this vault)"]
    assert shown(content, zero, sender=None) == [f"{zero}, which stands for the sender"]


def test_describe__nft__number_and_collection() -> None:
    content = one(TWO, field("n", "nftName", collectionPath="token"))
    assert shown(content, 1036, CONTRACT) == [f"token 1036 of {CONTRACT}"]


def test_describe__interoperable_address__as_erc_7930_writes_it() -> None:
    content = one("f(bytes b)", field("b", "interoperableAddressName"))
    # The example of ERC-7930, seen from another chain.
    raw = bytes.fromhex("00010000010114d8da6bf26964af9d7eed9e03e53415d37aa96045")
    content["context"]["contract"]["deployments"][0]["chainId"] = 5
    book = replace(book_of(content), chain_id=ChainId(5))
    data = parse_function_key("f(bytes b)").encode(raw)
    said = book.describe(CONTRACT, data, lexicon=LEXICON, value=Wei(0))
    assert isinstance(said, Description)
    assert said.fields[0].value == "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045@eip155:1#4CA88C9C"
    # On this chain, this signer's own name counts.
    content["context"]["contract"]["deployments"][0]["chainId"] = 1
    here = bytes.fromhex("00010000010114") + PAYEE
    assert shown(content, here) == [f"{PAYEE} (Payroll) on this chain"]
    for bad in (b"", raw[:-1], raw + b"\0", b"\0\2" + raw[2:]):
        assert "no interoperable address" in refusal(content, bad)


def test_describe__call_inside_of_a_call__its_parts_for_whoever_opens_it() -> None:
    key = "f(bytes b,address to,uint256 n)"
    params = {"calleePath": "to", "amountPath": "n", "spenderPath": "@.to"}
    said = description(one(key, field("b", "calldata", **params)), b"\xa9\x05\x9c\xbb\0", TOKEN, 5)
    (call,) = said.calls
    assert (call.target, call.value, call.data, call.caller) == (TOKEN, 5, b"\xa9\x05\x9c\xbb\0", CONTRACT)
    assert call.where is not None
    assert call.where.stop - call.where.start == 5
    assert said.fields[0].value == (
        f"calls {TOKEN} (USDC) with 0xa9059cbb00 and 0.000000000000000005 ETH (5)"
    )
    selected = one(key, field("b", "calldata", callee=str(TOKEN), selector="0x12345678"))
    assert description(selected, b"\0", TOKEN, 5).calls[0].data == b"\x12\x34\x56\x78\0"


def test_describe__constants_of_the_descriptor__said_to_be_its_words() -> None:
    metadata = {"constants": {"note": "no fee"}}
    fields = (
        {"value": "Sends nothing", "label": "Note", "format": "raw"},
        {"value": 1000, "label": "Number"},
        field("$.metadata.constants.note"),
    )
    said = description(one(UINT, *fields, metadata=metadata), 1)
    assert [field.value for field in said.fields] == [
        '"Sends nothing" (a constant of the descriptor)',
        "1000 (a constant of the descriptor)",
        '"no fee" (a constant of the descriptor)',
    ]
    assert [hidden.path for hidden in said.hidden] == ["n"]


def test_describe__constant_by_a_map__what_it_has_for_the_key_or_a_refusal() -> None:
    maps = {"token": {"$keyType": "Chain ID", "values": {"1": str(TOKEN)}}}
    reference = {"map": "$.metadata.maps.token", "keyPath": "@.chainId"}
    content = one(UINT, field("n", "tokenAmount", token=reference), metadata={"maps": maps})
    assert shown(content, 7) == ["0.000007 USDC (7)"]
    other = one(UINT, field("n", "tokenAmount", token={**reference, "keyPath": "n"}), metadata={"maps": maps})
    assert "has nothing for this key" in refusal(other, 7)


def test_describe__hostile_text__reaches_nobody_as_it_is() -> None:
    label = "To\x1b[2J\u202e" + "x" * 500
    metadata = {"owner": "O\u200bwner", "enums": {"mode": {"1": "\x07\u202eelbats"}}}
    enum = field("n", "enum", label, ref="$.metadata.enums.mode")
    content = one("f(uint256 n,string s)", enum, field("s"), intent="Send\n\n", metadata=metadata)
    said = description(content, 1, "\x1b]0;owned\x07")
    texts = [said.intent, said.owner, said.source]
    texts += [text for field in said.fields for text in (field.label, field.value, field.path)]
    assert all(" " <= character <= "~" for text in texts for character in text)
    assert max(map(len, texts)) < 300
