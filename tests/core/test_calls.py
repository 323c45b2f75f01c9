"""From a call's bytes to a sentence: made from calldata only, for any bytes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core import strategies
from verifier.decode.calls import decode_call, decode_operation, show_value
from verifier.decode.lexicon import Lexicon, show_amount
from verifier.decode.operations import (
    encode_call,
)
from verifier.decode.signatures import Function, interface
from verifier.decode.tokens import UNLIMITED
from verifier.model.address import Address
from verifier.model.asset import NATIVE, AssetTerms
from verifier.model.call import FaultKind, Naming
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import ByteRange, Severity
from verifier.model.member import UNIT, Attributes, Role
from verifier.model.operation import Call, Operation
from verifier.model.tier import TierTerms
from verifier.model.units import Duration, Hours, Units, Wei

VAULT = Address(b"\x11" * 20)
USDC = Address.parse("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48")
OUT = Address.parse("0x52908400098527886E0F7030069857D2E4169EE7")
ANN = Address(b"\x33" * 20)
TERMS = AssetTerms(routine_limit=Units(1_000), high_value_from=Units(2_000), decimals=6)
NAMES = Lexicon(
    vault=VAULT,
    assets={USDC: Fact(value=TERMS, evidence=Evidence.PROVEN)},
    labels={USDC: "USDC", ANN: "Ann"},
)
FORTY_MILLION = 40_000_000 * 10**6


def token(name: str) -> Function:
    return interface("erc20").function(name)


def call(data: bytes, *, to: Address = USDC, value: int = 0) -> Call:
    return Call(target=to, value=Wei(value), data=data)


def said(data: bytes, *, to: Address = USDC, value: int = 0, names: Lexicon = NAMES) -> str:
    return decode_call(call(data, to=to, value=value), names).sentence


def test_sentence__the_near_miss__amount_token_and_recipient() -> None:
    data = token("transfer").encode(OUT, FORTY_MILLION)
    assert said(data) == f"Sends 40,000,000.000000 USDC (40000000000000) to {OUT}."


def test_decode_call__transfer__function_arguments_and_their_bytes() -> None:
    decoded = decode_call(call(token("transfer").encode(OUT, FORTY_MILLION)), NAMES)
    assert decoded.function == "transfer(address,uint256)"
    assert decoded.naming is Naming.STANDARD
    to, amount = decoded.arguments
    assert (to.name, to.type, to.value) == ("to", "address", OUT)
    assert (amount.name, amount.value) == ("amount", FORTY_MILLION)
    assert amount.where == ByteRange(start=36, stop=68)
    assert decoded.faults == ()
    assert decoded.evidence is Evidence.PROVEN


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            token("transferFrom").encode(VAULT, ANN, 1),
            f"Moves 0.000001 USDC (1) from {VAULT} (this vault) to {ANN} (Ann).",
        ),
        (
            token("approve").encode(ANN, 0),
            f"Takes back what {ANN} (Ann) may spend of the vault's {USDC} (USDC).",
        ),
        (
            token("approve").encode(OUT, UNLIMITED),
            (
                f"Allows {OUT} to spend without limit ({UNLIMITED}) of the vault's {USDC} (USDC), at any time and "
                "without another operation."
            ),
        ),
        (
            token("approve").encode(OUT, 5),
            (
                f"Allows {OUT} to spend up to 0.000005 USDC (5) of the vault's {USDC} (USDC), at any time and "
                "without another operation."
            ),
        ),
        (
            token("increaseAllowance").encode(OUT, 5),
            f"Allows {OUT} to spend 0.000005 USDC (5) more than before, at any time and without another operation.",
        ),
    ],
)
def test_sentence__movers_of_a_listed_token(data: bytes, sentence: str) -> None:
    assert said(data) == sentence


def test_sentence__token_that_is_not_listed__raw_number_and_a_warning() -> None:
    sentence = said(token("transfer").encode(OUT, 7), to=ANN)
    assert sentence.startswith(f"Sends 7 base units of {ANN} (Ann) to {OUT}.")
    assert "does not list" in sentence
    assert decode_call(call(token("transfer").encode(OUT, 7), to=ANN), NAMES).evidence is Evidence.PROVEN


def test_sentence__decimals_that_one_endpoint_claims__carry_that() -> None:
    names = replace(NAMES, assets={USDC: Fact(value=TERMS, evidence=Evidence.CLAIMED)})
    decoded = decode_call(call(token("transfer").encode(OUT, 7)), names)
    assert decoded.evidence is Evidence.CLAIMED


def test_sentence__native_coin__in_wei_unless_the_vault_lists_it() -> None:
    assert said(b"", to=OUT, value=15 * 10**17) == f"Sends 1500000000000000000 wei to {OUT}."
    ether = Fact(value=replace(TERMS, decimals=18), evidence=Evidence.AGREED)
    names = replace(NAMES, assets={NATIVE: ether})
    assert (
        said(b"", to=OUT, value=15 * 10**17, names=names)
        == f"Sends 1.500000000000000000 ETH (1500000000000000000) to {OUT}."
    )
    assert said(b"", to=OUT) == f"Calls {OUT} with neither value nor data."


def test_sentence__value_beside_data__is_said_first() -> None:
    sentence = said(token("transfer").encode(OUT, 7), value=3)
    assert sentence.startswith("Sends 3 wei along. Sends 0.000007 USDC (7)")


def test_sentence__dirty_bytes__said_to_be_dishonest_and_danger() -> None:
    honest = token("transfer").encode(OUT, 7)
    decoded = decode_call(call(honest[:4] + b"\x01" + honest[5:]), NAMES)
    assert decoded.sentence.endswith("An honest encoder would not have written these bytes.")
    assert decoded.severity is Severity.DANGER
    assert decoded.faults[0].where == ByteRange(start=4, stop=16)


def test_sentence__trailing_bytes__a_notice_only() -> None:
    decoded = decode_call(call(token("transfer").encode(OUT, 7) + b"tag"), NAMES)
    assert decoded.severity is Severity.NOTICE
    assert decoded.faults[0].kind is FaultKind.TRAILING
    assert "honest" not in decoded.sentence


def test_decode_call__arguments_that_are_cut__words_and_danger() -> None:
    data = token("transfer").encode(OUT, 7)[:-1]
    decoded = decode_call(call(data), NAMES)
    assert "cannot be read" in decoded.sentence
    assert decoded.arguments == ()
    assert decoded.words == (data[4:36], data[36:])
    assert decoded.severity is Severity.DANGER


@pytest.mark.parametrize(
    ("data", "to", "expected"),
    [
        (b"\xde\xad\xbe\xef" + bytes(40), OUT, "selector 0xdeadbeef, 40 bytes of arguments"),
        (b"\xde\xad", OUT, "too short to name a function"),
        (b"\xde\xad\xbe\xef", VAULT, "of the vault itself that nothing here can name"),
    ],
)
def test_sentence__nothing_names_it__said_to_be_so(data: bytes, to: Address, expected: str) -> None:
    decoded = decode_call(call(data, to=to), NAMES)
    assert expected in decoded.sentence
    assert decoded.function == ""


def test_decode_call__the_vaults_functions__only_at_the_vault() -> None:
    data = encode_call("removeMember", ANN)
    assert said(data, to=VAULT) == f"Removes the member {ANN} (Ann) for ever."
    assert "nothing here can name" in said(data, to=OUT)
    # And a token's function at the vault is none of the vault's.
    assert "nothing here can name" in said(token("transfer").encode(OUT, 1), to=VAULT)


ATTRIBUTES = Attributes(employer=7, utc_offset=-300, place=(0, UNIT, 0)).pack()
TIER = TierTerms(quorum=3, security_approvals=1, delay=Duration(172_800), grace_hours=Hours(72))


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (
            encode_call("addMember", OUT, 9, Role.APPROVER | Role.SECURITY, ATTRIBUTES),
            ["Adds", "person 9", "APPROVER, SECURITY", "employer 7, -300 minutes", "+1.0000"],
        ),
        (encode_call("addMember", OUT, 9, 64, 1 << 130), ["unknown bits 0x40", "bits that mean nothing"]),
        (encode_call("replaceMember", ANN, OUT, 9, ATTRIBUTES), ["Replaces", "(Ann) by", "person 9"]),
        (encode_call("reinstateMember", ANN), ["Reinstates", "new seat"]),
        (encode_call("confirmSuspension", ANN), ["Confirms the suspension"]),
        (encode_call("setRoles", ANN, 0), ["no role"]),
        (encode_call("setAttributes", ANN, ATTRIBUTES), ["seasoning begins anew"]),
        (
            encode_call("setTiers", (TIER.pack(),) * 4, 4),
            [
                "ROUTINE: 3 approvals (1 security), delay 2 days, grace 3 days",
                "CUSTODY: 3",
                "Supermajority: 4",
            ],
        ),
        (
            encode_call("setTiers", (replace(TIER, opens_at=36, closes_at=70, weekdays=31).pack(),) * 4, 4),
            ["only Mon Tue Wed Thu Fri 09:00 to 17:30 UTC"],
        ),
        (
            encode_call("setAsset", USDC, TERMS.pack()),
            ["Lists", "(USDC)", "ROUTINE up to 0.001000, HIGH_VALUE from 0.002000, 6 decimals"],
        ),
        (encode_call("setAsset", NATIVE, 0), ["Takes the native coin off the list"]),
        (encode_call("setCounterparty", OUT, 1), ["may receive", "may not be allowed to spend"]),
        (encode_call("execute", ((), 0, 1, 0)), ["no operation has a use for"]),
    ],
)
def test_sentence__the_vault_changes_itself(data: bytes, parts: list[str]) -> None:
    decoded = decode_call(call(data, to=VAULT), NAMES)
    assert decoded.naming is Naming.OWN
    for part in parts:
        assert part in decoded.sentence


@given(
    strategies.calls,
    st.sampled_from(["", *(f.signature for f in interface("vault").functions)]),
    st.booleans(),
)
def test_decode_call__any_bytes__a_printable_sentence(one: Call, signature: str, to_vault: bool) -> None:
    selectors = {f.signature: f.selector for f in interface("vault").functions}
    target = VAULT if to_vault else one.target
    hostile = replace(one, target=target, data=selectors.get(signature, b"") + one.data)
    decoded = decode_call(hostile, NAMES)
    assert re.fullmatch(r"[ -~]+", decoded.sentence)
    assert b"".join([decoded.selector, *decoded.words]) == hostile.data


@given(strategies.operations)
def test_decode_operation__any_operation__one_result_for_each_call(operation: Operation) -> None:
    assert [decoded.call for decoded in decode_operation(operation, NAMES)] == list(operation.calls)


def test_lexicon__hostile_label__sanitised() -> None:
    names = replace(NAMES, labels={OUT: "safe\x1b[31m\u202e", USDC: "US\u200bDC"}, coin="E\x07")
    assert names.name(OUT) == f"{OUT} (safe\\u{{1b}}[31m\\u{{202e}})"
    assert "US\\u{200b}DC" in names.amount(USDC, 1)


def test_show_value__foreign_text_and_nesting__as_it_may_be_shown() -> None:
    assert (
        show_value((True, 5, b"\x01", "a\n", (ANN,)), NAMES) == f'[true, 5, 0x01, "a\\u{{a}}", [{ANN} (Ann)]]'
    )


@pytest.mark.parametrize(
    ("amount", "decimals", "shown"),
    [
        (FORTY_MILLION, 6, "40,000,000.000000"),
        (1, 18, "0.000000000000000001"),
        (0, 6, "0.000000"),
        (5, 0, "5"),
    ],
)
def test_show_amount__every_decimal_shown(amount: int, decimals: int, shown: str) -> None:
    assert show_amount(amount, decimals) == shown
