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
from verifier.model.asset import NATIVE, AssetTerms, Use
from verifier.model.call import AbiValue, FaultKind, Naming
from verifier.model.companions import Companions
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import ByteRange, Severity
from verifier.model.group import pack_holders
from verifier.model.member import UNIT, Attributes, Role
from verifier.model.operation import Call, Operation
from verifier.model.rule import Measure, Rule
from verifier.model.tier import TierTerms
from verifier.model.units import Duration, Hours, Units, Wei

VAULT = Address(b"\x11" * 20)
USDC = Address.parse("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48")
OUT = Address.parse("0x52908400098527886E0F7030069857D2E4169EE7")
ANN = Address(b"\x33" * 20)
TERMS = AssetTerms(routine_limit=Units(1_000), high_value_from=Units(2_000), decimals=6)
COMPANIONS = Companions(
    checks=Address(b"\xd1" * 20),
    duty_registry=Address(b"\xd2" * 20),
    strategy_limits=Address(b"\xd3" * 20),
    bypass_ledger=Address(b"\xd4" * 20),
    validation=Address(b"\xd5" * 20),
)
NAMES = Lexicon(
    vault=VAULT,
    companions=COMPANIONS,
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
                f"Allows {OUT} to spend without limit (2^256 - 1) of the vault's {USDC} (USDC), at any time and "
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
    # Elsewhere the name is an opinion: another vault has it, and so may anything.
    elsewhere = decode_call(call(data, to=OUT), NAMES)
    assert elsewhere.naming is Naming.STANDARD
    assert elsewhere.sentence == f"Calls removeMember(address) of {OUT}, if that is a vault of this kind."
    # And a token's function at the vault is none of the vault's.
    assert "nothing here can name" in said(token("transfer").encode(OUT, 1), to=VAULT)


ATTRIBUTES = Attributes(employer=7, utc_offset=-300, place=(0, UNIT, 0)).pack()
MEASURE = Measure(asset=USDC, amount_at=0, counterparty_at=2, words=3, uses=Use.SPENDER)
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
        (
            encode_call(
                "setTiers", (replace(TIER, segregated=1, expedited_delay=Duration(3_600)).pack(),) * 4, 4
            ),
            ["grace 3 days, segregated, break-glass leaves 1 hour"],
        ),
        (encode_call("setTiers", (replace(TIER, segregated=3).pack(),) * 4, 4), ["segregated 3"]),
        (
            encode_call("setAsset", USDC, replace(TERMS, level=Units(1)).pack()),
            ["a level, which no vault takes"],
        ),
        (
            encode_call(
                "addGroup", OUT, 5, 6, Role.APPROVER, pack_holders([7, 8, 9]), (2, bytes(32), bytes(32))
            ),
            ["Adds the group", "APPROVER", "abscissa 0x" + "0" * 63 + "5", "3 persons (7, 8, 9)"],
        ),
        (encode_call("setHolders", ANN, pack_holders([7, 8])), ["(Ann)", "2 persons (7, 8)", "begins anew"]),
        (encode_call("setHolders", ANN, (0, 1, 0)), ["0 persons ()", "words that no vault takes"]),
        (
            encode_call("setRule", OUT, 0xA9, 0),
            ["Takes back the rule", "selector 0x000000a9", "CUSTODY then"],
        ),
        (encode_call("setRule", OUT, 0xA9, Rule().pack()), ["HIGH_VALUE, whatever they say"]),
        (
            encode_call("setRule", OUT, 0xDEADBEEF, Rule(measure=MEASURE).pack()),
            [
                "selector 0xdeadbeef",
                "a movement of",
                "(USDC): of 3 words",
                "number 0 is",
                "number 2 the",
                "to spend",
            ],
        ),
        (encode_call("setRule", OUT, 0xA9, 5), ["no rule that a vault takes (0x5)"]),
        (encode_call("setRule", OUT, 1 << 40, 0), ["selector 0x010000000000"]),
        (encode_call("setRegistry", NATIVE), ["Asks no register"]),
        (
            encode_call("setRegistry", COMPANIONS.duty_registry),
            ["(duty registry of this release)", "which custody"],
        ),
        (encode_call("execute", ((), 0, 1, 0)), ["no operation has a use for"]),
    ],
)
def test_sentence__the_vault_changes_itself(data: bytes, parts: list[str]) -> None:
    decoded = decode_call(call(data, to=VAULT), NAMES)
    assert decoded.naming is Naming.OWN
    for part in parts:
        assert part in decoded.sentence


STRATEGY = b"\xaa" * 32


def of(companion: str, function: str, *arguments: AbiValue) -> bytes:
    return interface(companion).function(function).encode(*arguments)


