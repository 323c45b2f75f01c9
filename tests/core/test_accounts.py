"""What accounts are: their code by its hash, whose code they run, what tokens say, and since when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from eth_hash.auto import keccak

from tests.core.one_vault import TOKEN, VAULT, node, reader
from tests.fakenode import FakeAccount, FakeNode, Liar
from verifier.chain.accounts import MOST_ACCOUNTS
from verifier.chain.proxies import BEACON_SLOT, IMPLEMENTATION_SLOTS, run_by
from verifier.errors import ProofInvalid
from verifier.model.account import AccountReading
from verifier.model.address import NOBODY, Address
from verifier.model.evidence import Evidence
from verifier.model.units import Duration

LOGIC = Address(b"\x77" * 20)
PROXY = Address(b"\x66" * 20)
BEACON = Address(b"\x55" * 20)
PERSON = Address(b"\x44" * 20)
NOWHERE = Address(b"\x33" * 20)
LOGIC_CODE = b"the code that runs"
DECIMALS, SYMBOL, SUPPLY, BALANCE = (
    keccak(signature)[:4]
    for signature in (b"decimals()", b"symbol()", b"totalSupply()", b"balanceOf(address)")
)


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def text(said: bytes) -> bytes:
    return word(32) + word(len(said)) + said.ljust(32, b"\0")


def world(name: str = "a", *, proxy: FakeAccount | None = None) -> FakeNode:
    """The usual node, with a proxy, the code that it runs, a beacon and a person."""
    made = node(name)
    made.accounts[PROXY] = proxy or FakeAccount(code=b"proxy", balance=9, nonce=3)
    made.accounts[LOGIC] = FakeAccount(code=LOGIC_CODE)
    made.accounts[BEACON] = FakeAccount(code=b"beacon")
    made.accounts[PERSON] = FakeAccount(balance=5, nonce=7)
    made.returns[BEACON, keccak(b"implementation()")[:4]] = LOGIC.rjust(32, b"\0")
    for data, said in (
        (DECIMALS, word(6)),
        (SYMBOL, text(b"USDC")),
        (SUPPLY, word(10**12)),
        (BALANCE + VAULT.rjust(32, b"\0"), word(41)),
    ):
        made.returns[TOKEN, data] = said
    made.seal()
    return made


def look(
    *nodes: Any, needed: int = 1, of: Sequence[Address] = (PROXY,), **settings: Any
) -> dict[Address, AccountReading]:
    source = reader(*nodes, needed=needed)
    return dict(source.read_accounts(source.read_vault(), of, **settings))


def test_read_accounts__contract_person_and_nobody__as_they_are_and_proven() -> None:
    found = look(world("a"), world("b"), needed=2, of=[PROXY, PERSON, NOWHERE])
    assert list(found) == [PROXY, PERSON, NOWHERE]
    proxy = found[PROXY]
    assert (proxy.code, proxy.code_hash, proxy.balance, proxy.nonce) == (b"proxy", keccak(b"proxy"), 9, 3)
    assert (proxy.is_contract, proxy.implementation, proxy.had_code, proxy.token) == (True, None, None, None)
    assert (found[PERSON].code, found[PERSON].nonce, found[PERSON].is_contract) == (b"", 7, False)
    assert (found[NOWHERE].balance, found[NOWHERE].nonce) == (0, 0)
    assert {each.evidence for each in found.values()} == {Evidence.PROVEN}


def test_read_accounts__one_endpoint__only_claimed() -> None:
    assert look(world())[PROXY].evidence is Evidence.CLAIMED


@pytest.mark.parametrize("slot", IMPLEMENTATION_SLOTS)
def test_read_accounts__proxy__its_implementation_proven_and_the_code_of_that(slot: int) -> None:
    proxy = FakeAccount(code=b"proxy", storage={slot: int.from_bytes(LOGIC, "big")})
    found = look(world("a", proxy=proxy), world("b", proxy=proxy), needed=2)[PROXY]
    assert found.implementation
    assert (found.implementation.value, found.implementation.evidence) == (LOGIC, Evidence.PROVEN)
    assert found.implementation_code == LOGIC_CODE


def test_read_accounts__beacon__implementation_agreed_and_never_proven() -> None:
    proxy = FakeAccount(code=b"proxy", storage={BEACON_SLOT: int.from_bytes(BEACON, "big")})
    found = look(world("a", proxy=proxy), world("b", proxy=proxy), needed=2)[PROXY]
    assert found.implementation
    assert (found.implementation.value, found.implementation.evidence) == (LOGIC, Evidence.AGREED)
    lying = world("b", proxy=proxy)
    lying.returns[BEACON, keccak(b"implementation()")[:4]] = PERSON.rjust(32, b"\0")
    found = look(world("a", proxy=proxy), lying, needed=2)[PROXY]
    assert found.implementation
    assert found.implementation.evidence is Evidence.CLAIMED


CLONES = (
    bytes.fromhex("363d3d373d3d3d363d73") + LOGIC + bytes.fromhex("5af43d82803e903d91602b57fd5bf3"),
    bytes.fromhex("365f5f375f5f365f73") + LOGIC + bytes.fromhex("5af43d5f5f3e5f3d91602a57fd5bf3"),
    bytes.fromhex("366000600037611000600036600073")
    + LOGIC
    + bytes.fromhex("5af4602c57600080fd5b6110006000f3"),
    bytes.fromhex("ef0100") + LOGIC,
)


@pytest.mark.parametrize("code", CLONES)
def test_read_accounts__clone_or_delegated_account__whose_code_it_runs(code: bytes) -> None:
    proxy = FakeAccount(code=code)
    found = look(world("a", proxy=proxy), world("b", proxy=proxy), needed=2)[PROXY]
    assert found.implementation
    assert (found.implementation.value, found.implementation.evidence) == (LOGIC, Evidence.PROVEN)
    assert found.implementation_code == LOGIC_CODE
    assert found.delegate == (LOGIC if code.startswith(bytes.fromhex("ef0100")) else None)


@pytest.mark.parametrize("code", CLONES)
def test_run_by__a_byte_more_or_less__nobodys_clone(code: bytes) -> None:
    assert run_by(code) == LOGIC
    assert run_by(code + b"\0") is None
    assert run_by(code[:-1]) is None


@pytest.mark.parametrize("stored", [1 << 160, (1 << 256) - 1, 0])
def test_read_accounts__slot_that_holds_no_address__no_implementation(stored: int) -> None:
    proxy = FakeAccount(code=b"proxy", storage={IMPLEMENTATION_SLOTS[0]: stored})
    assert look(world(proxy=proxy))[PROXY].implementation is None


# --------------------------------------------------------------------------------------------------------------- Tokens


def test_read_accounts__token__what_two_say_is_agreed() -> None:
    token = look(world("a"), world("b"), needed=2, of=[TOKEN], tokens=[TOKEN])[TOKEN].token
    assert token
    assert (token.decimals, token.symbol, token.supply, token.balance) == (6, "USDC", 10**12, 41)
    assert token.evidence is Evidence.AGREED


@pytest.mark.parametrize("what", [DECIMALS, SYMBOL, SUPPLY, BALANCE + VAULT.rjust(32, b"\0")])
def test_read_accounts__token_of_which_one_of_two_says_otherwise__only_claimed(what: bytes) -> None:
    lying = world("b")
    lying.returns[TOKEN, what] = word(18)
    token = look(world("a"), lying, needed=2, of=[TOKEN], tokens=[TOKEN])[TOKEN].token
    assert token
    assert token.evidence is Evidence.CLAIMED


def test_read_accounts__token_of_which_one_of_three_lies__the_other_twos_word() -> None:
    lying = world("a")
    lying.returns[TOKEN, DECIMALS] = word(0)
    token = look(lying, world("b"), world("c"), needed=2, of=[TOKEN], tokens=[TOKEN])[TOKEN].token
    assert token
    assert (token.decimals, token.evidence) == (6, Evidence.AGREED)


@pytest.mark.parametrize(
    ("said", "symbol"),
    [
        (text(b"USDC"), "USDC"),
        (b"MKR".ljust(32, b"\0"), "MKR"),
        (text(b"\xff\xfe"), None),
        (text(b""), None),
        (b"", None),
        (word(32) + word(1 << 255), None),
        (word(1 << 255) + word(4) + b"USDC".ljust(32, b"\0"), None),
        (word(32) + word(65) + b"x" * 96, None),
        (text("\N{RIGHT-TO-LEFT OVERRIDE}CDSU".encode()), "\N{RIGHT-TO-LEFT OVERRIDE}CDSU"),
    ],
)
def test_read_accounts__symbol__as_it_is_or_none(said: bytes, symbol: str | None) -> None:
    one = world()
    one.returns[TOKEN, SYMBOL] = said
    token = look(one, of=[TOKEN], tokens=[TOKEN])[TOKEN].token
    assert token
    assert token.symbol == symbol


def test_read_accounts__contract_that_answers_nothing_or_rubbish__no_token_or_gaps() -> None:
    found = look(world(), of=[PROXY, PERSON], tokens=[PROXY, PERSON])
    assert (found[PROXY].token, found[PERSON].token) == (None, None)
    one = world()
    one.returns[TOKEN, DECIMALS] = word(256)
    one.returns[TOKEN, SUPPLY] = b"\x01"
    token = look(one, of=[TOKEN], tokens=[TOKEN])[TOKEN].token
    assert token
    assert (token.decimals, token.supply, token.balance) == (None, None, 41)


def test_read_accounts__not_called_a_token__not_asked() -> None:
    one = world()
    assert look(one, of=[TOKEN])[TOKEN].token is None
    assert "eth_call" not in one.asked


# --------------------------------------------------------------------------------------------------------- Since when

DELAY = Duration(60)


def old(name: str, *, until: int | None = None) -> FakeNode:
    """A node whose blocks come every 12 seconds, on which the proxy had no code until a block."""
    made = world(name)
    for _ in range(4):
        made.seal()
    if until is not None:
        made.codes_until[PROXY] = (until, b"")
    return made


def test_read_accounts__code_a_delay_ago__the_same_or_not() -> None:
    # The newest block is 12; 60 seconds earlier there was block 7.
    for until, had in ((None, True), (6, True), (7, False), (11, False)):
        found = look(old("a", until=until), old("b", until=until), needed=2, delay=DELAY)[PROXY]
        assert found.had_code, until
        assert (found.had_code.value, found.had_code.evidence) == (had, Evidence.AGREED), until


def test_read_accounts__other_code_a_delay_ago__had_not_this_code() -> None:
    one = old("a")
    one.codes_until[PROXY] = (11, b"the code before")
    found = look(one, delay=DELAY)[PROXY]
    assert found.had_code
    assert (found.had_code.value, found.had_code.evidence) == (False, Evidence.CLAIMED)


def test_read_accounts__chain_younger_than_the_delay__asked_about_its_first_block() -> None:
    one = old("a", until=0)
    found = look(one, delay=Duration(10**6))[PROXY]
    assert found.had_code
    assert found.had_code.value is False


def refusing_the_past(method: str, params: Sequence[Any], response: dict[str, Any]) -> Any:
    if method == "eth_getCode" and int(params[1], 16) < 12:
        return {"error": {"code": -32000, "message": "missing trie node"}}
    return response


def test_read_accounts__nobody_remembers__not_known() -> None:
    nodes = [Liar(old(name), refusing_the_past, name) for name in ("a", "b")]
    assert look(*nodes, needed=2, delay=DELAY)[PROXY].had_code is None


def test_read_accounts__one_remembers__only_claimed() -> None:
    found = look(old("a"), Liar(old("b"), refusing_the_past, "b"), needed=2, delay=DELAY)[PROXY]
    assert found.had_code
    assert found.had_code.evidence is Evidence.CLAIMED


# ---------------------------------------------------------------------------------------------------- Lies and bounds

Lie = Callable[[str, Sequence[Any], dict[str, Any]], Any]


def other_code(method: str, params: Sequence[Any], response: dict[str, Any]) -> Any:
    return {"result": "0x6000"} if method == "eth_getCode" else response


def other_balance(method: str, _: Sequence[Any], response: dict[str, Any]) -> Any:
    if method == "eth_getProof":
        response["result"]["accountProof"] = response["result"]["accountProof"][:-1]
    return response


def test_read_accounts__first_lies_about_code__the_next_ones_is_taken() -> None:
    found = look(Liar(world("x"), other_code), world("b"), needed=2)[PROXY]
    assert (found.code, found.evidence) == (b"proxy", Evidence.PROVEN)


def test_read_accounts__all_lie_about_code__the_account_is_missing_rather_than_believed() -> None:
    assert look(Liar(world("x"), other_code), Liar(world("y"), other_code, "z"), needed=2) == {}


def test_read_accounts__all_lie_in_proofs__caught_and_named() -> None:
    honest = world("x")
    source = reader(Liar(honest, other_balance))
    with pytest.raises(ProofInvalid) as caught:
        source.read_accounts(reader(honest).read_vault(), [PROXY])
    assert caught.value.endpoint == "liar"


def without_proofs(method: str, _: Sequence[Any], response: dict[str, Any]) -> Any:
    if method == "eth_getProof":
        return {"error": {"code": -32601, "message": "the method does not exist"}}
    return response


def test_read_accounts__no_proofs__agreed() -> None:
    nodes = [Liar(world(name), without_proofs, name) for name in ("a", "b")]
    found = look(*nodes, needed=2, of=[PROXY, PERSON])
    assert found[PROXY].evidence is Evidence.AGREED
    assert (found[PROXY].code, found[PROXY].nonce, found[PERSON].balance) == (b"proxy", 3, 5)


def test_read_accounts__everything_at_once__two_round_trips_and_no_more() -> None:
    proxy = FakeAccount(code=b"proxy", storage={IMPLEMENTATION_SLOTS[0]: int.from_bytes(LOGIC, "big")})
    first, second = world("a", proxy=proxy), world("b", proxy=proxy)
    source = reader(first, second, needed=2)
    reading = source.read_vault()
    before = first.round_trips, second.round_trips
    source.read_accounts(reading, [PROXY, TOKEN, PERSON], tokens=[TOKEN], delay=DELAY)
    assert (first.round_trips - before[0], second.round_trips - before[1]) == (2, 2)
    source.read_accounts(reading, [PROXY, TOKEN], tokens=[TOKEN], delay=DELAY)
    assert first.round_trips - before[0] == 2, "what is known is not asked again"


def test_read_accounts__announced_with_the_policy__one_round_trip_less() -> None:
    proxy = FakeAccount(code=b"proxy", storage={IMPLEMENTATION_SLOTS[0]: int.from_bytes(LOGIC, "big")})
    one = world(proxy=proxy)
    source = reader(one)
    reading = source.read_vault()
    before = one.round_trips
    source.read_policy(reading, assets=[TOKEN], ahead=[PROXY, TOKEN], tokens=[TOKEN])
    assert one.round_trips - before == 1
    found = source.read_accounts(reading, [PROXY, TOKEN], tokens=[TOKEN])
    assert one.round_trips - before == 2
    assert found[PROXY].implementation_code == LOGIC_CODE
    assert found[TOKEN].token


def test_read_accounts__wanted_later_as_a_token_or_since_when__asked_for_that() -> None:
    source = reader(old("a"))
    reading = source.read_vault()
    assert source.read_accounts(reading, [TOKEN])[TOKEN].token is None
    found = source.read_accounts(reading, [TOKEN], tokens=[TOKEN])[TOKEN]
    assert found.token
    assert (found.token.decimals, found.had_code) == (6, None)
    found = source.read_accounts(reading, [TOKEN], delay=DELAY)[TOKEN]
    assert found.had_code
    assert found.had_code.value is True
    assert found.token


def test_read_accounts__round_that_failed__asked_again_the_next_time() -> None:
    honest, lies = world("x"), [True]

    def lie(method: str, params: Sequence[Any], response: dict[str, Any]) -> Any:
        return other_balance(method, params, response) if lies[0] else response

    source = reader(Liar(honest, lie))
    reading = reader(honest).read_vault()
    with pytest.raises(ProofInvalid):
        source.read_accounts(reading, [PROXY])
    lies[0] = False
    assert source.read_accounts(reading, [PROXY])[PROXY].code == b"proxy"


def test_read_accounts__another_block__asked_anew() -> None:
    one = world()
    source = reader(one)
    source.read_accounts(source.read_vault(), [PROXY])
    one.accounts[PROXY].code = b"other"
    one.seal()
    assert source.read_accounts(source.read_vault(), [PROXY])[PROXY].code == b"other"


def test_read_accounts__more_than_there_can_be__the_rest_missing() -> None:
    many = [Address(i.to_bytes(20, "big")) for i in range(1, MOST_ACCOUNTS + 10)]
    assert len(look(world(), of=many)) == MOST_ACCOUNTS


# ------------------------------------------------------------------------------------------------- Standing allowances

ALLOWANCE = keccak(b"allowance(address,address)")[:4]


def allowing(name: str, amount: int) -> FakeNode:
    made = world(name)
    made.returns[TOKEN, ALLOWANCE + VAULT.rjust(32, b"\0") + PERSON.rjust(32, b"\0")] = word(amount)
    return made


def test_read_allowances__two_say_the_same__agreed_and_unanswered_pairs_missing() -> None:
    one, other = allowing("a", 7), allowing("b", 7)
    source = reader(one, other, needed=2)
    reading = source.read_vault()
    before = one.round_trips
    found = source.read_allowances(reading, [TOKEN, PROXY], [PERSON, NOBODY])
    assert {pair: fact.value for pair, fact in found.items()} == {(TOKEN, PERSON): 7}
    assert found[TOKEN, PERSON].evidence is Evidence.AGREED
    assert one.round_trips - before == 1


def test_read_allowances__two_that_differ__only_claimed() -> None:
    source = reader(allowing("a", 7), allowing("b", 0), needed=2)
    found = source.read_allowances(source.read_vault(), [TOKEN], [PERSON])
    assert found[TOKEN, PERSON].evidence is Evidence.CLAIMED
