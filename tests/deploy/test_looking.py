"""What a chain says about a plan before anything is sent: tokens, founders, and the constructor itself."""

from __future__ import annotations

import pytest

from tests.anvil import Anvil
from tests.deploy.house import House, file_of, text_of
from tests.stage import Actor
from verifier.model.address import Address
from verifier.model.deployment import PieceState
from verifier.model.finding import Severity
from verifier.model.member import Role

TOKEN = Address(bytes.fromhex("0b29154ce3276629418b71d7a07fa293467bd14e"))
HERE = ('networks = ["mainnet"]', 'networks = ["local"]')
EVERYWHERE = ('networks = ["mainnet"]', "")


def token_code(symbol: bytes, decimals: int) -> bytes:
    """Return the code of a contract that answers `decimals()` with a number, and anything else with a word of text."""
    return bytes.fromhex(
        "60003560e01c63313ce56714603a57"
        "7f" + symbol.ljust(32, b"\0").hex() + "60005260206000f30000" + f"5b60{decimals:02x}60005260206000f3"
    )


def rules_of(house: House) -> set[str]:
    return {remark.rule for remark in house.look().remarks if remark.severity is Severity.DANGER}


def test_look__at_an_empty_chain__everything_is_absent_and_fits(chain: Anvil) -> None:
    state = House(chain, file_of(text_of())).look()
    assert state.states == (PieceState.ABSENT,) * 6
    assert state.remarks == ()


@pytest.mark.parametrize("networks", [HERE, EVERYWHERE])
def test_look__at_a_token_without_code__refuses_it(chain: Anvil, networks: tuple[str, str]) -> None:
    house = House(chain, file_of(text_of(networks)))
    assert "asset-missing" in rules_of(house)
    chain.set_code(TOKEN, token_code(b"USDC", 6))
    assert rules_of(house) == set()


def test_look__at_a_token_of_another_network__does_not_ask_for_it(chain: Anvil) -> None:
    assert rules_of(House(chain, file_of(text_of()))) == set()


@pytest.mark.parametrize(
    ("symbol", "decimals", "rule"),
    [(b"USDC", 18, "asset-decimals-differ"), (b"USDT", 6, "asset-symbol-differs")],
)
def test_look__at_a_token_that_is_another_one__refuses_it(
    chain: Anvil, symbol: bytes, decimals: int, rule: str
) -> None:
    chain.set_code(TOKEN, token_code(symbol, decimals))
    assert rules_of(House(chain, file_of(text_of(HERE)))) == {rule}


def test_look__at_a_symbol_as_text__reads_it_whole(chain: Anvil) -> None:
    chain.set_code(TOKEN, token_code(b"USDC\x1b[31m", 6))
    (remark,) = House(chain, file_of(text_of(HERE))).look().remarks
    assert remark.rule == "asset-symbol-differs"
    assert "USDC\\u{1b}[31m" in remark.sentence


@pytest.mark.parametrize("code", [b"\x00", bytes.fromhex("ef0100") + bytes(20)])
def test_look__at_a_founder_with_code__refuses_the_founder(chain: Anvil, code: bytes) -> None:
    chain.set_code(Actor.new("cat", Role.APPROVER).address, code)
    house = House(chain, file_of(text_of()))
    (remark,) = house.look().remarks
    assert (remark.rule, remark.subject) == ("member-code", "Cat")
    assert ("EIP-7702" in remark.sentence) == (len(code) > 1)


def test_look__at_a_constructor_that_refuses__says_why(chain: Anvil) -> None:
    # The plan refuses it too; here the chain is asked, with companions that it does not have yet.
    house = House(chain, file_of(text_of(("supermajority = 4", "supermajority = 7"))))
    (remark,) = house.look().remarks
    assert remark.rule == "constructor"
    assert "supermajority should be 3" in remark.sentence
    assert all(not chain.code(piece.address) for piece in house.founding.pieces)


HERE_WITH_MONEY = ("chain = 31337\nproduction = false", "chain = 31337\nproduction = true")


def test_look__where_money_is__doubts_spenders_and_targets_that_are_not_there(chain: Anvil) -> None:
    house = House(chain, file_of(text_of(HERE_WITH_MONEY)))
    found = {(remark.rule, remark.subject) for remark in house.look().remarks}
    assert found == {("spender-codeless", "The bridge"), ("rule-codeless", "claim()")}
    bridge = house.file.counterparties[2].counterparty.account
    chain.set_code(bridge, b"\x00")
    chain.set_code(house.file.rules[1].ruling.target, b"\x00")
    assert house.look().remarks == ()


@pytest.mark.parametrize(("supply", "is_doubted"), [(249_999, True), (250_000, False)])
def test_look__at_a_limit_above_all_there_is__doubts_it(chain: Anvil, supply: int, is_doubted: bool) -> None:
    chain.set_code(TOKEN, _answering(supply * 10**6))
    rules = [remark.rule for remark in House(chain, file_of(text_of(HERE))).look().remarks]
    assert ("asset-limit-beyond-supply" in rules) is is_doubted


def _answering(supply: int) -> bytes:
    """Return the code of a contract that answers `totalSupply()` with a number, and anything else with 6."""
    start = bytes.fromhex("5f3560e01c6318160ddd14")
    other = bytes.fromhex("60065f5260205ff3")
    there = len(start) + 3 + len(other)
    jump = bytes([0x60, there, 0x57])
    return start + jump + other + b"\x5b\x7f" + supply.to_bytes(32, "big") + bytes.fromhex("5f5260205ff3")