@pytest.mark.parametrize(
    ("companion", "data", "expected"),
    [
        ("duty_registry", of("duty_registry", "grant", 5, 1), "Gives person 5 the duty KEY_MATERIAL."),
        (
            "duty_registry",
            of("duty_registry", "revoke", VAULT, 5, 4),
            "Takes the duty SIGNING_SERVER from person 5.",
        ),
        ("duty_registry", of("duty_registry", "revoke", OUT, 5, 4), "which no operation has a use for"),
        (
            "duty_registry",
            of("duty_registry", "setConflicts", 16, 32),
            "TRADE_AUTHORISATION may have one of these",
        ),
        ("duty_registry", of("duty_registry", "setConflicts", 16, 0), "excludes no other one"),
        ("duty_registry", of("duty_registry", "dutiesOf", VAULT, 1), "which no operation has a use for"),
        ("bypass_ledger", of("bypass_ledger", "setTerms", 2, 48), "Allows 2 uses of break-glass in 30 days"),
        (
            "bypass_ledger",
            of("bypass_ledger", "record", STRATEGY, 1, 2, 3),
            "which no operation has a use for",
        ),
        (
            "strategy_limits",
            of("strategy_limits", "setTerms", STRATEGY, (9, 8, 7)),
            "positions up to 9, orders up to 8",
        ),
        (
            "strategy_limits",
            of("strategy_limits", "setVenue", STRATEGY, STRATEGY, False),
            "No longer allows the venue",
        ),
        ("strategy_limits", of("strategy_limits", "setGuard", STRATEGY, ANN, True), "(Ann) as a guard"),
        ("strategy_limits", of("strategy_limits", "resume", STRATEGY), "Ends the suspension"),
        ("strategy_limits", of("strategy_limits", "suspend", VAULT, STRATEGY), "until the vault resumes it"),
        (
            "strategy_limits",
            of("strategy_limits", "tighten", VAULT, STRATEGY, (9, 8, 7)),
            "Lowers the limits",
        ),
        ("strategy_limits", of("strategy_limits", "dropVenue", VAULT, STRATEGY, STRATEGY), "Takes the venue"),
        ("checks", of("checks", "requireCodeHash", OUT, STRATEGY), "Goes on only if the code of"),
        ("checks", of("checks", "requireImplementation", OUT, ANN), "says that its implementation is"),
        ("checks", of("checks", "requireBalanceAtLeast", ANN, 5), "(Ann) holds at least 5 wei"),
        ("checks", of("checks", "requireBalanceAtMost", ANN, 5), "(Ann) holds at most 5 wei"),
        (
            "checks",
            of("checks", "requireTokenBalanceAtLeast", USDC, ANN, 5),
            "holds at least 0.000005 USDC (5)",
        ),
        (
            "checks",
            of("checks", "requireTokenBalanceAtMost", USDC, ANN, 5),
            "holds at most 0.000005 USDC (5)",
        ),
        (
            "checks",
            of("checks", "requireAllowance", USDC, VAULT, ANN, 5),
            "may spend exactly 0.000005 USDC (5)",
        ),
        (
            "checks",
            of("checks", "requireAllowanceAtMost", USDC, VAULT, ANN, 5),
            "may spend at most 0.000005 USDC (5)",
        ),
        ("checks", of("checks", "requireNotAfter", 0), "not later than Thu 1970-01-01"),
        ("checks", of("checks", "requireNotBefore", 0), "not earlier than Thu 1970-01-01"),
        ("checks", of("checks", "requireChain", 5), "this is chain 5"),
        (
            "checks",
            of("checks", "requireAnswer", OUT, b"\x01\x02", STRATEGY),
            "answers to 0x0102 hashes to 0xaaaa",
        ),
    ],
)
def test_sentence__a_companion__named_by_this_release_and_only_there(
    companion: str, data: bytes, expected: str
) -> None:
    decoded = decode_call(call(data, to=getattr(COMPANIONS, companion)), NAMES)
    assert decoded.naming is Naming.OWN
    assert expected in decoded.sentence
    assert decoded.arguments
    assert "nothing here can name" in said(data, to=OUT)
    # Without knowing where the companions are nobody takes any address for one.
    elsewhere = replace(NAMES, companions=None)
    assert "nothing here can name" in said(data, to=getattr(COMPANIONS, companion), names=elsewhere)


def test_sentence__every_function_of_the_checks__has_one() -> None:
    for function in interface("checks").functions:
        values: dict[str, AbiValue] = {"address": OUT, "bytes": b"", "bytes32": bytes(32), "uint256": 0}
        data = function.encode(*(values[member.text] for member in function.inputs.members))
        assert said(data, to=COMPANIONS.checks).startswith("Goes on only if")


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
