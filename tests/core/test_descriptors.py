"""Descriptors of calls: what they are bound to, how their paths lead into the data, and that nothing is left untold."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.descriptions import (
    CHAIN,
    CONTRACT,
    LEXICON,
    PAYEE,
    SENDER,
    TOKEN,
    book_of,
    description,
    descriptor,
    field,
    one,
    refusal,
    shown,
    told,
)
from verifier.decode.calls import decode_call
from verifier.decode.content import Json, UnfitError, parse_json
from verifier.decode.descriptors.document import read_document
from verifier.decode.descriptors.formats import FORMATS
from verifier.decode.descriptors.keys import parse_function_key
from verifier.decode.descriptors.merge import merged
from verifier.decode.descriptors.own import own_documents
from verifier.decode.descriptors.paths import parse_path
from verifier.model.account import AccountReading
from verifier.model.call import Naming
from verifier.model.description import Description, Refusal
from verifier.model.evidence import Evidence, Fact
from verifier.model.operation import Call
from verifier.model.units import Wei

ORDER = "submit((address token,(uint256 amount,uint256 least) limits) order,bytes32 salt)"
LISTS = "pay(address[] to,uint256[] amounts)"
ADDRESSES = (PAYEE, CONTRACT)
TRANSFER = parse_function_key("transfer(address to,uint256 value)")


# --------------------------------------------------------------------------------------------------- binding


def test_find__bound_to_chain_and_address__there_and_nowhere_else() -> None:
    book = book_of(one("transfer(address to, uint256 value)", field("to")))
    found = book.find(CONTRACT, TRANSFER.selector)
    assert found is not None
    assert found.function.inputs.names == ("to", "value")
    assert book.function_of(CONTRACT, TRANSFER.selector) == found.function
    assert book.find(TOKEN, TRANSFER.selector) is None
    assert book.find(CONTRACT, b"\0\0\0\0") is None
    assert replace(book, chain_id=type(CHAIN)(10)).find(CONTRACT, TRANSFER.selector) is None


@pytest.mark.parametrize(
    ("evidence", "is_found"), [(Evidence.PROVEN, True), (Evidence.AGREED, False), (Evidence.CLAIMED, False)]
)
def test_find__proxy_of_what_it_is_bound_to__only_where_that_is_proven(
    evidence: Evidence, is_found: bool
) -> None:
    proxy = AccountReading(
        address=TOKEN,
        code=b"\1",
        code_hash=bytes(32),
        balance=Wei(0),
        nonce=0,
        evidence=Evidence.PROVEN,
        implementation=Fact(value=CONTRACT, evidence=evidence),
    )
    book = book_of(one("transfer(address to,uint256 value)", field("to")), accounts={TOKEN: proxy})
    found = book.find(TOKEN, TRANSFER.selector)
    assert (found is not None) is is_found
    if found is not None:
        assert found.notes == (f"It is about {CONTRACT}, whose code runs at this address.",)


def test_find__several_are_bound_to_one_function__the_first_one_says_so() -> None:
    content = one("transfer(address to,uint256 value)", field("to"))
    book = book_of(content, content)
    said = book.describe(CONTRACT, TRANSFER.encode(PAYEE, 1), lexicon=LEXICON, value=Wei(0))
    assert isinstance(said, Description)
    assert (said.source, len(said.notes)) == ("file0.json", 1)
    assert "file1.json" in said.notes[0]


def test_find__another_descriptor_claims_the_vault__only_that_of_the_release_counts() -> None:
    steal = one("sweep(address to)", field("to"))
    veto = one("veto(uint256 lane,bytes32 id)", intent="Collect your reward")
    book = book_of(steal, veto)
    everything = [read_document(content, "!first.json") for content in (steal, veto)]
    everything += own_documents(CHAIN, CONTRACT)
    mixed = replace(book, descriptors=type(book.descriptors)(everything))
    function = parse_function_key("veto(uint256 lane,bytes32 id)")
    sweep = parse_function_key("sweep(address to)")
    assert book.find(CONTRACT, sweep.selector) is not None
    assert mixed.find(CONTRACT, sweep.selector) is None
    said = mixed.describe(CONTRACT, function.encode(1, bytes(32)), lexicon=LEXICON, value=Wei(0))
    assert isinstance(said, Description)
    assert (said.intent, said.notes, said.evidence) == ("Veto operation", (), Evidence.PROVEN)


def test_describe__data_that_is_no_such_call__refused() -> None:
    book = book_of(one("transfer(address to,uint256 value)", field("to")))
    said = book.describe(CONTRACT, TRANSFER.selector + bytes(31), lexicon=LEXICON, value=Wei(0))
    assert isinstance(said, Refusal)
    assert book.describe(TOKEN, TRANSFER.encode(PAYEE, 1), lexicon=LEXICON, value=Wei(0)) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"$schema": "https://example.org/erc7730-v3.schema.json"}, "version 3"),
        ({"$schema": "erc7730-v3.0.0-next.schema.json"}, "no released version"),
        ({"$schema": None}, "no released version"),
        ({"context": {}}, "either of a contract or of EIP-712"),
        ({"context": {"contract": {"factory": {}}}}, "`factory`, which is not understood"),
        ({"context": {"contract": {"addressMatcher": "https://x"}}}, "`addressMatcher`"),
        ({"context": {"contract": {"deployments": [{"chainId": 1, "address": "0x12"}]}}}, "40 hex digits"),
        (
            {"context": {"contract": {"deployments": [{"chainId": "x", "address": str(TOKEN)}]}}},
            "whole number",
        ),
        ({"display": {}}, "display.formats should be a table"),
        ({"display": {"formats": {"f(uint256 n)": {}, "f(uint256 m)": {}}}}, "two formats are about"),
        ({"display": {"formats": {"f(uint256 n,address n)": {}}}}, "a name comes twice"),
        ({"display": {"formats": {"f(fixed n)": {}}}}, "fixed-point"),
        ({"display": {"formats": {"0x12345678": {}}}}, "no ABI in it says"),
        ({"display": {"formats": {}, "styles": {}}}, "`styles`"),
        ({"alerts": []}, "`alerts`"),
    ],
)
def test_read_document__something_that_is_not_understood__refused_by_name(
    change: dict[str, Any], said: str
) -> None:
    content = one("f(uint256 n)", field("n")) | change
    with pytest.raises(UnfitError, match=r".") as refused:
        read_document(content, "file.json")
    assert said in str(refused.value)


def test_read_document__version_1__names_from_the_abi_that_it_carries() -> None:
    abi = [
        {"type": "function", "name": "f", "inputs": [{"type": "uint256", "name": "n"}]},
        {"type": "function", "name": "g", "inputs": [{"type": "bool", "name": "b"}]},
    ]
    selector = parse_function_key("g(bool b)").selector
    content = descriptor(
        {
            "f(uint256)": {"intent": "F", "fields": [field("n")], "required": ["#.n"], "excluded": None},
            "0x" + selector.hex(): {"intent": "G", "fields": [field("b")]},
        },
        schema="../../specs/erc7730-v1.schema.json",
        context={"contract": {"abi": abi, "deployments": [{"chainId": 1, "address": str(CONTRACT)}]}},
    )
    book = book_of(content)
    said = book.describe(CONTRACT, selector + bytes(32), lexicon=LEXICON, value=Wei(0))
    assert isinstance(said, Description)
    assert [field.value for field in said.fields] == ["false"]
    f = parse_function_key("f(uint256 n)")
    said = book.describe(CONTRACT, f.encode(9), lexicon=LEXICON, value=Wei(0))
    assert isinstance(said, Description)
    assert [field.value for field in said.fields] == ["9"]
    content["context"]["contract"]["abi"] = "https://example.org/abi.json"
    with pytest.raises(UnfitError, match="no ABI in it says"):
        read_document(content, "file.json")


def test_decode_call__function_that_only_a_descriptor_knows__named_by_it() -> None:
    function = parse_function_key("harvest(address to,uint256 share)")
    call = Call(target=CONTRACT, value=Wei(0), data=function.encode(PAYEE, 7))
    book = book_of(one("harvest(address to,uint256 share)", field("to")))
    known, unknown = decode_call(call, replace(LEXICON, descriptors=book)), decode_call(call, LEXICON)
    assert (known.naming, known.function) == (Naming.DESCRIPTOR, "harvest(address,uint256)")
    assert [argument.name for argument in known.arguments] == ["to", "share"]
    assert unknown.naming is Naming.NONE


# ----------------------------------------------------------------------------------------------------- paths


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("order.limits.amount", ["7"]),
        ("#.order.limits.least", ["5"]),
        ("order", [f"{TOKEN} (USDC)", "7", "5"]),
        ("salt.[0:2]", ["0xaabb"]),
        ("salt.[-1:]", ["0xcc"]),
        ("salt[30:]", ["0xddcc"]),
        ("order.limits.amount.[-1:]", ["0x07"]),
        ("order.token.[:20]", ["0x2222222222222222222222222222222222222222"]),
        ("@.to", [str(CONTRACT)]),
        ("@.from", [f"{SENDER} (this vault)"]),
        ("@.value", ["3"]),
        ("@.chainId", ["1"]),
        ("$.metadata.owner", ['"Example" (a constant of the descriptor)']),
    ],
)
def test_describe__a_path__leads_to_the_value(path: str, expected: list[str]) -> None:
    salt = b"\xaa\xbb" + bytes(28) + b"\xdd\xcc"
    assert shown(one(ORDER, field(path)), (TOKEN, (7, 5)), salt, value=3) == expected


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("order.price", "there is no price in order"),
        ("order.limits.amount.[0]", "there is no [0]"),
        ("order.limits.[0]", "there is no [0]"),
        ("order.[0:1]", "which has no bytes to take"),
        ("salt.[0:33]", "has 32 bytes"),
        ("salt.[0:2].[0:1]", "has no parts"),
        ("@.gas", "there is no @.gas"),
        ("$.metadata.none", "there is nothing at"),
        ("$.metadata", "a constant should be"),
        ("a..b", "is no path"),
        (".a", "is no path"),
        ("", "is no path"),
        ("#x", "is no path"),
        ("a.[1:2:3]", "is no path"),
        ("a." * 40 + "a", "more than 32 steps"),
        ("a" * 500, "more than 400 characters"),
    ],
)
def test_describe__a_path_that_leads_nowhere__refused(path: str, said: str) -> None:
    assert said in refusal(one(ORDER, field(path)), (TOKEN, (7, 5)), bytes(32))


def test_describe__who_sends_it_is_not_known__refused_and_not_guessed() -> None:
    content = one("f(uint256 n)", field("@.from", "addressName"))
    assert "who sends this, which is not known" in refusal(content, 1, sender=None)


def test_describe__a_slice_of_a_shorter_number__refused_since_it_is_not_clear() -> None:
    assert "is not clear" in refusal(one("f(uint64 n)", field("n.[0:4]")), 1)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("amounts.[0]", ["7"]),
        ("amounts.[-1]", ["5"]),
        ("amounts[1]", ["6"]),
        ("amounts.[]", ["7", "6", "5"]),
        ("amounts", ["7", "6", "5"]),
        ("amounts.[1:]", ["6", "5"]),
        ("amounts.[:-1]", ["7", "6"]),
        ("to", ["an empty list"]),
        ("to.[]", []),
    ],
)
def test_describe__elements_of_a_list__each_a_field(path: str, expected: list[str]) -> None:
    assert shown(one(LISTS, field(path)), (), (7, 6, 5)) == expected


def test_describe__element_that_is_not_there__refused() -> None:
    assert "has 3 elements, and no [3]" in refusal(one(LISTS, field("amounts.[3]")), (), (7, 6, 5))


def test_describe__any_field__says_which_bytes_it_comes_from() -> None:
    content = one(ORDER, field("order.limits.least"), field("salt.[0:2]"), field("order.token.[:4]"))
    data = parse_function_key(ORDER).encode((TOKEN, (7, 5)), b"\xaa\xbb" + bytes(30))
    said = description(content, (TOKEN, (7, 5)), b"\xaa\xbb" + bytes(30))
    parts = [data[field.where.start : field.where.stop] for field in said.fields if field.where]
    assert parts == [(5).to_bytes(32, "big"), b"\xaa\xbb", TOKEN[:4]]


# ------------------------------------------------------------------------------------ lists, groups, sentences


def test_describe__parameter_by_a_list__goes_with_the_element_of_the_same_number() -> None:
    content = one(LISTS, field("amounts.[]", "tokenAmount", tokenPath="to.[]", separator="Number {index}"))
    said = description(content, (TOKEN, CONTRACT), (7, 6))
    assert [field.value for field in said.fields] == ["0.000007 USDC (7)", f"6 base units of {CONTRACT}"]
    assert [field.label for field in said.fields] == ["Number 0: Label", "Number 1: Label"]
    assert "2 values for 1 of the field" in refusal(content, (TOKEN, CONTRACT), (7,))


@pytest.mark.parametrize(
    ("iteration", "expected"),
    [
        ("bundled", [f"{PAYEE} (Payroll)", "7", str(CONTRACT), "6"]),
        ("sequential", [f"{PAYEE} (Payroll)", str(CONTRACT), "7", "6"]),
        ("", [f"{PAYEE} (Payroll)", str(CONTRACT), "7", "6"]),
    ],
)
def test_describe__group_of_lists__in_the_order_that_it_asks_for(iteration: str, expected: list[str]) -> None:
    group = {"label": "Pay", "iteration": iteration, "fields": [field("to.[]"), field("amounts.[]")]}
    said = description(one(LISTS, group), ADDRESSES, (7, 6))
    assert [field.value for field in said.fields] == expected
    assert {field.group for field in said.fields} == {"Pay"}


def test_describe__bundle_of_lists_of_different_lengths__refused() -> None:
    group = {"iteration": "bundled", "fields": [field("to.[]"), field("amounts.[]")]}
    assert "different lengths" in refusal(one(LISTS, group), ADDRESSES, (7,))


def test_describe__group_below_a_list_of_structs__each_element_by_itself() -> None:
    key = "f((address token,uint256 amount)[] details)"
    inner = [field("amount", "tokenAmount", tokenPath="token"), field("token")]
    content = one(key, {"path": "details.[]", "fields": inner}, sentence="Moves {details.[].amount}")
    said = description(content, ((TOKEN, 1), (CONTRACT, 2)))
    assert [field.path for field in said.fields] == [
        "details.[0].amount",
        "details.[0].token",
        "details.[1].amount",
        "details.[1].token",
    ]
    assert said.intent == f"Moves 0.000001 USDC (1), 2 base units of {CONTRACT}"
    assert not said.hidden


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Send {value} to {to}", f"Send 0.000007 USDC (7) to {PAYEE} (Payroll)"),
        ("{#.to} gets {{all}} {@.value}", f"{PAYEE} (Payroll) gets {{all}} 3"),
        ("Send {nothing}", "Do it"),
        ("Send {hidden}", "Do it"),
        ("Send {value", "Do it"),
        ("Send }", "Do it"),
    ],
)
def test_describe__sentence_with_values__filled_in_or_the_plain_intent(sentence: str, expected: str) -> None:
    fields = (
        field("value", "tokenAmount", tokenPath="@.to"),
        field("to", "addressName"),
        field("@.value"),
        field("hidden", visible="never"),
    )
    content = one("f(address to,uint256 value,uint256 hidden)", *fields, sentence=sentence)
    content["context"]["contract"]["deployments"][0]["address"] = str(TOKEN)
    book = book_of(content)
    data = parse_function_key("f(address to,uint256 value,uint256 hidden)").encode(PAYEE, 7, 1)
    said = book.describe(TOKEN, data, lexicon=LEXICON, value=Wei(3), sender=SENDER)
    assert isinstance(said, Description)
    assert said.intent == expected
    assert bool(said.notes) is (expected == "Do it")


def test_describe__intent_in_parts__each_with_its_title() -> None:
    content = one("f(uint256 n)", intent={"Staking": "Withdraw", "Rewards": "All"})
    assert description(content, 1).intent == "Staking: Withdraw, Rewards: All"


def test_describe__definition__filled_in_and_overridden_where_it_is_used() -> None:
    base = {
        "label": "Amount",
        "format": "tokenAmount",
        "params": {"tokenPath": "@.to", "threshold": "5", "message": "Much"},
    }
    fields = (
        {"path": "n", "$ref": "$.display.definitions.amount"},
        {
            "path": "n",
            "$ref": "$.display.definitions.amount",
            "label": "Other",
            "params": {"token": str(TOKEN)},
        },
    )
    said = description(one("f(uint256 n)", *fields, definitions={"amount": base}), 7)
    assert [(field.label, field.value) for field in said.fields] == [
        ("Amount", f"Much: 7 base units of {CONTRACT}"),
        ("Other", "Much: 0.000007 USDC (7)"),
    ]
    for bad in ("$.display.definitions.none", "$.metadata.owner", "amount"):
        assert "definition" in refusal(one("f(uint256 n)", {"path": "n", "$ref": bad}), 7)


# ----------------------------------------------------------------------------------------------------- hiding


@pytest.mark.parametrize(
    ("visible", "value", "is_shown"),
    [
        (None, 0, True),
        ("always", 0, True),
        ("optional", 0, True),
        ("never", 1, False),
        ({"ifNotIn": [0, "0x05"]}, 0, False),
        ({"ifNotIn": [0, "0x05"]}, 5, False),
        ({"ifNotIn": [0, "0x05"]}, 1, True),
        ({"mustMatch": ["7"]}, 7, False),
        ({"mustBe": [7]}, 7, False),
    ],
)
def test_describe__visibility__a_hidden_value_is_listed_as_not_shown(
    visible: Any, value: int, is_shown: bool
) -> None:
    said = description(one("f(uint256 n)", field("n", visible=visible)), value)
    assert (len(said.fields), len(said.hidden)) == ((1, 0) if is_shown else (0, 1))
    for hidden in said.hidden:
        assert (hidden.path, hidden.value) == ("n", str(value))
        assert "the descriptor hides it" in hidden.why
        assert hidden.where is not None


def test_describe__value_is_not_what_it_must_be__refused() -> None:
    content = one("f(uint256 n)", field("n", visible={"mustMatch": [7]}))
    assert "n should not be 8" in refusal(content, 8)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"visible": "sometimes"}, "`visible` of a field is not understood"),
        ({"visible": {"ifNotIn": [], "mustMatch": []}}, "`visible` of a field is not understood"),
        ({"visible": {"ifNotIn": [[]]}}, "`visible` of a field is not understood"),
        ({"encryption": {"scheme": "fhevm"}}, "encrypted"),
        ({"value": 1}, "either a path or a value"),
        ({"colour": "red"}, "`colour`"),
        ({"label": 1}, "should be text"),
        ({"params": []}, "params should be a table"),
    ],
)
def test_describe__field_that_is_not_understood__refused_by_name(change: dict[str, Any], said: str) -> None:
    assert said in refusal(one("f(uint256 n)", field("n") | change), 1)


def test_describe__arguments_without_a_field__listed_whole_with_their_bytes() -> None:
    said = description(one(ORDER, field("order.limits.amount")), (TOKEN, (7, 5)), bytes(32))
    assert [(hidden.path, hidden.value) for hidden in said.hidden] == [
        ("order.token", f"{TOKEN} (USDC)"),
        ("order.limits.least", "5"),
        ("salt", "0x" + "00" * 32),
    ]
    nothing = description(one(ORDER), (TOKEN, (7, 5)), bytes(32))
    assert [hidden.path for hidden in nothing.hidden] == ["order", "salt"]
    assert nothing.hidden[0].value == f"(token {TOKEN} (USDC), limits (amount 7, least 5))"


def test_describe__shown_in_part_or_used_for_a_token_only__still_listed_as_not_shown() -> None:
    key = "f(bytes path,uint256 n)"
    content = one(key, field("n", "tokenAmount", tokenPath="path.[0:20]"), field("path.[0:2]"))
    said = description(content, TOKEN + b"\1", 7)
    assert [field.value for field in said.fields] == ["0.000007 USDC (7)", "0x2222"]
    assert [hidden.path for hidden in said.hidden] == ["path"]


def test_describe__excluded_in_version_1__says_who_hid_it() -> None:
    content = one("f(uint256 n,uint256 m)", field("n"), extra={"excluded": ["m", "none"]})
    content["$schema"] = "erc7730-v1.schema.json"
    (hidden,) = description(content, 1, 2).hidden
    assert (hidden.path, hidden.why) == ("m", "the descriptor hides it")


# ---------------------------------------------------------------------------------------------------- budgets


def test_describe__more_lines_than_anybody_reads__refused() -> None:
    content = one(LISTS, field("amounts.[]"))
    assert len(shown(content, (), (1,) * 500)) == 500
    assert "more than 512 lines" in refusal(content, (), (1,) * 513)


def test_describe__too_many_or_too_deep_fields__refused() -> None:
    many = [field("n")] * 257
    assert "more than 256 fields" in refusal(one("f(uint256 n)", *many), 1)
    deep = field("n")
    for _ in range(9):
        deep = {"fields": [deep]}
    assert "nested deeper" in refusal(one("f(uint256 n)", deep), 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "it is no JSON"),
        ('{"a": 1, "a": 2}', "the key `a` comes twice"),
        ("[" * 40 + "]" * 40, "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": ' + "9" * 5_000 + "}", "more than 80 digits"),
        ("[" + "0," * 200_001 + "0]", "more than 200000 parts"),
        ('"\ud800"', "is no UTF-8"),
        (" " * (4 * 1024 * 1024 + 1), "more than 4194304 bytes"),
    ],
    ids=["cut", "twice", "deep", "endless", "nan", "digits", "parts", "surrogate", "large"],
)
def test_parse_json__hostile__refused_with_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(UnfitError) as refused:
        parse_json(text.encode("utf-8", "surrogatepass"))
    assert said in str(refused.value)


KEYS = [
    *("path", "value", "label", "format", "params", "visible", "fields", "iteration", "separator", "$ref"),
    *("token", "tokenPath", "threshold", "message", "callee", "calleePath", "encoding", "base", "decimals"),
    *("prefix", "intent", "interpolatedIntent", "encryption"),
]
PATHS = ["n", "to.[]", "@.to", "$.metadata.owner", "#", "a.[0:5]", str(TOKEN), "0x00", "{n}"]
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 256), 1 << 256)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(PATHS),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=20,
)
formats = st.sampled_from(sorted(FORMATS))


@given(json_values, formats, st.sampled_from(["n", "to", "b", "b.[0:4]", "s", "to.[]"]), json_values)
def test_describe__any_field__a_description_of_all_of_the_data_or_a_refusal(
    params: Any, form: str, path: str, rest: Any
) -> None:
    extra = rest if isinstance(rest, dict) else {"label": rest}
    fields = {"path": path, "format": form, "params": params} | extra
    content = one("f(uint256 n,address[] to,bytes b,string s)", fields, rest)
    said = told(content, 7, ADDRESSES, b"\1\2\3\4", "text", value=1)
    if isinstance(said, Refusal):
        assert all(" " <= character <= "~" for character in said.sentence)
        return
    paths = [field.path for field in said.fields] + [hidden.path for hidden in said.hidden]
    tops = {path.partition(".")[0] for path in paths}
    assert {"n", "to", "b", "s"} <= tops


@given(json_values)
def test_read_document__any_json__a_document_or_one_reason(content: Any) -> None:
    for candidate in (content, one("f(uint256 n)", field("n")) | {"context": content, "display": content}):
        with suppress(UnfitError):
            assert read_document(candidate, "file.json").source == "file.json"


@given(st.text(max_size=60) | st.from_regex(r"[#@$]?(\.?([a-z]{1,3}|\[-?[0-9]?:?[0-9]?\])){0,5}"))
def test_parse_path__any_text__a_path_that_reads_back_or_one_reason(text: str) -> None:
    try:
        path = parse_path(text)
    except UnfitError:
        return
    assert parse_path(str(path)) == path


# ----------------------------------------------------------------------------------------------------- merging


def test_merged__including_file__its_word_comes_first_and_fields_go_together_by_path() -> None:
    base: Json = {
        "a": 1,
        "t": {"x": 1, "y": 2},
        "fields": [{"path": "n", "label": "N", "p": {"k": 1, "l": 2}}],
    }
    own: Json = {
        "a": 2,
        "t": {"y": 3},
        "fields": [{"path": "#.n", "p": {"l": 3}}, {"path": "m"}],
        "list": [1],
    }
    assert merged(base, own) == {
        "a": 2,
        "t": {"x": 1, "y": 3},
        "fields": [{"path": "#.n", "label": "N", "p": {"k": 1, "l": 3}}, {"path": "m"}],
        "list": [1],
    }
